"""Makes a card the one that ships, if the frozen tests say that it is better."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from datasets.records import Manifest
from detector.model import open_model
from detector.weights import open_card
from training.card import groups_of
from training.errors import NotBetter
from training.evaluate import Report, evaluate, refuse_trained
from training.findings import look

LOSS_ALLOWED: Final = 0.02


def measure(card_path: Path, test: Manifest, root: Path) -> Report:
    """What a card's weights do on the frozen test, through the product's own path.

    Raises:
        GroupTrainedOn: a group of the test was trained on.
    """
    card = open_card(card_path)
    refuse_trained(test, groups_of(card, card_path))
    return evaluate(test, look(open_model(card), test, root), card.thresholds)


def promote(card_path: Path, test: Manifest, root: Path) -> Path:
    """Write `current.toml` beside the card; the first card always may, a later one must be better.

    Raises:
        NotBetter: says by kind what it was and would become.
    """
    current = card_path.parent / "current.toml"
    new = measure(card_path, test, root)
    if current.exists():
        compare(measure(current, test, root), new)
    part = current.with_suffix(".part")
    part.write_bytes(card_path.read_bytes())
    part.replace(current)
    return current


def compare(old: Report, new: Report) -> None:
    """Accept `new` if its mean AP50 over measurable kinds is higher and none of them lost more than 0.02.

    Raises:
        NotBetter: otherwise.
    """
    was, now = _ap50(old), _ap50(new)
    shared = sorted(was.keys() & now.keys())
    gains = {kind: round(now[kind] - was[kind], 4) for kind in shared}
    if not shared or sum(gains.values()) <= 0 or min(gains.values()) < -LOSS_ALLOWED:
        raise NotBetter(was=was, would_be=now, gains=gains)


def _ap50(report: Report) -> Mapping[str, float]:
    return {k: s.ap50 for k, s in report.per_kind.items() if s.measurable and s.ap50 is not None}
