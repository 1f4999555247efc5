"""The score from which a box of each kind is shown, chosen on held-out training pictures."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from datasets.records import Manifest
from training.evaluate import MEASURABLE_BOXES, ranked
from training.findings import Findings

UNMEASURED: Final = 0.5
STEPS: Final = np.round(np.arange(0.05, 0.81, 0.01), 2)


def choose(held_out: Manifest, findings: Findings) -> Mapping[str, float]:
    """Per kind the threshold with the best F1; a cautious 0.5 for a kind with fewer than 20 boxes there."""
    return {kind: _best(held_out, findings, kind) for kind in held_out.kinds}


def _best(held_out: Manifest, findings: Findings, kind: str) -> float:
    ranking = ranked(held_out.where(lambda sample: kind in sample.labelled), findings, kind)
    if ranking.wanted < MEASURABLE_BOXES:
        return UNMEASURED
    return float(max(STEPS, key=lambda threshold: ranking.at(float(threshold)).f1))
