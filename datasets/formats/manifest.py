"""A folder of `kinds.txt`, `manifest.csv`, `images/<set>/*` and `labels/<set>/*.txt`."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from datasets.errors import ManifestBroken, ManifestMissing
from datasets.formats import yolo
from datasets.records import Manifest, Origin, Sample
from datasets.whole import write_text

SAID = ("file", "set", "role", "group", "width", "height", "licence", "credit")
FOUND_AT = ("source_repo", "source_path", "source_commit", "sha256", "labelled")


def read(root: Path) -> Manifest:
    """Read the whole folder except the pixels.

    Raises:
        ManifestMissing: `manifest.csv` or `kinds.txt` is not there.
        ManifestBroken: a row or a label line is wrong; the facts name it.
    """
    kinds = read_kinds(root)
    raw = _bytes(root / "manifest.csv")
    samples: dict[str, Sample] = {}
    for line, row in rows(raw, "manifest.csv"):
        sample = _sample(row, root, kinds, line)
        if samples.setdefault(sample.file, sample) is not sample:
            raise ManifestBroken(line=line, file=sample.file, why="this picture has a row already")
    return Manifest(kinds, tuple(samples.values()), hashlib.sha256(raw).hexdigest())


def rows(raw: bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and columns of each row of a CSV file; ManifestBroken where it is none."""
    try:
        found = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True, restval="")
        for row in found:
            yield found.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise ManifestBroken(file=file, why=str(error)) from error


def read_kinds(root: Path) -> tuple[str, ...]:
    """The kind ids of a data folder, in the order of their indices."""
    raw = _bytes(root / "kinds.txt")
    try:
        kinds = tuple(raw.decode("utf-8-sig").split())
    except UnicodeDecodeError as error:
        raise ManifestBroken(file="kinds.txt", why=str(error)) from error
    if len(set(kinds)) < len(kinds):
        raise ManifestBroken(file="kinds.txt", why="a kind is named twice")
    return kinds


def labels_path(root: Path, file: str) -> Path:
    """Where the labels of `images/<set>/name.webp` lie.

    Raises:
        ValueError: the file does not lie under `images`.

    >>> labels_path(Path("d"), "images/set/a.webp").as_posix()
    'd/labels/set/a.txt'
    """
    path = PurePosixPath(file)
    if ".." in path.parts:
        raise ValueError(f"a picture lies under images, got {file}")
    return (root / "labels" / path.relative_to("images")).with_suffix(".txt")


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise ManifestMissing(path=str(path))
    return path.read_bytes()


def _sample(row: dict[str, str], root: Path, kinds: Sequence[str], line: int) -> Sample:
    try:
        sample = from_row(row)
        if unknown := sample.labelled - set(kinds):
            raise ValueError(f"unknown kinds {sorted(unknown)}")
        return replace(sample, labels=yolo.read(labels_path(root, sample.file), kinds))
    except (KeyError, ValueError) as error:
        raise ManifestBroken(line=line, file=row.get("file", ""), why=str(error)) from error


def from_row(row: Mapping[str, str]) -> Sample:
    """A sample without its labels; KeyError or ValueError where the row does not say what it must."""
    return Sample(
        file=row["file"],
        source=row["set"],
        role=row["role"],
        group=row["group"],
        width=int(row["width"]),
        height=int(row["height"]),
        licence=row["licence"],
        credit=row["credit"],
        origin=Origin(row["source_repo"], row["source_path"], row["source_commit"]),
        sha256=row["sha256"],
        labelled=frozenset(row["labelled"].split()),
        note=(row.get("note") or "").strip(),
    )


def to_row(sample: Sample, kinds: Sequence[str]) -> list[object]:
    """The columns `SAID` and `FOUND_AT`."""
    at = sample.origin
    labelled = " ".join(kind for kind in kinds if kind in sample.labelled)
    known = [sample.file, sample.source, sample.role, sample.group, sample.width, sample.height]
    return [*known, sample.licence, sample.credit, at.repository, at.path, at.commit, sample.sha256, labelled]


def with_roles(root: Path, roles: Mapping[str, str]) -> bytes:
    """The same `manifest.csv` with other roles; every other column stays as it was.

    Args:
        roles: by file.
    """
    raw = _bytes(root / "manifest.csv")
    listed = [row for _, row in rows(raw, "manifest.csv")]
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, list(listed[0]) if listed else SAID, lineterminator="\n")
    table.writeheader()
    table.writerows({**row, "role": roles[row["file"]]} for row in listed)
    return out.getvalue().encode()


def write(root: Path, kinds: Sequence[str], samples: Iterable[Sample]) -> None:
    """Write kinds and labels, then the manifest whole; the pictures are the caller's."""
    root.mkdir(parents=True, exist_ok=True)
    listed = tuple(samples)
    (root / "kinds.txt").write_text("".join(f"{kind}\n" for kind in kinds), encoding="utf-8")
    for sample in listed:
        yolo.write(labels_path(root, sample.file), sample.labels, kinds)
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow([*SAID, *FOUND_AT, *(f"n_{kind}" for kind in kinds), "note"])
    for sample in listed:
        table.writerow([*to_row(sample, kinds), *(sample.count(kind) for kind in kinds), sample.note])
    write_text(root / "manifest.csv", out.getvalue())
