"""A few real street photos for the demo, shared or fetched as samples; their places are invented."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PLACES: Final = (
    (30.4968, 121.4152),
    (30.4981, 121.4161),
    (30.5002, 121.4170),
    (30.5011, 121.4205),
    (30.4979, 121.4222),
    (30.5019, 121.4239),
)
SET: Final = "cn_garbage"
NOTE: Final = "真实照片，地点为虚构"


def real_pictures(*folders: Path) -> list[Mapping[str, Any]]:
    """Test photos of one public set from the first folder that is there, spread evenly over it; else none."""
    folder = next((folder for folder in folders if (folder / "manifest.csv").is_file()), None)
    if folder is None:
        return []
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["set"] == SET and row["role"] == "test" and int(row["n_litter"]) + int(row["n_overflowing_bin"]) > 1
        ]
    found = [folder / row["file"] for row in rows[:: max(1, len(rows) // len(PLACES))]]
    return [
        {
            "file": str(file),
            "source": "inspector",
            "minutes_ago": 20,
            "lat": lat,
            "lon": lon,
            "accuracy_m": 10,
            "caption_zh": NOTE,
        }
        for file, (lat, lon) in zip(found, PLACES, strict=False)
        if file.is_file()
    ]
