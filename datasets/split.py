"""Split by place and day: a group goes to one side whole, chosen by its hash and nothing else."""

import hashlib

from datasets.records import Manifest, Sample


def hold_out(manifest: Manifest, share: float, *, seed: str) -> tuple[Manifest, Manifest]:
    """Part a manifest into what is kept and what is held out.

    Every source gives at least `share` of its pictures where it has two groups or more, so that a small
    source is not left out by chance.

    Args:
        manifest: usually `manifest.role("train")`.
        share: part to hold out, 0..1.
        seed: another text gives another choice of groups.

    Returns:
        `(kept, held)`: no group is in both.
    """
    held = frozenset[str]().union(
        *(_groups(_of(manifest, source), share, seed) for source in sorted({s.source for s in manifest}))
    )
    return manifest.where(lambda s: s.group not in held), manifest.where(lambda s: s.group in held)


def _of(manifest: Manifest, source: str) -> tuple[Sample, ...]:
    return tuple(sample for sample in manifest if sample.source == source)


def _groups(samples: tuple[Sample, ...], share: float, seed: str) -> frozenset[str]:
    order = sorted({s.group for s in samples}, key=lambda group: rank(group, seed))
    chosen: set[str] = set()
    for group in order[:-1]:
        if sum(s.group in chosen for s in samples) >= share * len(samples):
            break
        chosen.add(group)
    return frozenset(chosen)


def rank(text: str, seed: str) -> str:
    """The place of `text` in a shuffled order that does not change between machines or runs."""
    return hashlib.sha256(f"{seed}/{text}".encode()).hexdigest()
