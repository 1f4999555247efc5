"""Opens picture files of a data folder for the check."""

import hashlib
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from datasets.check import Looks, fingerprint
from datasets.records import Sample

SMALL: Final = (9, 8)


def look(sample: Sample, root: Path) -> Looks | str:
    """Size and fingerprint of a picture, or `picture.missing`, `picture.other_bytes`, `picture.broken`."""
    path = root / sample.file
    if not path.is_file():
        return "picture.missing"
    data = path.read_bytes()
    if sample.sha256 and hashlib.sha256(data).hexdigest() != sample.sha256:
        return "picture.other_bytes"
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if grey is None:
        return "picture.broken"
    small = np.asarray(cv2.resize(grey, SMALL, interpolation=cv2.INTER_AREA), np.uint8)
    return Looks(grey.shape[1], grey.shape[0], fingerprint(small))
