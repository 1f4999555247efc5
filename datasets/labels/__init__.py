"""Labels of our own over pictures that are not ours: which kinds a person looked for and did not find.

Each `*.csv` here has the columns `sha256` (of the picture's file), `absent` (kinds, separated by spaces) and
`note`. A source that labels only some kinds leaves the others unknown; a model trained on it alone never learns what
is not a spray mark on a Chinese street. Rows never name a picture of the frozen test.
"""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from datasets.errors import LabelsBroken
from datasets.records import Manifest, Sample

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Absences:
    """Kinds that are surely not on a picture, by the SHA-256 of its file; `sha256` is that of all rows."""

    absent: Mapping[str, frozenset[str]]
    sha256: str


def read(folder: Path = FOLDER) -> Absences:
    """All files of a folder; LabelsBroken for a row without a hash or kinds, or a picture that is named twice."""
    absent: dict[str, frozenset[str]] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        raw = path.read_bytes()
        digest.update(raw)
        for line, row in enumerate(csv.DictReader(io.StringIO(raw.decode("utf-8"))), 2):
            picture, kinds = row.get("sha256") or "", frozenset((row.get("absent") or "").split())
            if len(picture) != 64 or not kinds or picture in absent:
                raise LabelsBroken(file=path.name, line=line)
            absent[picture] = kinds
    return Absences(absent, digest.hexdigest())


def extend(manifest: Manifest, known: Absences) -> Manifest:
    """The same samples with the absent kinds counted as labelled; the hash tells both lists.

    Raises:
        LabelsBroken: a row names a picture of the test, a kind that is not in the manifest, or one that has boxes.
    """
    samples = tuple(_extended(sample, known, manifest) for sample in manifest)
    both = hashlib.sha256(f"{manifest.sha256} {known.sha256}".encode()).hexdigest()
    return replace(manifest, samples=samples, sha256=both)


def _extended(sample: Sample, known: Absences, manifest: Manifest) -> Sample:
    absent = known.absent.get(sample.sha256)
    if absent is None:
        return sample
    boxed = {label.kind for label in sample.labels}
    if sample.role == "test" or not absent <= set(manifest.kinds) or absent & boxed:
        raise LabelsBroken(file=sample.file, absent=sorted(absent))
    return replace(sample, labelled=sample.labelled | absent)
