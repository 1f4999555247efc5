"""From a finished run to a card in `weights/`: export, input size, thresholds, and what the frozen test says."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.formats import manifest as manifests
from datasets.records import Manifest
from detector.boxes import STRIDE
from detector.weights import open_card
from training import card as cards
from training import export, network, places
from training.errors import RecipeBroken
from training.evaluate import Report, evaluate
from training.looks import Look, look
from training.material import DRAWN, draw, parts
from training.measured import write_into
from training.pictures import decode
from training.recipe import Recipe
from training.run import Run
from training.thresholds import UNMEASURED, Looked, choose, some_negatives

COMPARED_PICTURES = 12
NEAR_ENOUGH = 0.005


@dataclass(frozen=True, slots=True)
class Order:
    """What to publish and how.

    Attributes:
        folder: where the card and its files go.
        version: of the card.
        inputs: longest sides to try, pixels; the held-out slice chooses.
        note: one sentence for the card.
        keep_start: share in [0, 1) of the weights that the run started from, which what is published keeps.
    """

    folder: Path
    version: str
    inputs: Sequence[int]
    note: str
    keep_start: float = 0.0


def publish(recipe: Recipe, run: Run, shared: Path, order: Order) -> tuple[Path, Mapping[str, Any]]:
    """Export the run's averaged weights and write their card.

    Returns:
        The card, and a log of parity and of each tried input size.
    """
    draft, parity = _files(recipe, run, shared, order)
    path = cards.write(draft, order.folder)
    log: dict[str, Any] = {"parity": parity}
    if recipe.data == DRAWN:
        return path, log
    root = shared / recipe.data
    kept, held = parts(manifests.read(root), recipe.hold_out)
    seen = partial(_look, draft, run.folder / "looks", order.folder)
    tried = {side: seen(side, held, root) for side in order.inputs}
    log["inputs"] = [_tried(side, held, look) for side, look in tried.items()]
    side = smallest_good({one["side"]: one["mean_ap50"] for one in log["inputs"]})
    some = some_negatives(kept)
    trained = Looked(some, seen(side, some, root).findings)
    shown = choose(Looked(held, tried[side].findings), trained)
    draft = replace(draft, input=(side, side), thresholds=shown, inputs=log["inputs"])
    path = cards.write(draft, order.folder)
    write_into(path, root, named=f"$STREETWARDEN_SHARED/{recipe.data}")
    return path, log


def _tried(side: int, held: Manifest, look: Look) -> Mapping[str, Any]:
    """What an input size gives and costs, for the card."""
    report = evaluate(held, look.findings, choose(Looked(held, look.findings)))
    by_kind = {f"ap50_{kind}": score.ap50 for kind, score in report.per_kind.items() if score.measurable}
    return {"side": side, "mean_ap50": round(mean_ap50(report), 4), "cpu_ms": round(look.cpu_ms, 1), **by_kind}


def _files(recipe: Recipe, run: Run, shared: Path, order: Order) -> tuple[cards.Draft, Mapping[str, Any]]:
    order.folder.mkdir(parents=True, exist_ok=True)
    facts = json.loads(run.facts.read_text(encoding="utf-8"))
    onnx, tensors, groups = (f"{recipe.name}{end}" for end in (".onnx", ".safetensors", ".groups.txt"))
    weights = _weights(recipe, run, shared, order.keep_start)
    trained = network.load(weights)
    export.to_onnx(trained, order.folder / onnx)
    parity = export.parity(trained, order.folder / onnx, _compared(recipe, shared, order.inputs[0]))
    shutil.copyfile(weights, order.folder / tensors)
    cards.write_groups(facts["groups"], order.folder / groups)
    draft = cards.Draft(
        name=recipe.name,
        version=order.version,
        kinds=tuple(facts["kinds"]),
        input=(order.inputs[0], order.inputs[0]),
        recipe_sha256=facts["recipe_sha256"],
        manifest_sha256=facts["manifest_sha256"],
        files={"onnxruntime": onnx, "safetensors": tensors},
        groups_file=groups,
        thresholds=dict.fromkeys(facts["kinds"], UNMEASURED),
        note=order.note,
        sources=facts.get("sources", ()),
    )
    return draft, {name: getattr(parity, name) for name in parity.__slots__}


def _weights(recipe: Recipe, run: Run, shared: Path, keep_start: float) -> Path:
    """The run's averaged weights, or a point between them and those that it started from."""
    if keep_start == 0:
        return run.weights
    if not recipe.start:
        raise RecipeBroken(key="start", got="", why="the run started from nothing that could be kept")
    path = run.folder / f"between-{keep_start:g}.safetensors"
    network.between(places.found(recipe.start, shared), run.weights, keep_start, path)
    return path


def _compared(recipe: Recipe, shared: Path, side: int) -> list[NDArray[np.float32]]:
    """Real pictures of the held-out slice where there are any, each `(3, H, W)` in 0..1."""
    if recipe.data == DRAWN:
        images = [p.pixels for p in draw(count=4, size_px=recipe.keep_px, seed=recipe.seed + 1).pictures]
    else:
        root = shared / recipe.data
        _, held = parts(manifests.read(root), recipe.hold_out)
        chosen = held.samples[:: max(len(held) // COMPARED_PICTURES, 1)]
        images = [decode(root / sample.file, side) for sample in chosen]
    return [padded(image) for image in images]


def padded(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`(H, W, 3)` uint8 to `(3, H', W')` float32 in 0..1, grey up to multiples of 32."""
    tall, wide = (-(-side // STRIDE) * STRIDE for side in image.shape[:2])
    canvas = np.full((tall, wide, 3), 114, np.uint8)
    canvas[: image.shape[0], : image.shape[1]] = image
    return np.ascontiguousarray(canvas.transpose(2, 0, 1), np.float32) / np.float32(255)


def _look(draft: cards.Draft, looks: Path, weights: Path, side: int, manifest: Manifest, root: Path) -> Look:
    print(f"{len(manifest)} pictures at {side} px", file=sys.stderr, flush=True)
    card = open_card(cards.write(replace(draft, input=(side, side)), weights))
    return look(card, manifest, root, looks)


def mean_ap50(report: Report) -> float:
    """Over the kinds that can be measured."""
    values = [score.ap50 for score in report.per_kind.values() if score.measurable and score.ap50 is not None]
    return float(np.mean(values)) if values else 0.0


def smallest_good(mean_by_side: Mapping[int, float]) -> int:
    """The smallest input whose mean AP50 is within 0.005 of the best: pixels are CPU time.

    >>> smallest_good({416: 0.60, 512: 0.648, 640: 0.65})
    512
    """
    best = max(mean_by_side.values())
    return min(side for side, mean in mean_by_side.items() if mean >= best - NEAR_ENOUGH)
