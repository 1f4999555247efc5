"""How a model is trained, as one flat frozen page; its hash goes into the card."""

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.errors import RecipeBroken


def knob(says: str, low: float | None = None, high: float | None = None) -> Any:
    """A required field with a description and, for numbers, bounds that are part of the range."""
    return field(metadata={"says": says, "low": low, "high": high})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides which weights come out, beside the data and the code."""

    name: str = knob("name of the run and, later, of the card")
    architecture: str = knob("ultralytics model file whose shape is built")
    start: str = knob("COCO checkpoint (.pt) or our .safetensors under the shared folder; empty: random weights")
    data: str = knob("data folder under the shared folder, or `drawn` for pictures that the code draws itself")
    seed: int = knob("seed of order, augmentation and new layers", 0, 2**31)
    hold_out: float = knob("part of the training groups kept for choosing thresholds", 0, 0.5)
    epochs: int = knob("passes over the (repeated) training pictures", 1, 1000)
    batch: int = knob("pictures a step", 1, 256)
    sizes: tuple[int, ...] = knob("square input sides, one drawn for each step; multiples of 32")
    keep_px: int = knob("longest side of the decoded pictures kept in memory", 64, 2048)
    lr: float = knob("peak learning rate of AdamW", 0, 0.1)
    final_lr: float = knob("learning rate at the end, part of the peak", 0, 1)
    warmup_steps: int = knob("steps from zero to the peak", 0, 10_000)
    weight_decay: float = knob("decay of convolution weights; norms and biases have none", 0, 1)
    clip_norm: float = knob("largest norm of the gradient of the summed loss", 0.01, 1000)
    ema: float = knob("decay of the averaged weights that are shipped", 0, 0.99999)
    rare_share: float = knob("a kind in a smaller part of the pictures is repeated by sqrt(rare_share / part)", 0, 1)
    mosaic: float = knob("part of training pictures made of four with the same `labelled`", 0, 1)
    plain_epochs: int = knob("last epochs without mosaic", 0, 1000)
    zoom: float = knob("pictures are scaled by up to this factor, both ways", 1, 4)
    aspect: float = knob("width to height is changed by up to this factor, both ways", 1, 3)
    flip: float = knob("part of pictures mirrored left to right", 0, 1)
    hue: float = knob("largest turn of the hue, parts of the circle", 0, 0.5)
    saturation: float = knob("largest change of saturation, parts", 0, 1)
    value: float = knob("largest change of brightness, parts", 0, 1)
    gain_box: float = knob("weight of the overlap loss", 0, 100)
    gain_class: float = knob("weight of the class loss", 0, 100)
    gain_l1: float = knob("weight of the distance loss", 0, 100)
    precision: str = knob("`bf16` (autocast) or `fp32`")
    threads: int = knob("torch threads", 1, 256)

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            _check_bounds(item, getattr(self, item.name))
        if self.precision not in ("bf16", "fp32"):
            raise RecipeBroken(key="precision", got=self.precision)
        if not self.sizes or any(size % 32 or size <= 0 for size in self.sizes):
            raise RecipeBroken(key="sizes", got=self.sizes, why="multiples of 32")

    @property
    def sha256(self) -> str:
        """Hash of the values, whatever the order, spacing and comments of the file.

        Two files with the same values have the same hash.
        """
        values = json.dumps(dataclasses.asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(values.encode()).hexdigest()


def _check_bounds(item: "dataclasses.Field[Any]", value: object) -> None:
    low, high = item.metadata["low"], item.metadata["high"]
    if low is not None and not (isinstance(value, int | float) and low <= value <= high):
        raise RecipeBroken(key=item.name, got=value, low=low, high=high)


def parse(text: str) -> Recipe:
    """Read a recipe; every key must be there, none may be unknown.

    Raises:
        RecipeBroken: not TOML, an unknown or missing key, a wrong type, out of bounds.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeBroken(why=str(error)) from error
    known = {item.name: item for item in dataclasses.fields(Recipe)}
    if values.keys() != known.keys():
        unknown, missing = sorted(values.keys() - known.keys()), sorted(known.keys() - values.keys())
        raise RecipeBroken(unknown=unknown, missing=missing)
    return Recipe(**{key: _typed(known[key], value) for key, value in values.items()})


def _typed(item: "dataclasses.Field[Any]", value: object) -> Any:
    if item.type == tuple[int, ...] and isinstance(value, list) and all(type(v) is int for v in value):
        return tuple(value)
    if item.type is float and type(value) in (int, float):
        return float(value)  # type: ignore[arg-type]  # narrowed by type(), which mypy does not follow
    if type(value) is item.type:
        return value
    raise RecipeBroken(key=item.name, got=value, wanted=str(item.type))


def read(path: Path) -> Recipe:
    """The recipe in a file."""
    if not path.is_file():
        raise RecipeBroken(path=str(path), why="no such file")
    return parse(path.read_text(encoding="utf-8"))
