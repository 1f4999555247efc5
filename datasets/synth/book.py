"""Rendered scenes as a data folder: pictures, labels and a manifest, the same for the same seed.

A picture with a thing that is mostly hidden or too small to see is left out.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from datasets.formats import manifest
from datasets.records import Label, Origin, Sample
from datasets.synth import unseen
from datasets.synth.cords import EVERYDAY, Wardrobe, hang
from datasets.synth.grammar import grow
from datasets.synth.overlay import draw
from datasets.synth.plates import Plate, Quality, finished, open_plate, render
from datasets.synth.reading import read_scene
from datasets.synth.scene import Scene, Thing, reach
from datasets.synth.shots import Extent, Shot, Taken, doubled, extent, intact, labels_of, shoot, tells_apart
from datasets.synth.thickness import thick_enough
from datasets.synth.tidy import tidied
from datasets.synth.ways import LIGHTS, a_shot

KINDS = ("paper_ad", "spray_mark", "out_of_store", "litter", "overflowing_bin", "flying_wire", "closed_bin")
SET = "synth"
UNSEEN_SET = "synth-unseen"
LICENCE = "CC-BY-3.0"
CREDIT = "Streetwarden's renderer; models by Scopia and Kator Legaz (CC BY 3.0), see models.credits.json"

_LEAST_SHOWN = 0.25
_TRIES = 8
_BARE = 2  # of three shots of a plate with routes, the one without a cord
_LEAST_SEEN = 0.5
_LEAST_CONTRAST = 0.09


@dataclass(frozen=True, slots=True)
class Order:
    """What to make.

    Attributes:
        scenes: how many seeds, from `seed` on, each of every kind in `kinds` (`mix` takes all kinds in turn).
        shots: pictures of each plate, and of its tidy twin if `twins`; two in three have a cord where there are routes.
        lights: what the shots choose from; a light that stands twice comes twice as often.
        unseen: take the grammars and assets that are held out for testing; the pictures get the role `test`.
    """

    scenes: int = 10
    seed: int = 0
    kinds: tuple[str, ...] = ("mix",)
    shots: int = 2
    twins: bool = True
    lights: tuple[str, ...] = LIGHTS
    unseen: bool = False


def scenes_of(order: Order) -> dict[str, Scene]:
    """Every scene by the name of its plate; the twin is the same street with the work done."""
    scenes = {}
    raise_scene = unseen.grow if order.unseen else grow
    for kind in order.kinds:
        for seed in range(order.seed, order.seed + order.scenes):
            scene = raise_scene(seed, kind)
            scenes[f"{scene.kind}-{seed}"] = scene
            twin = tidied(scene)
            if order.twins and twin.things != scene.things:
                scenes[f"{scene.kind}-{seed}-after"] = twin
    return scenes


def make(order: Order, out: Path, quality: Quality, tell: Callable[[Mapping[str, object]], None]) -> int:
    """Render what is missing and write the data folder; answers how many pictures it holds.

    Args:
        tell: gets one line of facts a rendered scene.
    """
    scenes = scenes_of(order)
    plates = render(scenes, out / "plates", quality, tell)
    samples = []
    for scene, file in zip(scenes.values(), plates, strict=True):
        samples += _pictures(file, scene, order, out)
    manifest.write(out, KINDS, samples)
    return len(samples)


def plates_of(order: Order, plates: Path | None = None) -> int:
    """How many plates an order goes through: those of a folder, or those that its scenes make."""
    return len(finished(plates)) if plates else len(scenes_of(order))


def reshoot(plates: Path, order: Order, out: Path, tell: Callable[[Mapping[str, object]], None]) -> int:
    """Photograph every plate of a folder by the scene that lies beside it, whatever grammar made it.

    Args:
        plates: a folder of `NAME.json` and `NAME.npz`.
        tell: gets one line of facts a plate.

    Raises:
        ValueError: a plate is held out for testing and the order is not, or the other way round.
    """
    samples = []
    for file in finished(plates):
        scene = read_scene(json.loads(file.with_suffix(".json").read_text(encoding="utf-8")))
        if scene.kind.startswith(unseen.PREFIX) != order.unseen:
            raise ValueError(f"{file.name} would get the wrong role: plates of {unseen.PREFIX}* need --unseen")
        samples += _pictures(file, scene, order, out)
        tell({"plate": str(file), "cpu_s": 0})
    manifest.write(out, KINDS, samples)
    return len(samples)


def _pictures(file: Path, scene: Scene, order: Order, out: Path) -> list[Sample]:
    """Take and keep the pictures of one plate; a plate with built cords is held against its twin where there is one."""
    twin, plate = file.with_name(f"{file.stem}-after.npz"), open_plate(file)
    bare = open_plate(twin) if twin.exists() else None
    return [_keep(out, file.stem, *taken, order) for taken in pictures_of(plate, file.stem, scene, order, bare)]


def pictures_of(
    plate: Plate, name: str, scene: Scene, order: Order, bare: Plate | None = None
) -> Iterator[tuple[int, Taken, Shot]]:
    """The pictures of one plate, each with its number; none where a thing is mostly hidden.

    Args:
        bare: the same street with the work done; what cannot be told from it is not shown.
    """
    full = (plate.index.shape[1], plate.index.shape[0])
    if not shows_all(scene, labels_of(plate.index, scene, full)):
        return
    for number in range(order.shots):
        rng = Random(f"{name}/{number}")
        seen, shown, without = plate, scene, bare
        if scene.routes and number % 3 != _BARE:
            seen, shown = with_cords(plate, scene, rng, unseen.CORDS if order.unseen else EVERYDAY)
            without = plate
        for _ in range(_TRIES):
            shot = a_shot(rng, full, _spot(rng, seen, shown), order.lights)
            clear = intact(seen.index, shown, shot) and thick_enough(seen.index, shown, shot)
            if clear and (without is None or tells_apart(seen, without, shown, shot)):
                taken = shoot(seen, shown, shot)
                if not doubled(taken.labels):
                    yield number, taken, shot
                break


def with_cords(plate: Plate, scene: Scene, rng: Random, wardrobe: Wardrobe) -> tuple[Plate, Scene]:
    """A plate with a cord along one of its routes, seldom along two; the plate as it was where none could be seen."""
    wanted = 2 if rng.random() < 0.2 else 1
    for route in rng.sample(scene.routes, len(scene.routes)):
        if len(scene.things) >= wanted:
            break
        thing = Thing(1 + max((t.id for t in scene.things), default=0), "flying_wire")
        solids = hang(rng, route, thing.id, wardrobe)
        drawn = draw(plate, scene, solids, thing.id)
        if drawn.shown >= _LEAST_SEEN and drawn.contrast >= _LEAST_CONTRAST:
            plate = drawn.plate
            scene = replace(scene, things=(*scene.things, thing), solids=(*scene.solids, *solids))
    return plate, scene


def _spot(rng: Random, plate: Plate, scene: Scene) -> Extent | None:
    """What a shot could turn to: the extent of one of the things that are seen."""
    things = [thing for thing in scene.things if (plate.index == thing.id).any()]
    return extent(plate.index == rng.choice(things).id) if things else None


def shows_all(scene: Scene, labels: tuple[Label, ...]) -> bool:
    """Whether each thing of a scene has a label that covers at least a quarter of what it would fill unhidden."""
    left = list(labels)
    for thing in scene.things:
        whole = reach(scene, thing.id, 1000, 1000)
        label = next((label for label in left if label.kind == thing.kind), None)
        if whole is None or label is None:
            return False
        left.remove(label)
        if label.w * label.h * 1e6 < _LEAST_SHOWN * (whole[2] - whole[0]) * (whole[3] - whole[1]):
            return False
    return True


def _keep(out: Path, name: str, number: int, taken: Taken, shot: Shot, order: Order) -> Sample:
    source = UNSEEN_SET if order.unseen else SET
    file = f"images/{source}/{name}-{number}.jpg"
    (out / file).parent.mkdir(parents=True, exist_ok=True)
    (out / file).write_bytes(taken.jpeg)
    return Sample(
        file=file,
        source=source,
        role="test" if order.unseen else "train",
        group=f"{source}/{'-'.join(name.split('-')[:2])}",
        width=shot.size[0],
        height=shot.size[1],
        licence=LICENCE,
        credit=CREDIT,
        origin=Origin("", "", ""),
        sha256=hashlib.sha256(taken.jpeg).hexdigest(),
        labelled=frozenset(KINDS),
        labels=taken.labels,
        note=f"rendered {shot.light}",
    )
