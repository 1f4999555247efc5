"""Hard negatives: the training pictures on which a model sees what is surely not there, to be drawn oftener."""

from collections.abc import Iterator, Mapping
from typing import Final

from datasets.records import Manifest, Sample
from training.findings import Finding, Findings

DOUBTFUL: Final = 0.7
MOST: Final = 3.0
EACH: Final = 0.75


def hard(manifest: Manifest, findings: Findings, thresholds: Mapping[str, float]) -> Iterator[tuple[str, float, str]]:
    """Hash, weight and reason of every picture with a false alarm.

    A false alarm is a box of a kind that the picture is labelled for and does not have, from seven tenths of the
    kind's threshold on: what is nearly shown today is shown in the next city. Pictures that have the kind are left
    out, since a box beside the labelled ones may be a thing that the labels forgot.
    """
    for sample in manifest:
        alarms = counted(sample, findings[sample.file], thresholds)
        if alarms:
            why = " ".join(f"{kind}:{count}" for kind, count in sorted(alarms.items()))
            yield sample.sha256, min(1 + EACH * sum(alarms.values()), MOST), why


def counted(sample: Sample, finding: Finding, thresholds: Mapping[str, float]) -> Mapping[str, int]:
    """False alarms by kind."""
    absent = {kind for kind in sample.labelled if sample.count(kind) == 0}
    alarms: dict[str, int] = {}
    for kind, score in zip(finding.kinds, finding.scores.tolist(), strict=True):
        if kind in absent and score >= DOUBTFUL * thresholds[kind]:
            alarms[kind] = alarms.get(kind, 0) + 1
    return alarms
