"""A scene read back from the JSON that lies beside its plate, so that plates outlive the grammar that made them."""

from collections.abc import Mapping
from typing import Any

from datasets.synth import scene as shapes
from datasets.synth.scene import Camera, Light, Material, Route, Scene, Solid, Sun, Thing

_SHAPES: dict[str, type[Solid]] = {
    name: getattr(shapes, name) for name in ("Block", "Taper", "Drum", "Sheet", "Tube", "Bag", "Leaves", "Model")
}


def read_scene(plain: Mapping[str, Any]) -> Scene:
    """The scene whose `to_json` gave these values.

    Raises:
        KeyError: a shape or a value is missing.
    """
    light = _frozen(plain["light"])
    sun = Sun(**light["sun"]) if light["sun"] else None
    return Scene(
        seed=plain["seed"],
        kind=plain["kind"],
        camera=Camera(**_frozen(plain["camera"])),
        light=Light(**{**light, "sun": sun}),
        solids=tuple(_solid(solid) for solid in plain["solids"]),
        things=tuple(Thing(**thing) for thing in plain["things"]),
        routes=tuple(Route(**_frozen(route)) for route in plain.get("routes", ())),
    )


def _solid(plain: Mapping[str, Any]) -> Solid:
    facts = {key: _tuples(value) for key, value in plain.items() if key != "shape"}
    if "material" in facts:
        facts["material"] = Material(**_frozen(plain["material"]))
    return _SHAPES[plain["shape"]](**facts)


def _frozen(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _tuples(value) for key, value in plain.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
