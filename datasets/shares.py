"""Gives every picture a side by place and day, so that each kind gets its share of every side and nothing leaks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Final

import numpy as np

from datasets.check import FROZEN, NEAR_BITS
from datasets.errors import SplitLeaks
from datasets.records import ROLES, Manifest, Sample
from datasets.split import rank

LOOK_ALIKE: Final = "train_near_test"

Feature = tuple[str, ...]
"""What is balanced: pictures with a kind, pictures surely without it, pictures of a source."""


@dataclass(frozen=True, slots=True)
class Clump:
    """Groups that stay together since they share pictures that look alike.

    Attributes:
        name: of the first group, for an order that does not depend on the list's.
        samples: every picture of them.
        features: how many pictures have each.
    """

    name: str
    samples: tuple[Sample, ...]
    features: Counter[Feature]


def part(
    manifest: Manifest,
    shares: Mapping[str, float],
    *,
    seed: str,
    marks: Mapping[str, int] | None = None,
    unfreeze: bool = False,
) -> dict[str, str]:
    """The role of every picture, by file.

    Pictures of the test are frozen: they and their known look-alikes stay, nothing joins them, and what is left goes
    to the other sides in proportion. What looks like a frozen picture goes to `train_near_test` with its whole group.

    Args:
        manifest: with its labels, by which the sides are balanced.
        shares: by role, parts of all pictures.
        seed: another text gives another split.
        marks: fingerprint by file, see `check.fingerprint`; look-alikes then stay together.
        unfreeze: part everything anew, the test too.

    Raises:
        SplitLeaks: a group has frozen pictures and others.
        ValueError: the shares are not parts of one, or nothing is left for what is not frozen.
    """
    if not isclose(sum(shares.values()), 1, abs_tol=1e-6) or min(shares.values()) < 0:
        raise ValueError(f"shares are parts of 1, got {dict(shares)}")
    frozen = manifest.where(lambda sample: sample.role == FROZEN and not unfreeze)
    roles = {sample.file: sample.role for sample in manifest.role(FROZEN, LOOK_ALIKE) if not unfreeze}
    clumps = _clumps(manifest, marks or {})
    near = [clump for clump in clumps if any(sample.file in roles for sample in clump.samples)]
    rest = [clump for clump in clumps if clump not in near]
    for clump in near:
        roles |= {sample.file: _beside(sample, frozen.groups) for sample in clump.samples if sample.file not in roles}
    wanted = {role: share for role, share in shares.items() if share > 0 and not (len(frozen) and role == FROZEN)}
    if rest and not wanted:
        raise ValueError("no share is left for the pictures that are not frozen")
    for clump, role in _dealt(rest, wanted, seed):
        roles |= {sample.file: role for sample in clump.samples}
    return roles


def _beside(sample: Sample, frozen: frozenset[str]) -> str:
    if sample.group in frozen:
        raise SplitLeaks(why="its group has frozen test pictures", file=sample.file, group=sample.group)
    return LOOK_ALIKE


def _clumps(manifest: Manifest, marks: Mapping[str, int]) -> list[Clump]:
    """Groups joined where they share look-alikes."""
    leader = {group: group for group in manifest.groups}

    def lead(group: str) -> str:
        while leader[group] != group:
            group = leader[group]
        return group

    known = [sample for sample in manifest if sample.file in marks]
    for one, other in _alike([marks[sample.file] for sample in known]):
        first, second = sorted((lead(known[one].group), lead(known[other].group)))
        leader[second] = first
    joined: dict[str, list[Sample]] = {}
    for sample in manifest:
        joined.setdefault(lead(sample.group), []).append(sample)
    return [Clump(name, tuple(those), _features(those)) for name, those in sorted(joined.items())]


def _alike(marks: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of places whose fingerprints are at most three bits apart."""
    array = np.array(marks, np.uint64)
    found: list[tuple[int, int]] = []
    for place in range(len(array)):
        near = np.flatnonzero(np.bitwise_count(array[place + 1 :] ^ array[place]) <= NEAR_BITS)
        found += [(place, place + 1 + int(other)) for other in near]
    return found


def _features(samples: Sequence[Sample]) -> Counter[Feature]:
    counts: Counter[Feature] = Counter()
    for sample in samples:
        boxed = {label.kind for label in sample.labels}
        counts.update(("with", kind) for kind in boxed)
        counts.update(("without", kind) for kind in sample.labelled - boxed)
        counts["source", sample.source] += 1
    return counts


def _dealt(clumps: Sequence[Clump], shares: Mapping[str, float], seed: str) -> list[tuple[Clump, str]]:
    """Greedy: the rarest feature first, its largest clump first, to the side that lacks it most."""
    whole = sum(shares.values())
    total = sum((clump.features for clump in clumps), Counter[Feature]())
    lack = {role: {key: count * share / whole for key, count in total.items()} for role, share in shares.items()}
    left = {clump.name: clump for clump in clumps}
    dealt: list[tuple[Clump, str]] = []
    while left:
        feature = _rarest(left.values(), seed)
        those = [clump for clump in left.values() if clump.features[feature]]
        for clump in sorted(those, key=lambda one: (-one.features[feature], rank(one.name, seed))):
            role = max(lack, key=lambda side: (lack[side][feature], sum(lack[side].values()), rank(side, seed)))
            for key, count in clump.features.items():
                lack[role][key] -= count
            dealt.append((left.pop(clump.name), role))
    return dealt


def _rarest(clumps: Iterable[Clump], seed: str) -> Feature:
    counts = sum((clump.features for clump in clumps), Counter[Feature]())
    return min(counts, key=lambda key: (counts[key], rank(" ".join(key), seed)))


def counted(manifest: Manifest, roles: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """Pictures, groups, and pictures with and without each kind, by role."""
    sides: dict[str, list[Sample]] = {}
    for sample in manifest:
        sides.setdefault(roles[sample.file], []).append(sample)
    return {role: _told(manifest.kinds, sides[role]) for role in ROLES if role in sides}


def _told(kinds: Sequence[str], samples: Sequence[Sample]) -> dict[str, object]:
    features = _features(samples)
    told = {kind: {"with": features["with", kind], "without": features["without", kind]} for kind in kinds}
    return {"pictures": len(samples), "groups": len({sample.group for sample in samples}), "kinds": told}
