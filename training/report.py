"""What `evaluate --out` leaves behind: the numbers, plots, and sheets of what went wrong."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from datasets.records import Manifest
from detector.images import open_photo
from detector.privacy import open_privacy
from detector.types import Image
from training import calibration, charts, failures, sizes
from training.average_precision import Ranking
from training.charts import Point
from training.evaluate import Report, ranked
from training.findings import Findings
from training.provenance import REAL, only_origin

PLOTTED: Final = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One evaluation.

    Attributes:
        manifest: the pictures, of one origin.
        root: the folder that they lie in.
        findings: of every picture.
        thresholds: per kind, as shipped.
        report: the scores.
        facts: what else the command prints, as JSON.
    """

    manifest: Manifest
    root: Path
    findings: Findings
    thresholds: Mapping[str, float]
    report: Report
    facts: Mapping[str, object]

    def as_json(self) -> dict[str, object]:
        """As the command prints it."""
        return {**self.facts, **self.report.as_json()}


def write(measured: Measured, out: Path) -> list[Path]:
    """Write `report.json`, three plots and the failure sheets; tell their paths.

    Sheets of real pictures have their faces blurred, and are still not to be published: see `failures`.
    """
    out.mkdir(parents=True, exist_ok=True)
    found = failures.worst(measured.manifest, measured.findings, measured.thresholds)
    texts = {"report.json": _numbers(measured, found), **plots(measured)}
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8")
    return [*(out / name for name in texts), *sheets(measured, found, out / "failures")]


def _numbers(measured: Measured, found: Mapping[str, failures.Failures]) -> str:
    bins = {
        kind: [asdict(one) for one in calibration.reliability(ranking)] for kind, ranking in _rankings(measured).items()
    }
    wrong = {
        kind: {"missed": [asdict(x) for x in one.missed], "alarms": [asdict(x) for x in one.alarms]}
        for kind, one in found.items()
    }
    return json.dumps({**measured.as_json(), "reliability": bins, "failures": wrong}, indent=1) + "\n"


def _rankings(measured: Measured) -> Mapping[str, Ranking]:
    """Of the kinds that have a label."""
    whole = measured.manifest
    every = {kind: ranked(whole.labelled_for(kind), measured.findings, kind) for kind in whole.kinds}
    return {kind: ranking for kind, ranking in every.items() if ranking.wanted}


def plots(measured: Measured) -> Mapping[str, str]:
    """SVG by file name. Made pictures are named as such in every title."""
    origin = only_origin(measured.manifest)
    on = "real pictures" if origin == REAL else f"{origin} pictures"
    rankings = _rankings(measured)
    scores = measured.report.per_kind
    by_size = {size: {kind: getattr(scores[kind], f"ap50_{size}") for kind in rankings} for size in sizes.EDGES}
    bins = {
        kind: [(one.said, one.right) for one in calibration.reliability(ranking) if one.boxes >= PLOTTED]
        for kind, ranking in rankings.items()
    }
    return {
        "precision_recall.svg": charts.curves(
            f"Precision and recall, overlap 0.5, {on}", ("recall", "precision"), _precision_recall(rankings)
        ),
        "reliability.svg": charts.curves(
            f"What a score is worth, {on}",
            ("mean score of a bin of five boxes or more", "share of right boxes"),
            bins,
            diagonal=True,
        ),
        "size.svg": charts.bars(f"AP50 by size, {on}", ("size by COCO's areas at 640 px", "AP50"), by_size),
    }


def _precision_recall(rankings: Mapping[str, Ranking]) -> Mapping[str, list[Point]]:
    return {kind: _points(ranking) for kind, ranking in rankings.items()}


def _points(ranking: Ranking) -> list[Point]:
    """One at every right box, where recall grows."""
    right = ranking.hits[0].cumsum()
    return [(float(right[at] / ranking.wanted), float(right[at] / (at + 1))) for at in np.flatnonzero(ranking.hits[0])]


def sheets(measured: Measured, found: Mapping[str, failures.Failures], out: Path) -> list[Path]:
    """Write the worst misses and alarms of every kind that has any, two sheets a kind."""
    picture = _opener(measured)
    written = []
    for kind, one in found.items():
        for name, chosen, colour in (
            ("missed", one.missed, failures.MISSED_COLOUR),
            ("alarms", one.alarms, failures.ALARM_COLOUR),
        ):
            if chosen:
                written.append(out / f"{kind}-{name}.png")
                failures.draw(chosen, picture, colour, written[-1])
    return written


def _opener(measured: Measured) -> failures.Opener:
    privacy = open_privacy() if only_origin(measured.manifest) == REAL else None

    @lru_cache(maxsize=16)
    def opened(file: str) -> Image:
        image = open_photo((measured.root / file).read_bytes()).image
        return privacy.blur(image) if privacy else image

    return opened
