"""Kinds with too few labels to average: every picture of them that exists, told one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from datasets.records import Manifest
from training.evaluate import MEASURABLE_BOXES, seen
from training.findings import Findings
from training.verdicts import judge


@dataclass(frozen=True, slots=True)
class Told:
    """One picture of a rare kind.

    Attributes:
        file: of the picture.
        boxes: labelled ones of the kind.
        found: those of them that a shown box covers by half.
        false: shown boxes of the kind that cover no free label.
        best_score: of any box of the kind, shown or not; 0 without one.
    """

    file: str
    boxes: int
    found: int
    false: int
    best_score: float


def one_by_one(
    manifest: Manifest, findings: Findings, thresholds: Mapping[str, float]
) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Of each kind with fewer than 20 labels the pictures that have one, as JSON; an empty list where there is none."""
    counts = {kind: sum(sample.count(kind) for sample in manifest.labelled_for(kind)) for kind in manifest.kinds}
    return {
        kind: [asdict(told) for told in _told(manifest, findings, thresholds, kind)]
        for kind, count in counts.items()
        if count < MEASURABLE_BOXES
    }


def _told(manifest: Manifest, findings: Findings, thresholds: Mapping[str, float], kind: str) -> Sequence[Told]:
    told = []
    for sample in manifest.labelled_for(kind):
        if not sample.count(kind):
            continue
        verdict, looked = judge(sample, findings[sample.file], thresholds), seen(sample, findings[sample.file], kind)
        found, false = (sum(box.kind == kind for box in boxes) for boxes in (verdict.found, verdict.false))
        best = round(float(looked.scores.max(initial=0.0)), 4)
        told.append(Told(sample.file, sample.count(kind), found, false, best))
    return told
