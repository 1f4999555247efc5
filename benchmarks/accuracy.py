"""Whether looking at fewer pixels costs boxes: mean AP50 on the frozen test, ours and untouched `predict`'s."""

import os
from collections.abc import Mapping
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


def measure(engine: Wanted = "onnxruntime") -> Figure:
    """Score both sides on the labelled test pictures of the shared folder."""
    name = "F1-ap50" if engine == "onnxruntime" else f"F1-{engine}-ap50"
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
