"""Counts: how many pictures, negatives and boxes of each kind there are, by source and role."""

from collections.abc import Mapping, Sequence

from datasets.records import ROLES, Manifest

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


def table(manifest: Manifest) -> str:
    """The counts as lines for a terminal: pictures by source and role, then every kind by role."""
    sources = [
        [source, role, one["pictures"], one["groups"]]
        for source, roles in stats(manifest).items()
        for role, one in roles.items()
    ]
    kinds = [
        [kind, role, counts["labelled"], counts["negatives"], counts["boxes"]]
        for kind in manifest.kinds
        for role in ROLES
        for counts in [_kind(manifest.role(role), kind)]
        if counts["labelled"]
    ]
    first = _aligned(["source", "role", "pictures", "groups"], sources)
    return f"{first}\n{_aligned(['kind', 'role', 'labelled', 'negatives', 'boxes'], kinds)}"


def _aligned(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Words to the left, numbers to the right."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    words = sum(isinstance(cell, str) for cell in rows[0]) if rows else len(head)
    lines = [
        "  ".join(
            cell.ljust(width) if column < words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)
