"""Counts: how many pictures, negatives and boxes of each kind there are, by source and role."""

from collections.abc import Mapping

from datasets.records import Manifest

Counts = Mapping[str, int]


def stats(manifest: Manifest) -> dict[str, dict[str, dict[str, object]]]:
    """`{source: {role: {pictures, groups, kinds: {kind: {labelled, negatives, boxes}}}}}`."""
    sources = sorted({sample.source for sample in manifest})
    return {source: _by_role(manifest.source(source)) for source in sources}


def _by_role(manifest: Manifest) -> dict[str, dict[str, object]]:
    roles = sorted({sample.role for sample in manifest})
    return {role: _counts(manifest.role(role)) for role in roles}


def _counts(manifest: Manifest) -> dict[str, object]:
    kinds = {kind: _kind(manifest, kind) for kind in manifest.kinds}
    return {"pictures": len(manifest), "groups": len(manifest.groups), "kinds": kinds}


def _kind(manifest: Manifest, kind: str) -> Counts:
    labelled = [sample for sample in manifest if kind in sample.labelled]
    return {
        "labelled": len(labelled),
        "negatives": sum(sample.count(kind) == 0 for sample in labelled),
        "boxes": sum(sample.count(kind) for sample in labelled),
    }
