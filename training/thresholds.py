"""The score from which a box of each kind is shown, chosen on training groups and never on the test.

A hundred negatives are few: with one alarm among them the true rate may well be five in a hundred, and of ninety steps
the best looking one is quiet by luck. Three habits keep the choice from flattering itself. Two alarms in a hundred are
aimed at, half an alarm added to those that were counted (H. Jeffreys' prior for a Poisson rate), so that the three that
are promised hold elsewhere. No street that holds the kind may have more than two in a hundred for itself, so that a
hundred façades without any bin do not dilute the yards where closed bins stand; there nothing is added, and a single
alarm is borne as luck. And negatives that were trained on, of which there are many more, may only make the choice
stricter.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from datasets import split
from datasets.records import Manifest, Sample
from training.average_precision import Ranking
from training.evaluate import MEASURABLE_BOXES, ranked
from training.findings import Findings

UNMEASURED: Final = 0.5
STEPS: Final = tuple(float(step) for step in np.round(np.arange(0.05, 0.951, 0.01), 2))
ALARMS_PER_100: Final = 2.0
"""Two are aimed at, so that three hold: strange streets are noisier than the ones the choice is made on."""

UNCOUNTED: Final = 0.5
ENOUGH_NEGATIVES: Final = 25
TRAINED_NEGATIVES: Final = 300
PROMISED_PER_100: Final = 3.0
"""Borne on trained negatives: an alarm that survives training is often a thing that the label forgot."""

LUCK: Final = 1


@dataclass(frozen=True, slots=True)
class Looked:
    """Pictures and what was found on each."""

    pictures: Manifest
    findings: Findings


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """Negatives, of all streets or of one, on which nothing should be shown, and how it is judged.

    Attributes:
        ranking: every box of the kind on them.
        pictures: how many.
        most: boxes that may be expected on a hundred of them.
        added: boxes added to the counted ones.
        borne: so many boxes prove nothing, however few the pictures.
    """

    ranking: Ranking
    pictures: int
    most: float
    added: float = 0.0
    borne: int = 0

    def keeps(self, threshold: float) -> bool:
        """Whether no more boxes are to be expected than may be."""
        shown = self.ranking.at(threshold).shown
        return shown <= self.borne or 100 * (shown + self.added) / self.pictures <= self.most


def choose(held_out: Looked, trained: Looked | None = None) -> Mapping[str, float]:
    """Per kind the threshold with the best F1 among those that seldom cry wolf.

    At most two boxes may be expected per hundred pictures without the kind, and on each street that holds the kind at
    most one in all or two per hundred (see above); where no threshold keeps that, the highest is taken. A kind with
    fewer than 20 boxes held out gets the lowest quiet threshold from a cautious 0.5 on.

    Args:
        held_out: pictures that were not trained on.
        trained: pictures that were; their alarms are fewer than they would be elsewhere, and may be three in a hundred.
    """
    return {kind: _best(held_out, trained, kind) for kind in held_out.pictures.kinds}


def _best(held_out: Looked, trained: Looked | None, kind: str) -> float:
    silences = list(_silences(held_out, kind, ALARMS_PER_100, UNCOUNTED))
    silences += _silences(trained, kind, PROMISED_PER_100, 0.0) if trained else ()
    quiet = [step for step in STEPS if all(silence.keeps(step) for silence in silences)] or STEPS[-1:]
    whole = ranked(held_out.pictures.labelled_for(kind), held_out.findings, kind)
    if whole.wanted < MEASURABLE_BOXES:
        return next((step for step in quiet if step >= UNMEASURED), STEPS[-1])
    return max(quiet, key=lambda step: whole.at(step).f1)


def _silences(looked: Looked, kind: str, most: float, added: float) -> Iterator[Silence]:
    """All negatives together, and those of each repository that holds the kind."""
    empty = looked.pictures.labelled_for(kind).where(lambda sample: sample.count(kind) == 0)
    if len(empty):
        enough = len(empty) >= ENOUGH_NEGATIVES
        yield Silence(ranked(empty, looked.findings, kind), len(empty), most, added if enough else 0.0)
    for street in sorted({_street(sample) for sample in looked.pictures if sample.count(kind)}):
        if len(chosen := empty.where(partial(_is_in, street))):
            yield Silence(ranked(chosen, looked.findings, kind), len(chosen), most, borne=LUCK)


def _is_in(street: str, sample: Sample) -> bool:
    return _street(sample) == street


def _street(sample: Sample) -> str:
    """Sets that come from one repository show the same streets."""
    return sample.origin.repository


def some_negatives(trained: Manifest) -> Manifest:
    """So many trained pictures that each kind has up to 300 negatives of each repository; the same everywhere."""
    taken: Counter[tuple[str, str]] = Counter()
    chosen = set[str]()
    for sample in sorted(trained, key=lambda one: split.rank(one.file, "negatives")):
        told = [(kind, _street(sample)) for kind in _absent(sample)]
        if any(taken[one] < TRAINED_NEGATIVES for one in told):
            taken.update(told)
            chosen.add(sample.file)
    return trained.where(lambda sample: sample.file in chosen)


def _absent(sample: Sample) -> Sequence[str]:
    return sorted(kind for kind in sample.labelled if not sample.count(kind))
