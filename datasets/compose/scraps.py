"""Cuts real paper ads out of labelled photographs, to hang them elsewhere."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from datasets.compose.flyers import Sheet
from datasets.compose.pictures import Picture, open_picture
from datasets.compose.surfaces import RULERS_M
from datasets.records import Label, Sample

LEAST_PX, MOST_PART = 38, 0.4
FULLEST, EMPTIEST = 0.99, 0.5
PAPER_WHITE = 0.94


def cut(picture: Picture, labels: Iterable[Label]) -> list[Sheet]:
    """The paper ads of a picture that are large enough to be worth keeping, without the wall behind them."""
    height, width = picture.shape[:2]
    found = []
    for label in labels:
        x0, y0, x1, y1 = (round(v * (width, height)[i % 2]) for i, v in enumerate(label.xyxy))
        if label.kind == "paper_ad" and min(x1 - x0, y1 - y0) >= LEAST_PX and label.w * label.h < MOST_PART:
            found.append(_lifted(picture, (x0, y0, x1 - x0, y1 - y0)))
    return [sheet for sheet in found if sheet is not None]


def gather(samples: Iterable[Sample], root: Path) -> dict[str, list[Sheet]]:
    """Real paper of many pictures, by their group."""
    found: dict[str, list[Sheet]] = {}
    for sample in samples:
        if sample.count("paper_ad"):
            picture = open_picture(root / sample.file)
            found.setdefault(sample.group, []).extend(cut(picture, sample.labels))
    return {group: sheets for group, sheets in found.items() if sheets}


def _lifted(picture: Picture, box: tuple[int, int, int, int]) -> Sheet | None:
    """The paper inside a box (left, top, width, height), flattened to even light; None if it does not part well."""
    x, y, wide, high = box
    pad = max(6, min(wide, high) // 5)
    top, left = max(0, y - pad), max(0, x - pad)
    part = np.ascontiguousarray(picture[top : y + high + pad, left : x + wide + pad])
    mask = np.zeros(part.shape[:2], np.uint8)
    cv2.setRNGSeed(0)
    state = (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.grabCut(part, mask, (x - left, y - top, wide, high), *state, 4, cv2.GC_INIT_WITH_RECT)
    paper = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    closed = cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    paper, part = (
        np.asarray(v[y - top : y - top + high, x - left : x - left + wide], np.uint8) for v in (opened, part)
    )
    if not EMPTIEST < float(paper.mean()) <= 1 or paper.any(0).mean() < 0.9 or paper.any(1).mean() < 0.9:
        return None
    lit = part.astype(np.float32)
    white = max(60.0, float(np.quantile(lit.mean(2)[paper > 0], 0.95)))
    flat = (lit * (255 * PAPER_WHITE / white)).clip(0, 255)
    cover = cv2.GaussianBlur(paper.astype(np.float32), (0, 0), 0.8) * 255
    metres = RULERS_M["paper_ad"] / float(np.sqrt(wide * high))
    return Sheet(np.dstack([flat, cover]).astype(np.uint8), wide * metres, high * metres)
