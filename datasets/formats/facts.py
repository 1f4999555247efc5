"""`facts.csv` beside an export: what its format cannot carry, a row a picture, so that it comes back."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from datasets.errors import FormatBroken
from datasets.formats import manifest
from datasets.formats.foreign import Placed
from datasets.records import Sample

FILE: Final = "facts.csv"
COLUMNS: Final = ("name", *manifest.SAID, *manifest.FOUND_AT, "note")


def write(root: Path, kinds: Sequence[str], placed: Iterable[Placed]) -> None:
    """Write the file; `name` is that of the picture in the export."""
    with (root / FILE).open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        for one in placed:
            table.writerow([one.name, *manifest.to_row(one.sample, kinds), one.sample.note])


def read(root: Path) -> Mapping[str, Sample]:
    """Samples without labels, by the name of the picture; none where there is no such file.

    Raises:
        FormatBroken: a row does not say what it must.
    """
    path = root / FILE
    known: dict[str, Sample] = {}
    for line, row in manifest.rows(path.read_bytes(), FILE) if path.is_file() else ():
        try:
            known[row["name"]] = manifest.from_row(row)
        except (KeyError, ValueError) as error:
            raise FormatBroken(file=str(path), line=line, why=str(error)) from error
    return known
