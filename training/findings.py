"""Detections over a data folder, from weights through the product's own path or from a file of JSON lines."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records import Manifest, Sample
from detector.images import open_photo
from detector.model import Model
from detector.types import Xyxy
from training.errors import DetectionsBroken
from training.progress import told

FROM_SCORE = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What was found on one picture.

    Attributes:
        xyxy: `(N, 4)` in parts of the picture, best first.
        scores: `(N,)` falling.
        kinds: N kind names.
    """

    xyxy: Xyxy
    scores: NDArray[np.float32]
    kinds: tuple[str, ...]


Findings = Mapping[str, Finding]
"""By the sample's `file`."""


def look(model: Model, manifest: Manifest, root: Path) -> Findings:
    """Open and look at every picture as the service would, from score 0.001."""
    return {sample.file: _look(model, root / sample.file) for sample in told(manifest.samples, "looking")}


def _look(model: Model, path: Path) -> Finding:
    photo = open_photo(path.read_bytes())
    height, width = photo.image.shape[:2]
    found = model.detect([photo.image], min_score=FROM_SCORE)[0]
    return Finding(_parts(found.xyxy, width, height), found.scores, found.kinds)


def _parts(boxes: Xyxy, width: float, height: float) -> Xyxy:
    return (boxes / np.array([width, height, width, height], np.float32)).astype(np.float32)


def read(path: Path, manifest: Manifest) -> Findings:
    """Detections written by `python -m detector detect --json` or anything that writes the same lines.

    A line whose file ends in the sample's `file` belongs to it, and so does one that was found from inside the data
    folder: its file is the end of that sample's and of no other's. A line with an `error` counts as nothing found.

    Raises:
        DetectionsBroken: it cannot be read, a line is not of the form, or a picture of the manifest has no line.
    """
    lines = {Path(str(line["file"])).as_posix(): line for line in _lines(path)}
    ends = {end: line for file, line in lines.items() for end in _ends(file)}
    shared = Counter(end for sample in manifest for end in _ends(sample.file))
    found = dict[str, Mapping[str, Any]]()
    for sample in manifest:
        inside = (lines[end] for end in _ends(sample.file) if end in lines and shared[end] == 1)
        if (line := ends.get(sample.file) or next(inside, None)) is not None:
            found[sample.file] = line
    missing = [sample.file for sample in manifest if sample.file not in found]
    if missing:
        raise DetectionsBroken(path=str(path), missing=len(missing), first=missing[0])
    return {sample.file: _finding(found[sample.file], sample, path) for sample in manifest}


def write(path: Path, findings: Findings, manifest: Manifest) -> None:
    """Write the lines that `read` reads."""
    with path.open("w", encoding="utf-8") as out:
        for sample in manifest:
            out.write(json.dumps(_line(sample, findings[sample.file])) + "\n")


def _line(sample: Sample, finding: Finding) -> dict[str, object]:
    boxes = finding.xyxy * np.array([sample.width, sample.height] * 2, np.float32)
    found = [
        {"kind": kind, "score": float(score), "xyxy": [float(value) for value in box]}
        for kind, score, box in zip(finding.kinds, finding.scores, boxes, strict=True)
    ]
    return {"file": sample.file, "width": sample.width, "height": sample.height, "detections": found}


def _ends(file: str) -> Iterator[str]:
    parts = Path(file).as_posix().split("/")
    return ("/".join(parts[start:]) for start in range(len(parts)))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        told = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DetectionsBroken(path=str(path), why=str(error)) from error
    for number, text in enumerate(told.splitlines(), 1):
        try:
            line = json.loads(text)
        except json.JSONDecodeError as error:
            raise DetectionsBroken(path=str(path), line=number, why=str(error)) from error
        if not isinstance(line, dict) or "file" not in line:
            raise DetectionsBroken(path=str(path), line=number, why="no file")
        yield line


def _finding(line: Mapping[str, Any], sample: Sample, path: Path) -> Finding:
    try:
        found: Sequence[Mapping[str, Any]] = [] if "error" in line else line["detections"]
        width, height = line.get("width", sample.width), line.get("height", sample.height)
        boxes = np.array([one["xyxy"] for one in found], np.float32).reshape(-1, 4)
        scores = np.array([one["score"] for one in found], np.float32)
        order = np.argsort(-scores, kind="stable")
        kinds = tuple(str(found[index]["kind"]) for index in order)
        return Finding(_parts(boxes, width, height)[order], scores[order], kinds)
    except (KeyError, TypeError, ValueError) as error:
        raise DetectionsBroken(path=str(path), file=sample.file, why=repr(error)) from error
