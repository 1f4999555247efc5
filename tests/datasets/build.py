"""Builders for labelled pictures: values, and whole data folders on disk."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from datasets.formats import manifest
from datasets.records import Label, Manifest, Origin, Sample

KINDS = ("litter", "overflowing_bin", "closed_bin")


def a_label(kind: str = "litter", **box: float) -> Label:
    return Label(kind, **{"x": 0.5, "y": 0.5, "w": 0.4, "h": 0.3} | box)


def a_sample(number: int = 1, **facts: object) -> Sample:
    sample = Sample(
        file=f"images/yard/{number:04}.png",
        source="yard",
        role="train",
        group=f"yard_{number}",
        width=64,
        height=48,
        licence="CC-BY-4.0",
        credit="somebody",
        origin=Origin("somebody/pictures", f"raw dir/{number:04}.png", "c0ffee"),
        sha256="",
        labelled=frozenset(KINDS),
        labels=(a_label(),),
    )
    return replace(sample, **facts)


def a_manifest(*samples: Sample, kinds: Sequence[str] = KINDS) -> Manifest:
    return Manifest(tuple(kinds), samples, "0" * 64)


def pixels_of(number: int, width: int = 64, height: int = 48) -> bytes:
    """A PNG whose texture differs from that of every other number."""
    coarse = np.random.default_rng(number).integers(0, 255, (6, 8, 3), np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return bytes(cv2.imencode(".png", image)[1])


def a_folder(root: Path, samples: Sequence[Sample], kinds: Sequence[str] = KINDS) -> Path:
    """Write pictures, labels and manifest; the samples get the true hashes."""
    written = []
    for number, sample in enumerate(samples):
        path = root / sample.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pixels_of(number, sample.width, sample.height))
        written.append(replace(sample, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    manifest.write(root, kinds, written)
    return root
