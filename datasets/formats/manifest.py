"""A folder of `kinds.txt`, `manifest.csv`, `images/<set>/*` and `labels/<set>/*.txt`."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from datasets.errors import ManifestBroken, ManifestMissing
from datasets.formats import yolo
from datasets.records import Manifest, Origin, Sample

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
    rows = csv.DictReader(io.StringIO(raw.decode("utf-8")))
    samples = tuple(_sample(row, root, kinds, line) for line, row in enumerate(rows, 2))
    return Manifest(kinds, samples, hashlib.sha256(raw).hexdigest())


def read_kinds(root: Path) -> tuple[str, ...]:
    """The kind ids of a data folder, in the order of their indices."""
    return tuple(_bytes(root / "kinds.txt").decode("utf-8").split())


def labels_path(root: Path, file: str) -> Path:
    """Where the labels of `images/<set>/name.webp` lie.

    >>> labels_path(Path("d"), "images/set/a.webp").as_posix()
    'd/labels/set/a.txt'
    """
    return (root / "labels" / Path(file).relative_to("images")).with_suffix(".txt")


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise ManifestMissing(path=str(path))
    return path.read_bytes()


def _sample(row: dict[str, str], root: Path, kinds: Sequence[str], line: int) -> Sample:
    try:
        labelled = frozenset(row["labelled"].split())
        if not labelled <= set(kinds):
            raise ValueError(f"unknown kinds {sorted(labelled - set(kinds))}")
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
            labelled=labelled,
            labels=yolo.read(labels_path(root, row["file"]), kinds),
            note=(row.get("note") or "").strip(),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ManifestBroken(line=line, file=row.get("file", ""), why=str(error)) from error


def write(root: Path, kinds: Sequence[str], samples: Iterable[Sample]) -> None:
    """Write kinds, manifest and labels; the pictures are the caller's."""
    root.mkdir(parents=True, exist_ok=True)
    listed = tuple(samples)
    (root / "kinds.txt").write_text("".join(f"{kind}\n" for kind in kinds), encoding="utf-8")
    with (root / "manifest.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow([*SAID, *FOUND_AT, *(f"n_{kind}" for kind in kinds), "note"])
        rows.writerows(_row(sample, kinds) for sample in listed)
    for sample in listed:
        yolo.write(labels_path(root, sample.file), sample.labels, kinds)


def _row(sample: Sample, kinds: Sequence[str]) -> list[object]:
    at = sample.origin
    labelled = " ".join(kind for kind in kinds if kind in sample.labelled)
    known = [sample.file, sample.source, sample.role, sample.group, sample.width, sample.height]
    rights = [sample.licence, sample.credit, at.repository, at.path, at.commit, sample.sha256, labelled]
    return [*known, *rights, *(sample.count(kind) for kind in kinds), sample.note]
