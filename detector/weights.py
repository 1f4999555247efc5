"""Weights cards: what a model is, where its files lie, and whether they are the ones that were measured."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from detector.errors import HashMismatch, NoEngine, UnreadableCard

Purpose = Literal["onnxruntime", "onnxruntime-int8", "openvino", "openvino-weights", "safetensors"]
"""What a file of a card is for: an engine, of which OpenVINO takes a graph and its weights, or the next training."""

PURPOSES: Final[tuple[str, ...]] = get_args(Purpose)


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of a card: its name beside the card, its hash and the engine that it is for."""

    path: str
    sha256: str
    engine: str

    def __post_init__(self) -> None:
        name = Path(self.path)
        if name.is_absolute() or ".." in name.parts or not name.name:
            raise ValueError(f"weights lie beside their card, got {self.path}")
        if len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef"):
            raise ValueError(f"a SHA-256 is 64 small hex digits, got {self.sha256}")
        if self.engine not in PURPOSES:
            raise ValueError(f"an engine is one of {PURPOSES}, got {self.engine}")


@dataclass(frozen=True)
class Card:
    """What one set of weights is.

    Attributes:
        name: of the weights.
        version: of the weights.
        kinds: in the order of the model's output.
        input: width and height that the model was trained for, pixels.
        licence: SPDX.
        recipe_sha256: of the recipe that made it.
        manifest_sha256: of the list of pictures that it learned from.
        files: one per engine.
        thresholds: per kind the score from which a box is shown.
        metrics: as measured, per kind; see `training evaluate`.
        folder: in which the files lie.
        sha256: of the card's own text.
    """

    name: str
    version: str
    kinds: tuple[str, ...]
    input: tuple[int, int]
    licence: str
    recipe_sha256: str
    manifest_sha256: str
    files: tuple[WeightsFile, ...]
    thresholds: Mapping[str, float]
    metrics: Mapping[str, Any]
    folder: Path
    sha256: str

    def __post_init__(self) -> None:
        if not self.kinds or len(set(self.kinds)) != len(self.kinds):
            raise ValueError(f"a card names each kind once, got {self.kinds}")
        if set(self.thresholds) != set(self.kinds):
            raise ValueError(f"each kind needs a threshold, got {dict(self.thresholds)} for {self.kinds}")
        if any(not 0 < score <= 1 for score in self.thresholds.values()):
            raise ValueError(f"a threshold is in (0, 1], got {dict(self.thresholds)}")
        if min(self.input) < 32:
            raise ValueError(f"an input has at least 32 pixels a side, got {self.input}")

    @cached_property
    def _by_engine(self) -> dict[str, WeightsFile]:
        return {file.engine: file for file in self.files}

    def has(self, engine: Purpose) -> bool:
        """Whether the card names a file for `engine`."""
        return engine in self._by_engine

    def sha256_of(self, engine: Purpose) -> str:
        """The promised hash of the file for `engine`; NoEngine if the card has none."""
        if engine not in self._by_engine:
            raise NoEngine(card=self.name, engine=engine)
        return self._by_engine[engine].sha256

    def file(self, engine: Purpose) -> Path:
        """The file for `engine`, read and found to be the promised one.

        Raises:
            NoEngine: the card has none.
            HashMismatch: the file is missing or another one.
        """
        self.read(engine)
        return self.folder / self._by_engine[engine].path

    def read(self, engine: Purpose) -> bytes:
        """The content for `engine`, the very bytes that were hashed: nobody can swap the file in between.

        Raises:
            NoEngine, HashMismatch: as `file`.
        """
        promised = self.sha256_of(engine)
        path = self.folder / self._by_engine[engine].path
        content = path.read_bytes() if path.is_file() else b""
        found = hashlib.sha256(content).hexdigest()
        if found != promised:
            raise HashMismatch(file=path.name, promised=promised, found=found)
        return content


def open_card(path: Path) -> Card:
    """Read a card. It checks the text alone; `Card.file` checks the weights.

    Raises:
        UnreadableCard: missing, no TOML, or a field is missing or wrong.
    """
    try:
        text = path.read_bytes()
        return _card(tomllib.loads(text.decode()), path.parent, hashlib.sha256(text).hexdigest())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableCard(card=path.name, why=f"{type(error).__name__}: {error}") from error


def _card(row: dict[str, Any], folder: Path, sha256: str) -> Card:
    width, height = row["input"]
    return Card(
        name=str(row["name"]),
        version=str(row["version"]),
        kinds=tuple(row["kinds"]),
        input=(int(width), int(height)),
        licence=str(row["licence"]),
        recipe_sha256=str(row["recipe_sha256"]),
        manifest_sha256=str(row["manifest_sha256"]),
        files=tuple(WeightsFile(**file) for file in row["files"]),
        thresholds=MappingProxyType({kind: float(score) for kind, score in row["thresholds"].items()}),
        metrics=MappingProxyType(row.get("metrics", {})),
        folder=folder,
        sha256=sha256,
    )
