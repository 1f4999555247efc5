"""Lists beside the recipes that say which pictures are drawn oftener: columns `sha256`, `weight`, `why`."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from training.errors import RecipeBroken

FOLDER: Final = Path(__file__).parent / "recipes"
LOW: Final = 0.1
HIGH: Final = 10.0


def read(name: str, folder: Path = FOLDER) -> Mapping[str, float]:
    """Weight by the SHA-256 of a picture's file.

    Raises:
        RecipeBroken: no such list, or a row without a hash and a weight in 0.1..10.
    """
    weights: dict[str, float] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(_bytes(name, folder).decode("utf-8"))), 2):
        try:
            weight = float(row["weight"])
        except (KeyError, TypeError, ValueError) as error:
            raise RecipeBroken(weights=name, line=line, why="no weight") from error
        if len(row["sha256"] or "") != 64 or not LOW <= weight <= HIGH:
            raise RecipeBroken(weights=name, line=line, weight=weight, low=LOW, high=HIGH)
        weights[row["sha256"]] = weight
    return weights


def sha256_of(name: str, folder: Path = FOLDER) -> str:
    """Of the list's bytes."""
    return hashlib.sha256(_bytes(name, folder)).hexdigest()


def write(rows: Iterable[tuple[str, float, str]], path: Path) -> None:
    """Write `(sha256, weight, why)`, sorted by hash."""
    with path.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(["sha256", "weight", "why"])
        lines.writerows([sha256, f"{weight:g}", why] for sha256, weight, why in sorted(rows))


def _bytes(name: str, folder: Path) -> bytes:
    path = folder / name
    if not path.is_file():
        raise RecipeBroken(weights=name, why="no such list beside the recipes")
    return path.read_bytes()
