"""Writes weights cards, and knows which groups a card's weights were trained on."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from detector.weights import Card
from training.errors import WeightsUnreadable
from training.evaluate import Report

LICENCE: Final = "AGPL-3.0-or-later"
CURRENT: Final = "current.toml"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a card will say; see `detector.weights.Card` for the fields that they share.

    Attributes:
        sources: the data folders that it learned from, as `Source.as_json` tells them.
        inputs: what each tried input size gave on the held-out slice.
        measured_on: data, role and list of `report`.
        report: on the frozen test.
    """

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
    sources: Sequence[Mapping[str, object]] = ()
    inputs: Sequence[Mapping[str, object]] = ()
    measured_on: Mapping[str, object] = field(default_factory=dict)
    report: Report | None = None


def write(draft: Draft, folder: Path) -> Path:
    """Write `NAME.toml` beside its files, whose hashes are taken here."""
    said: dict[str, Any] = {
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
        "files": [
            {"path": name, "sha256": sha256_of(folder / name), "engine": engine} for engine, name in draft.files.items()
        ],
        "sources": list(draft.sources),
        "inputs": list(draft.inputs),
        "thresholds": draft.thresholds,
    }
    if draft.report is not None:
        said |= {"measured": draft.measured_on, "metrics": metrics(draft.report)}
    path = folder / f"{draft.name}.toml"
    path.write_text(dump(said), encoding="utf-8")
    return path


def metrics(report: Report) -> dict[str, dict[str, object]]:
    """Scores by kind as a card carries them."""
    return {kind: asdict(score) for kind, score in report.per_kind.items()}


def read(path: Path) -> dict[str, Any]:
    """Everything that a card says, also what the detector does not read."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def lay(path: Path, blocks: Mapping[str, Any]) -> None:
    """Replace these blocks of a card, in one step; a `current.toml` beside it that was the same stays the same."""
    before, current = path.read_bytes(), path.with_name(CURRENT)
    is_current = current.is_file() and current.read_bytes() == before
    text = dump({**read(path), **blocks})
    for one in {path, current} if is_current else {path}:
        part = one.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(one)


def dump(said: Mapping[str, Any], under: str = "") -> str:
    """TOML: values first, then lists of tables, then tables; what is unknown (None) has no line.

    JSON writes strings, numbers and lists as TOML does.

    >>> print(dump({"a": {"b": {"c": 1}, "d": None}, "e": [{"f": "g"}], "h": [1]}))
    h = [1]
    <BLANKLINE>
    [[e]]
    f = "g"
    <BLANKLINE>
    [a.b]
    c = 1
    <BLANKLINE>
    """
    tables = {key: value for key, value in said.items() if isinstance(value, Mapping)}
    lists = {key: value for key, value in said.items() if _is_tables(value)}
    plain = {key: value for key, value in said.items() if key not in tables | lists and value is not None}
    lines = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in plain.items() if value != [])
    blocks = [(f"[{under}]\n" if under else "") + lines] if lines else []
    at = f"{under}." if under else ""
    blocks += [f"[[{at}{key}]]\n{dump(row)}" for key, rows in lists.items() for row in rows]
    blocks += [block for key, value in tables.items() if (block := dump(value, f"{at}{key}"))]
    return "\n".join(blocks)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


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
    said = read(path)
    name, promised = said.get("trained_on"), said.get("trained_on_sha256")
    listed = card.folder / str(name)
    if name is None or not listed.is_file() or sha256_of(listed) != promised:
        raise WeightsUnreadable(card=path.name, why="the list of groups that it was trained on is missing or another")
    return frozenset(listed.read_text(encoding="utf-8").split("\n")) - {""}
