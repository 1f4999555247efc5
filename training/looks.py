"""What a file of weights found on a list of pictures, kept beside its run, so that a cut export goes on from there."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from datasets.records import Manifest
from detector.model import Model, open_model
from detector.weights import Card
from training import findings, frozen
from training.findings import Findings


@dataclass(frozen=True, slots=True)
class Look:
    """Findings and what they cost: processor milliseconds a picture, decoding included."""

    findings: Findings
    cpu_ms: float


def look(card: Card, manifest: Manifest, root: Path, folder: Path) -> Look:
    """Look at every picture, or read what the same weights found on the same list at the same input size.

    Args:
        card: of the weights.
        manifest: the pictures.
        root: the folder that they lie in.
        folder: where looks are kept.
    """
    which = (card.sha256_of("onnxruntime"), f"{max(card.input)}", frozen.sha256_of(manifest))
    kept = folder / ("-".join(part[:16] for part in which) + ".jsonl")
    cost = kept.with_suffix(".json")
    if not (kept.is_file() and cost.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        cost.write_text(json.dumps({"cpu_ms": _write(open_model(card), manifest, root, kept)}), encoding="utf-8")
    return Look(findings.read(kept, manifest), float(json.loads(cost.read_text(encoding="utf-8"))["cpu_ms"]))


def _write(model: Model, manifest: Manifest, root: Path, kept: Path) -> float:
    began, part = time.process_time(), kept.with_suffix(".part")
    found = findings.look(model, manifest, root)
    spent = time.process_time() - began
    findings.write(part, found, manifest)
    part.replace(kept)
    return 1000 * spent / max(len(manifest), 1)
