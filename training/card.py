"""Writes weights cards, and knows which groups a card's weights were trained on."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from detector.weights import Card
from training.errors import WeightsUnreadable
from training.evaluate import Report

LICENCE: Final = "AGPL-3.0-or-later"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a card will say; see `detector.weights.Card` for the fields that they share."""

    name: str
    version: str
    kinds: tuple[str, ...]
    input: tuple[int, int]
    recipe_sha256: str
    manifest_sha256: str
    files: Mapping[str, str]
    groups_file: str
    thresholds: Mapping[str, float]
    note: str = ""
    measured_on: Mapping[str, str] = field(default_factory=dict)
    report: Report | None = None


def write(draft: Draft, folder: Path) -> Path:
    """Write `NAME.toml` beside its files, whose hashes are taken here."""
    top: dict[str, Any] = {
        "name": draft.name,
        "version": draft.version,
        "kinds": list(draft.kinds),
        "input": list(draft.input),
        "licence": LICENCE,
        "recipe_sha256": draft.recipe_sha256,
        "manifest_sha256": draft.manifest_sha256,
        "trained_on": draft.groups_file,
        "trained_on_sha256": sha256_of(folder / draft.groups_file),
        "note": draft.note,
    }
    blocks = [_lines(top)]
    for engine, name in draft.files.items():
        blocks.append("[[files]]\n" + _lines({"path": name, "sha256": sha256_of(folder / name), "engine": engine}))
    blocks.append("[thresholds]\n" + _lines(draft.thresholds))
    if draft.report is not None:
        blocks.append("[measured]\n" + _lines(draft.measured_on))
        blocks += [f"[metrics.{kind}]\n" + _lines(asdict(score)) for kind, score in draft.report.per_kind.items()]
    path = folder / f"{draft.name}.toml"
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


def _lines(values: Mapping[str, Any]) -> str:
    """TOML lines; what is unknown (None) has no line. JSON writes strings, numbers and lists as TOML does."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items() if value is not None)


def sha256_of(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_groups(groups: Iterable[str], path: Path) -> None:
    """One group a line, sorted."""
    path.write_text("".join(f"{group}\n" for group in sorted(groups)), encoding="utf-8")


def groups_of(card: Card, path: Path) -> frozenset[str]:
    """The groups that a card's weights were trained on.

    Args:
        card: as opened from `path`.
        path: of the card's text, which names the list and its hash.

    Raises:
        WeightsUnreadable: the card names no list, or the list is not the promised one.
    """
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    name, promised = said.get("trained_on"), said.get("trained_on_sha256")
    listed = card.folder / str(name)
    if name is None or not listed.is_file() or sha256_of(listed) != promised:
        raise WeightsUnreadable(card=path.name, why="the list of groups that it was trained on is missing or another")
    return frozenset(listed.read_text(encoding="utf-8").split("\n")) - {""}
