"""How a model is trained, as one flat frozen page; its hash goes into the card."""

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from training.errors import RecipeBroken

REAL: Final = "real"
MADE: Final = ("rendered", "composed")
LISTS: Final[Mapping[object, type]] = {tuple[int, ...]: int, tuple[str, ...]: str}
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "precision": ("bf16", "fp32"),
    "device": ("cpu", "cuda"),
    "heads": ("both", "one_to_many"),
}


def part_of(folder: str) -> str:
    """Which part a data folder under the cache belongs to: the first step of its path.

    >>> part_of("rendered/first")
    'rendered'
    """
    return folder.split("/", 1)[0]


def knob(says: str, low: float | None = None, high: float | None = None) -> Any:
    """A required field with a description and, for numbers, bounds that are part of the range."""
    return field(metadata={"says": says, "low": low, "high": high})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides which weights come out, beside the data and the code."""

    name: str = knob("name of the run and, later, of the card")
    architecture: str = knob(
        "ultralytics model file whose shape is built: yolo26n.yaml, yolo26n-p2.yaml, yolo11n.yaml ..."
    )
    heads: str = knob("`both`, or `one_to_many`: only the head that is exported is built and trained")
    start: str = knob(
        "weights to start from, our .safetensors or an ultralytics .pt: see `places.found`; empty: random"
    )
    fresh: tuple[str, ...] = knob("kinds whose class rows are drawn anew after the start; all they saw was negatives")

    data: str = knob("data folder under the shared folder, or `drawn` for pictures that the code draws itself")
    also: tuple[str, ...] = knob("more data folders, under the cache: `rendered/...` or `composed/...`")
    weights: str = knob("CSV of repeat weights beside the recipes, as `mine` writes it; empty: none")
    pseudo: str = knob("CSV of a teacher's boxes beside the recipes, as `pseudo` writes it; empty: none")
    hold_out: float = knob("part of the training groups kept for choosing thresholds", 0, 0.5)
    masked: bool = knob("unlabelled kinds are unknown; false takes them for absent, to measure the harm of that")
    keep_px: int = knob("longest side of the decoded pictures kept in memory", 64, 2048)

    rendered_share: float = knob("part of the pictures drawn in an epoch that are rendered", 0, 1)
    composed_share: float = knob("part of the pictures drawn in an epoch that are composed; the rest are real", 0, 1)
    rare_share: float = knob("a kind in a smaller part of the pictures is repeated by sqrt(rare_share / part)", 0, 1)

    seed: int = knob("seed of order, augmentation and new layers", 0, 2**31)
    epochs: int = knob("how often `epoch_pictures` are drawn", 1, 1000)
    epoch_pictures: int = knob("pictures drawn in an epoch, so that runs compare by their budget", 1, 1_000_000)
    batch: int = knob("pictures a step", 1, 256)
    sizes: tuple[int, ...] = knob("square input sides, one drawn for each step; multiples of 32")
    lr: float = knob("peak learning rate of AdamW", 0, 0.1)
    final_lr: float = knob("learning rate at the end, part of the peak", 0, 1)
    warmup_steps: int = knob("steps from zero to the peak", 0, 10_000)
    weight_decay: float = knob("decay of convolution weights; norms and biases have none", 0, 1)
    clip_norm: float = knob("largest norm of the gradient of the summed loss", 0.01, 1000)
    ema: float = knob("decay of the averaged weights that are shipped", 0, 0.99999)
    gain_box: float = knob("weight of the overlap loss", 0, 100)
    gain_class: float = knob("weight of the class loss", 0, 100)
    gain_l1: float = knob("weight of the distance loss", 0, 100)

    mosaic: float = knob("part of training pictures made of four", 0, 1)
    plain_epochs: int = knob("last epochs without mosaic", 0, 1000)
    zoom: float = knob("pictures are scaled by up to this factor, both ways", 1, 4)
    close: float = knob(
        "part of placed pictures of which a piece is shown large, round a labelled thing if there is one", 0, 1
    )
    close_zoom: float = knob("by up to this factor", 1, 8)
    aspect: float = knob("width to height is changed by up to this factor, both ways", 1, 3)
    flip: float = knob("part of pictures mirrored left to right", 0, 1)
    hue: float = knob("largest turn of the hue, parts of the circle", 0, 0.5)
    saturation: float = knob("largest change of saturation, parts", 0, 1)
    value: float = knob("largest change of brightness, parts", 0, 1)
    blur: float = knob("part of pictures out of focus", 0, 1)
    motion: float = knob("part of pictures smeared along a line", 0, 1)
    low_res: float = knob("part of pictures that lost resolution", 0, 1)
    night: float = knob("part of pictures darkened under lamps of one colour, with the noise of it", 0, 1)
    grey: float = knob("part of pictures without colour, half of them as lit by an infrared lamp", 0, 1)
    noise: float = knob("part of pictures with sensor noise", 0, 1)
    jpeg: float = knob("part of pictures compressed hard", 0, 1)
    erase: float = knob("part of pictures with a few small patches painted over", 0, 1)

    precision: str = knob("`bf16` (autocast) or `fp32`")
    device: str = knob("`cpu` or `cuda`")
    threads: int = knob("torch threads", 1, 256)
    makers: int = knob("threads that make batches ahead", 1, 64)

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            _check_bounds(item, getattr(self, item.name))
        for key, allowed in WORDS.items():
            if getattr(self, key) not in allowed:
                raise RecipeBroken(key=key, got=getattr(self, key), allowed=allowed)
        if not self.sizes or any(size % 32 or size <= 0 for size in self.sizes):
            raise RecipeBroken(key="sizes", got=self.sizes, why="multiples of 32")
        if any(part_of(folder) not in MADE for folder in self.also):
            raise RecipeBroken(key="also", got=self.also, why=f"the first folder is one of {MADE}")
        if self.shares[REAL] < 0:
            raise RecipeBroken(rendered_share=self.rendered_share, composed_share=self.composed_share)

    @property
    def shares(self) -> Mapping[str, float]:
        """Which part of an epoch's pictures is real, rendered and composed; together 1."""
        made = {"rendered": self.rendered_share, "composed": self.composed_share}
        return {REAL: round(1 - sum(made.values()), 9), **made}

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


def changed(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    """The same recipe with other values for some keys, as TOML gives them.

    Raises:
        RecipeBroken: an unknown key, a wrong type, out of bounds.
    """
    known = {item.name: item for item in dataclasses.fields(Recipe)}
    if unknown := sorted(values.keys() - known.keys()):
        raise RecipeBroken(unknown=unknown)
    return dataclasses.replace(recipe, **{key: _typed(known[key], value) for key, value in values.items()})


def _typed(item: "dataclasses.Field[Any]", value: object) -> Any:
    inner = LISTS.get(item.type)
    if inner is not None and isinstance(value, list) and all(type(v) is inner for v in value):
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
