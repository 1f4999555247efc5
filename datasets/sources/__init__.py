"""Cards of the sources: where pictures come from, under which licence, and what is labelled in them."""

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any

from datasets.errors import ManifestBroken, UnknownSource


@dataclass(frozen=True, slots=True)
class Source:
    """One set of pictures.

    Attributes:
        name: as in the manifest's column `set`.
        title: one line for people.
        repository: public repository that has the files, `owner/name`.
        commit: the one commit that is read.
        licence: SPDX id.
        licence_as_claimed: the words of the source.
        redistribution: whether the pictures themselves may be passed on; here they never are.
        credit: whom to name.
        labelled: kinds that are boxed exhaustively in most pictures; the manifest says it for each.
        classes: the source's own class names and the kind that each became; empty: dropped.
        note: what a person should know before trusting the labels.
    """

    name: str
    title: str
    repository: str
    commit: str
    licence: str
    licence_as_claimed: str
    redistribution: bool
    credit: str
    labelled: tuple[str, ...]
    classes: dict[str, str]
    note: str


def names() -> tuple[str, ...]:
    """Every source that has a card, sorted."""
    return tuple(sorted(entry.name[:-5] for entry in files(__name__).iterdir() if entry.name.endswith(".toml")))


def open_source(name: str) -> Source:
    """The card of one source.

    Raises:
        UnknownSource: there is no such card.
        ManifestBroken: a key is missing or unknown.

    >>> open_source("kr_bags").licence
    'CC-BY-4.0'
    """
    if name not in names():
        raise UnknownSource(name=name, known=names())
    return _source(tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8")), name)


def _source(row: dict[str, Any], name: str) -> Source:
    known = {item.name for item in fields(Source)}
    if row.keys() != known or row["name"] != name:
        raise ManifestBroken(source=name, unknown=sorted(row.keys() - known), missing=sorted(known - row.keys()))
    return Source(**{**row, "labelled": tuple(row["labelled"])})
