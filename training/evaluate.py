"""How good detections are: per kind and per source, scored only where a kind is labelled. No torch in here."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, TypedDict

import numpy as np

from datasets.records import Manifest, Sample
from detector.types import Xyxy
from training import bootstrap, calibration
from training.average_precision import Ranking, Seen, rank
from training.errors import GroupTrainedOn
from training.findings import FROM_SCORE, Finding, Findings
from training.intervals import most_expected, most_share
from training.sizes import by_size

MEASURABLE_BOXES: Final = 20
DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One kind over one set of pictures.

    Attributes:
        pictures: those that are labelled for the kind.
        negatives: those of them without it.
        boxes: labelled boxes.
        ap50: average precision at an overlap of 0.5.
        ap50_low: lower end of its 95 % interval over whole groups, see `bootstrap`.
        ap50_high: upper end.
        ap50_95: mean of it over 0.5, 0.55 .. 0.95.
        precision: at the threshold, overlap 0.5.
        recall: at the threshold, overlap 0.5.
        threshold: the score from which a box is shown.
        false_alarms: boxes at or above the threshold on the negatives.
        false_alarms_per_100: the same per 100 of them.
        false_alarms_per_100_upper: what it is below with 95 % confidence, see `intervals`.
        alarmed: negatives with at least one.
        alarmed_share_upper: what the share of such pictures is below with 95 % confidence.
        measurable: at least 20 boxes.
        boxes_small: labelled boxes of this size, see `sizes`.
        boxes_medium: likewise.
        boxes_large: likewise.
        ap50_small: over things of this size alone.
        ap50_medium: likewise.
        ap50_large: likewise.
        calibration_error: mean distance between score and share of right boxes, see `calibration`.
    """

    pictures: int
    negatives: int
    boxes: int
    ap50: float | None
    ap50_low: float | None = None
    ap50_high: float | None = None
    ap50_95: float | None
    precision: float | None
    recall: float | None
    threshold: float
    false_alarms: int = 0
    false_alarms_per_100: float | None
    false_alarms_per_100_upper: float | None = None
    alarmed: int = 0
    alarmed_share_upper: float | None = None
    measurable: bool
    boxes_small: int = 0
    boxes_medium: int = 0
    boxes_large: int = 0
    ap50_small: float | None = None
    ap50_medium: float | None = None
    ap50_large: float | None = None
    calibration_error: float | None = None


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


def evaluate(manifest: Manifest, findings: Findings, thresholds: Mapping[str, float], *, rounds: int = 0) -> Report:
    """Score findings against the labels of a manifest.

    Args:
        manifest: the pictures to score, already of one role.
        findings: of every picture in it.
        thresholds: per kind, as shipped.
        rounds: draws for the interval of AP50 over all pictures; 0: no interval.
    """
    sources = sorted({sample.source for sample in manifest})
    return Report(
        _per_kind(manifest, findings, thresholds, rounds),
        {source: _per_kind(manifest.source(source), findings, thresholds, 0) for source in sources},
    )


def _per_kind(manifest: Manifest, findings: Findings, thresholds: Mapping[str, float], rounds: int) -> dict[str, Score]:
    return {kind: score(manifest, findings, kind, thresholds[kind], rounds=rounds) for kind in manifest.kinds}


def score(manifest: Manifest, findings: Findings, kind: str, threshold: float, *, rounds: int = 0) -> Score:
    """One kind over the pictures that are labelled for it."""
    pictures = manifest.labelled_for(kind)
    ranking = ranked(pictures, findings, kind)
    precisions, counts = ranking.average_precision(), ranking.at(threshold)
    low, high = bootstrap.interval(ranking, [one.group for one in pictures], rounds=rounds) or (None, None)
    negatives = int((ranking.labels == 0).sum())
    return Score(
        pictures=len(pictures),
        negatives=negatives,
        boxes=ranking.wanted,
        ap50=_rounded(float(precisions[0])),
        ap50_low=_rounded(low),
        ap50_high=_rounded(high),
        ap50_95=_rounded(float(precisions.mean())),
        precision=_rounded(counts.precision),
        recall=_rounded(counts.recall),
        threshold=threshold,
        **_alarms(alarms_of(ranking, threshold), negatives),
        measurable=ranking.wanted >= MEASURABLE_BOXES,
        **_sizes(pictures, findings, kind),
        calibration_error=calibration.expected_error(calibration.reliability(ranking)),
    )


def alarms_of(ranking: Ranking, threshold: float) -> Mapping[int, int]:
    """On which pictures without the kind something is shown, and how many boxes there."""
    shown = ranking.picture[ranking.scores >= threshold]
    return Counter(int(one) for one in shown[ranking.labels[shown] == 0])


class _Alarms(TypedDict):
    false_alarms: int
    false_alarms_per_100: float | None
    false_alarms_per_100_upper: float | None
    alarmed: int
    alarmed_share_upper: float | None


def _alarms(by_picture: Mapping[int, int], negatives: int) -> _Alarms:
    boxes, pictures = sum(by_picture.values()), len(by_picture)
    return {
        "false_alarms": boxes,
        "false_alarms_per_100": _rounded(100 * boxes / negatives) if negatives else None,
        "false_alarms_per_100_upper": _rounded(100 * most_expected(boxes) / negatives) if negatives else None,
        "alarmed": pictures,
        "alarmed_share_upper": _rounded(most_share(pictures, negatives)) if negatives else None,
    }


class _Sizes(TypedDict):
    boxes_small: int
    boxes_medium: int
    boxes_large: int
    ap50_small: float | None
    ap50_medium: float | None
    ap50_large: float | None


def _sizes(pictures: Manifest, findings: Findings, kind: str) -> _Sizes:
    looked = [seen(sample, findings[sample.file], kind) for sample in pictures]
    sized = by_size(looked, [(sample.width, sample.height) for sample in pictures])
    small, medium, large = sized["small"], sized["medium"], sized["large"]
    return {
        "boxes_small": small.boxes,
        "boxes_medium": medium.boxes,
        "boxes_large": large.boxes,
        "ap50_small": _rounded(small.ap50),
        "ap50_medium": _rounded(medium.ap50),
        "ap50_large": _rounded(large.ap50),
    }


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
