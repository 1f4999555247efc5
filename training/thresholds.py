"""The score from which a box of each kind is shown, chosen on held-out training pictures."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from datasets.records import Manifest
from training.average_precision import Ranking
from training.evaluate import MEASURABLE_BOXES, ranked
from training.findings import Findings

UNMEASURED: Final = 0.5
STEPS: Final = tuple(float(step) for step in np.round(np.arange(0.05, 0.81, 0.01), 2))
ALARMS_PER_100: Final = 5.0


def choose(held_out: Manifest, findings: Findings) -> Mapping[str, float]:
    """Per kind the threshold with the best F1 among those that seldom cry wolf.

    At most five boxes may be shown per hundred pictures without the kind; where no threshold keeps that, the highest
    is taken. A kind with fewer than 20 boxes there gets a cautious 0.5.
    """
    return {kind: _best(held_out.labelled_for(kind), findings, kind) for kind in held_out.kinds}


def _best(pictures: Manifest, findings: Findings, kind: str) -> float:
    whole = ranked(pictures, findings, kind)
    if whole.wanted < MEASURABLE_BOXES:
        return UNMEASURED
    empty = pictures.where(lambda sample: sample.count(kind) == 0)
    noise = ranked(empty, findings, kind)
    quiet = [step for step in STEPS if _alarms(noise, step, len(empty)) <= ALARMS_PER_100]
    return max(quiet or STEPS[-1:], key=lambda step: whole.at(step).f1)


def _alarms(ranking: Ranking, threshold: float, pictures: int) -> float:
    return 100 * ranking.at(threshold).shown / pictures if pictures else 0.0
