"""How good detections are: per kind and per source, scored only where a kind is labelled. No torch in here."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from datasets.records import Manifest, Sample
from detector.types import Xyxy
from training.average_precision import Ranking, Seen, rank
from training.errors import GroupTrainedOn
from training.findings import FROM_SCORE, Finding, Findings

MEASURABLE_BOXES: Final = 20
DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Score:
    """One kind over one set of pictures.

    Attributes:
        pictures: those that are labelled for the kind.
        negatives: those of them without it.
        boxes: labelled boxes.
        ap50: average precision at an overlap of 0.5.
        ap50_95: mean of it over 0.5, 0.55 .. 0.95.
        precision: at the threshold, overlap 0.5.
        recall: at the threshold, overlap 0.5.
        threshold: the score from which a box is shown.
        false_alarms_per_100: boxes at or above the threshold on the negatives, per 100 of them.
        measurable: at least 20 boxes.
    """

    pictures: int
    negatives: int
    boxes: int
    ap50: float | None
    ap50_95: float | None
    precision: float | None
    recall: float | None
    threshold: float
    false_alarms_per_100: float | None
    measurable: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Every kind over all pictures, and over those of each source."""

    per_kind: Mapping[str, Score]
    per_source: Mapping[str, Mapping[str, Score]]

    def as_json(self) -> dict[str, object]:
        """As the command prints it."""
        return {
            "per_kind": {kind: asdict(score) for kind, score in self.per_kind.items()},
            "per_source": {
                source: {kind: asdict(score) for kind, score in scores.items()}
                for source, scores in self.per_source.items()
            },
        }


def evaluate(manifest: Manifest, findings: Findings, thresholds: Mapping[str, float]) -> Report:
    """Score findings against the labels of a manifest.

    Args:
        manifest: the pictures to score, already of one role.
        findings: of every picture in it.
        thresholds: per kind, as shipped.
    """
    sources = sorted({sample.source for sample in manifest})
    return Report(
        _per_kind(manifest, findings, thresholds),
        {source: _per_kind(manifest.source(source), findings, thresholds) for source in sources},
    )


def _per_kind(manifest: Manifest, findings: Findings, thresholds: Mapping[str, float]) -> dict[str, Score]:
    return {kind: score(manifest, findings, kind, thresholds[kind]) for kind in manifest.kinds}


def score(manifest: Manifest, findings: Findings, kind: str, threshold: float) -> Score:
    """One kind over the pictures that are labelled for it."""
    pictures = manifest.labelled_for(kind)
    empty = pictures.where(lambda sample: sample.count(kind) == 0)
    ranking = ranked(pictures, findings, kind)
    precisions, counts = ranking.average_precision(), ranking.at(threshold)
    alarms = ranked(empty, findings, kind).at(threshold).shown
    return Score(
        pictures=len(pictures),
        negatives=len(empty),
        boxes=ranking.wanted,
        ap50=_rounded(float(precisions[0])),
        ap50_95=_rounded(float(precisions.mean())),
        precision=_rounded(counts.precision),
        recall=_rounded(counts.recall),
        threshold=threshold,
        false_alarms_per_100=_rounded(100 * alarms / len(empty)) if len(empty) else None,
        measurable=ranking.wanted >= MEASURABLE_BOXES,
    )


def ranked(pictures: Manifest, findings: Findings, kind: str) -> Ranking:
    """All boxes of a kind on these pictures, best first, each a hit or not."""
    return rank([seen(sample, findings[sample.file], kind) for sample in pictures])


def seen(sample: Sample, finding: Finding, kind: str) -> Seen:
    """The part of a finding that is about one kind, from score 0.001, with what is labelled."""
    chosen = np.array([name == kind for name in finding.kinds], bool) & (finding.scores >= FROM_SCORE)
    there = np.array([label.xyxy for label in sample.labels if label.kind == kind], np.float32)
    return Seen(_boxes(finding.xyxy[chosen]), finding.scores[chosen], _boxes(there))


def _boxes(values: Xyxy) -> Xyxy:
    return values.astype(np.float32).reshape(-1, 4)


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, DIGITS)


def refuse_trained(manifest: Manifest, trained: frozenset[str]) -> None:
    """Fail where a picture to be scored belongs to a group that the weights were trained on.

    Raises:
        GroupTrainedOn: names how many groups and the first of them.
    """
    both = sorted(manifest.groups & trained)
    if both:
        raise GroupTrainedOn(groups=len(both), first=both[0])
