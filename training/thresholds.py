"""The score from which a box of each kind is shown, chosen on training groups and never on the test.

A hundred negatives are few: with two alarms among them the true rate may well be one in a hundred or five, and of
ninety steps the best looking one is quiet by luck. So nothing is read from a count alone. What is expected at a score
is drawn towards what the negatives that were trained on say there, of which there are ten times as many; strange
streets are noisier than those, so it counts two and a half times. That is a Gamma prior for a Poisson rate, worth 50 pictures (A.
Gelman and others, Bayesian Data Analysis, 2.6). Two alarms in a hundred are aimed at, so that the three that are
promised hold elsewhere; and on the streets that hold the kind three, so that a hundred façades without any bin do not
dilute the yards where closed bins stand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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

PROMISED_PER_100: Final = 3.0
"""Borne on the streets of the kind alone."""

BELIEVED_PICTURES: Final = 50
"""What the trained negatives say weighs as much as so many held out ones."""

NOISIER: Final = 2.5
"""How much oftener than on trained negatives: 2.3 to 2.6 times, all kinds of street-n4 together from score 0.5."""

UNKNOWN_PER_100: Final = 1.0
"""Expected before anything was counted, where no trained negatives are told (half an alarm, Jeffreys' prior)."""

TRAINED_NEGATIVES: Final = 300


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
        trained: the same of negatives that were trained on.
    """

    ranking: Ranking
    pictures: int
    most: float
    trained: "Silence | None" = None

    def expected_per_100(self, threshold: float) -> float:
        """Boxes to be expected on a hundred such pictures: those that were counted, drawn towards the trained ones."""
        believed = NOISIER * self.trained.shown_per_100(threshold) if self.trained else UNKNOWN_PER_100
        counted = self.ranking.at(threshold).shown
        return (100 * counted + BELIEVED_PICTURES * believed) / (self.pictures + BELIEVED_PICTURES)

    def shown_per_100(self, threshold: float) -> float:
        """Boxes that were counted, on a hundred pictures."""
        return 100 * self.ranking.at(threshold).shown / self.pictures

    def keeps(self, threshold: float) -> bool:
        """Whether no more boxes are to be expected than may be."""
        return self.expected_per_100(threshold) <= self.most


def choose(held_out: Looked, trained: Looked | None = None) -> Mapping[str, float]:
    """Per kind the threshold with the best F1 among those that seldom cry wolf.

    At most two boxes may be expected per hundred pictures without the kind, and three on those of each repository that
    holds it (see above); where no threshold keeps that, the highest is taken. A kind with fewer than 20 boxes held out
    gets the lowest quiet threshold from a cautious 0.5 on.

    Args:
        held_out: pictures that were not trained on.
        trained: pictures that were: what is believed before anything is counted.
    """
    return {kind: _best(held_out, trained, kind) for kind in held_out.pictures.kinds}


def _best(held_out: Looked, trained: Looked | None, kind: str) -> float:
    silences = list(_silences(held_out, trained, kind))
    quiet = [step for step in STEPS if all(silence.keeps(step) for silence in silences)] or STEPS[-1:]
    whole = ranked(held_out.pictures.labelled_for(kind), held_out.findings, kind)
    if whole.wanted < MEASURABLE_BOXES:
        return next((step for step in quiet if step >= UNMEASURED), STEPS[-1])
    return max(quiet, key=lambda step: whole.at(step).f1)


def _silences(held_out: Looked, trained: Looked | None, kind: str) -> Iterator[Silence]:
    """All negatives together, and those of each repository that holds the kind."""
    streets = {_street(sample) for sample in held_out.pictures if sample.count(kind)}
    for street, most in ((None, ALARMS_PER_100), *((street, PROMISED_PER_100) for street in sorted(streets))):
        if silence := _silence(held_out, kind, street, most):
            yield replace(silence, trained=_silence(trained, kind, street, most) if trained else None)


def _silence(looked: Looked, kind: str, street: str | None, most: float) -> Silence | None:
    chosen = looked.pictures.labelled_for(kind).where(lambda sample: sample.count(kind) == 0)
    if street is not None:
        chosen = chosen.where(partial(_is_in, street))
    return Silence(ranked(chosen, looked.findings, kind), len(chosen), most) if len(chosen) else None


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
