"""Makes a card the one that ships, if the frozen tests say that it is better, and writes into it why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from datasets.records import Manifest
from detector.images import open_photo
from detector.model import open_model
from detector.weights import open_card
from training import card as cards
from training import cost, frozen
from training.errors import NotBetter, NotFrozen, TooSlow
from training.evaluate import Report, evaluate, refuse_trained
from training.findings import look
from training.intervals import chance_of_more

LOSS_ALLOWED: Final = 0.01
SLOWER_ALLOWED: Final = 1.10
BY_CHANCE: Final = 0.05
TIMED_PICTURES: Final = 24


@dataclass(frozen=True, slots=True)
class Terms:
    """On which day a card is promoted, and what it is forgiven; each reason goes into the card.

    Attributes:
        today: the date that the card will carry.
        slower: why it may cost more than a tenth more; empty: it may not.
        unfrozen: why a test that is no frozen list may judge; empty: it may not.
    """

    today: date
    slower: str = ""
    unfrozen: str = ""


def measure(card_path: Path, test: Manifest, root: Path, *, rounds: int = 0) -> Report:
    """What a card's weights do on the frozen test, through the product's own path.

    Raises:
        GroupTrainedOn: a group of the test was trained on.
    """
    card = open_card(card_path)
    refuse_trained(test, cards.groups_of(card, card_path))
    return evaluate(test, look(open_model(card), test, root), card.thresholds, rounds=rounds)


def promote(card_path: Path, test: Manifest, root: Path, terms: Terms) -> Path:
    """Write `current.toml` beside the card; the first card always may, a later one must be better and no slower.

    Raises:
        NotFrozen: the test is not a committed list.
        NotBetter: says by kind what it was and would become.
        TooSlow: says what both cost.
    """
    name = frozen.name_of(test, root)
    if name is None and not terms.unfrozen:
        raise NotFrozen(pictures=len(test), sha256=frozen.sha256_of(test), known=[one.name for one in frozen.known()])
    current = card_path.with_name(cards.CURRENT)
    said: dict[str, Any] = {"date": terms.today.isoformat(), "frozen": name, "unfrozen_because": terms.unfrozen or None}
    new = measure(card_path, test, root)
    if current.exists():
        said |= _compared(current, card_path, new, test, root)
        said["slower_because"] = terms.slower or None
        if said["cpu_ratio"] > SLOWER_ALLOWED and not terms.slower:
            raise TooSlow(**{key: said[key] for key in ("cpu_ms_was", "cpu_ms_now", "cpu_ratio")})
    cards.lay(card_path, {"promotion": said})
    part = current.with_suffix(".part")
    part.write_bytes(card_path.read_bytes())
    part.replace(current)
    return current


def _compared(current: Path, card_path: Path, new: Report, test: Manifest, root: Path) -> dict[str, Any]:
    old, was = measure(current, test, root), open_card(current)
    compare(old, new)
    images = [open_photo((root / s.file).read_bytes()).image for s in test.samples[:: -(-len(test) // TIMED_PICTURES)]]
    spent = cost.compare(open_model(was), open_model(open_card(card_path)), images)
    return {
        "over": f"{was.name} {was.version}",
        "over_sha256": was.sha256_of("onnxruntime"),
        "mean_ap50_was": _mean(_ap50(old)),
        "mean_ap50_now": _mean(_ap50(new)),
        "cpu_ms_was": round(spent.was_ms, 3),
        "cpu_ms_now": round(spent.now_ms, 3),
        "cpu_ratio": round(spent.ratio, 3),
        "gains": gains(old, new),
        "false_alarms_was": _alarms(old),
        "false_alarms_now": _alarms(new),
    }


def compare(old: Report, new: Report) -> None:
    """Accept `new` if its mean AP50 over measurable kinds is higher, none of them lost more than a point, and no kind
    has so many more false alarms that chance would explain it in fewer than one case of twenty.

    Raises:
        NotBetter: otherwise.
    """
    gained = gains(old, new)
    was, now = _alarms(old), _alarms(new)
    louder = sorted(kind for kind in was.keys() & now.keys() if chance_of_more(was[kind], now[kind]) < BY_CHANCE)
    if not gained or sum(gained.values()) <= 0 or min(gained.values()) < -LOSS_ALLOWED or louder:
        facts = {"was": _ap50(old), "would_be": _ap50(new), "gains": gained, "louder": louder}
        raise NotBetter(**facts, false_alarms_was=was, false_alarms_would_be=now)


def gains(old: Report, new: Report) -> dict[str, float]:
    """What AP50 became minus what it was, of each kind that both measure."""
    was, now = _ap50(old), _ap50(new)
    return {kind: round(now[kind] - was[kind], 4) for kind in was if kind in now}


def _ap50(report: Report) -> Mapping[str, float]:
    return {k: s.ap50 for k, s in report.per_kind.items() if s.measurable and s.ap50 is not None}


def _alarms(report: Report) -> dict[str, int]:
    return {kind: score.false_alarms for kind, score in report.per_kind.items() if score.negatives}


def _mean(values: Mapping[str, float]) -> float:
    return round(float(np.mean(list(values.values()))), 4) if values else 0.0
