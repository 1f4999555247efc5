"""A drawn wall with a spray mark, and data folders made of it."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from datasets.compose.pictures import Picture, save_picture
from datasets.formats import manifest
from datasets.records import Label, Origin, Sample

KINDS = ("paper_ad", "spray_mark", "litter")
MARK = Label("spray_mark", 0.5, 0.4, 0.3, 0.12)


def a_wall(seed: int = 1) -> Picture:
    """A plastered wall above a pavement, 480 x 640, with a dark scrawl in its middle."""
    rng = np.random.default_rng(seed)
    pixels = np.full((640, 480, 3), (176, 168, 150), np.float32)
    pixels[480:] = (90, 90, 94)
    pixels += rng.normal(0, 4, pixels.shape)
    picture = pixels.clip(0, 255).astype(np.uint8)
    line = np.array([(180, 260), (220, 235), (250, 280), (300, 240)], np.int32)
    cv2.polylines(picture, [line], False, (40, 30, 90), 5)
    return picture


def a_folder(root: Path, count: int = 3, groups: tuple[str, ...] = ("day/a", "day/b")) -> Path:
    """A data folder of walls on which paper ads and spray marks are boxed; the last picture belongs to the test."""
    samples = []
    for i in range(count):
        file = f"images/walls/{i}.jpg"
        save_picture(root / file, a_wall(i), 92)
        samples.append(_sample(root, file, groups[i % len(groups)], "test" if i == count - 1 else "train"))
    manifest.write(root, KINDS, samples)
    return root


def _sample(root: Path, file: str, group: str, role: str) -> Sample:
    return Sample(
        file=file,
        source="walls",
        role=role,
        group=group,
        width=480,
        height=640,
        licence="CC BY 4.0",
        credit="a person",
        origin=Origin("owner/repository", file, "0" * 40),
        sha256=hashlib.sha256((root / file).read_bytes()).hexdigest(),
        labelled=frozenset({"paper_ad", "spray_mark"}),
        labels=(MARK,),
    )
