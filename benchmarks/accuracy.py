"""Whether sides find the same: mean AP50 on the frozen test, ours and untouched `predict`'s, ours and each server's."""

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.figures import Figure, Reference
from benchmarks.looker import DEFAULT_SIDE
from benchmarks.posting import CARD
from datasets.formats import manifest as manifests
from datasets.records import Manifest
from detector.engine import Wanted
from detector.model import open_model
from detector.weights import open_card
from training.evaluate import evaluate
from training.findings import FROM_SCORE, Finding, Findings, look
from training.publish import mean_ap50
from training.reference import ultralytics_model

COMMAND: Final = "make bench ONLY=F1"
TITLE: Final = "points of mean AP50 on the test pictures that `predict` untouched is better by"
POINTS: Final = 0.5
SHARED: Final = Path(os.environ.get("STREETWARDEN_SHARED", "../shared"))


SERVED_TITLE: Final = "points of mean AP50 on the test pictures by which a server's boxes and ours differ at most"

Rows = Sequence[Sequence[float]]
"""Number of a kind, score, x0, y0, x1, y1 in pixels of the photo; a row a box."""

Look = Callable[[Mapping[str, bytes]], Mapping[str, Rows]]


def measure(engine: Wanted = "onnxruntime", prefix: str = "F1") -> Figure:
    """Score both sides on the labelled test pictures of the shared folder; the figure's name begins with `prefix`."""
    name = f"{prefix}-ap50"
    root = SHARED / "data" / "street"
    if not (root / "manifest.csv").is_file():
        reason = "needs the labelled pictures of the shared folder"
        return Figure(name, TITLE, None, "points", POINTS, [], COMMAND, note=reason)
    card, test = open_card(CARD), manifests.read(root).role("test")
    ours = _mean(test, look(open_model(card, engine=engine), test, root), card.thresholds)
    theirs = _untouched_mean()
    reference = Reference("ultralytics predict", version("ultralytics-opencv-headless"), round(theirs, 4))
    note = f"mean AP50 {ours:.3f} at {max(card.input)} pixels against {theirs:.3f} at {DEFAULT_SIDE}"
    rounds = [{"ours": round(ours, 4), "untouched": round(theirs, 4), "pictures": len(test)}]
    lost = round(100 * (theirs - ours), 2)
    return Figure(name, TITLE, lost, "points", POINTS, rounds, COMMAND, reference=reference, note=note)


def served(sides: Mapping[str, Look], ours: Sequence[str], command: str) -> Figure:
    """Let every server look at the labelled test pictures over HTTP; each of ours is compared with each of theirs."""
    root = SHARED / "data" / "street"
    if not (root / "manifest.csv").is_file():
        reason = "needs the labelled pictures of the shared folder"
        return Figure("F2-ap50", SERVED_TITLE, None, "points", POINTS, [], command, note=reason)
    card, test = open_card(CARD), manifests.read(root).role("test")
    pictures = {sample.file: (root / sample.file).read_bytes() for sample in test.samples}
    means = {
        name: round(_mean(test, found_by(look(pictures), test, card.kinds), card.thresholds), 4)
        for name, look in sides.items()
    }
    pairs = itertools.product(ours, sides.keys() - set(ours))
    apart = max((abs(means[mine] - means[theirs]) for mine, theirs in pairs), default=0.0)
    told = ", ".join(f"{name} {mean:.3f}" for name, mean in means.items())
    note = f"mean AP50 of boxes from score 0.25 on: {told}; {len(pictures)} pictures"
    return Figure("F2-ap50", SERVED_TITLE, round(100 * apart, 2), "points", POINTS, [means], command, note=note)


def found_by(rows: Mapping[str, Rows], test: Manifest, kinds: Sequence[str]) -> Findings:
    """What a server answered, best first and in parts of each picture, as `evaluate` reads it."""
    found: dict[str, Finding] = {}
    for sample in test.samples:
        boxes = np.array(rows[sample.file], np.float32).reshape(-1, 6)
        boxes = boxes[np.argsort(-boxes[:, 1], kind="stable")]
        parts = (boxes[:, 2:] / np.array([sample.width, sample.height] * 2)).astype(np.float32)
        found[sample.file] = Finding(parts, boxes[:, 1], tuple(kinds[int(kind)] for kind in boxes[:, 0]))
    return found


@cache
def _untouched_mean() -> float:
    root = SHARED / "data" / "street"
    test = manifests.read(root).role("test")
    return _mean(test, untouched(test, root), open_card(CARD).thresholds)


def _mean(test: Manifest, found: Findings, thresholds: Mapping[str, float]) -> float:
    return mean_ap50(evaluate(test, found, thresholds))


def untouched(test: Manifest, root: Path) -> Findings:
    """What `predict` finds on every picture when nobody says how many pixels, from the score that AP starts at."""
    model = ultralytics_model(CARD)

    def find(path: Path) -> Finding:
        results: Any = model.predict(str(path), imgsz=DEFAULT_SIDE, conf=FROM_SCORE, verbose=False)
        boxes, names = results[0].boxes, results[0].names
        order = np.argsort(-boxes.conf.numpy(), kind="stable")
        kinds = tuple(names[int(kind)] for kind in boxes.cls.numpy()[order])
        return Finding(boxes.xyxyn.numpy()[order].astype(np.float32), boxes.conf.numpy()[order], kinds)

    return {sample.file: find(root / sample.file) for sample in test}
