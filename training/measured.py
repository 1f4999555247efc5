"""Writes what a card's weights do on a test folder into the card, real and made pictures apart."""

from pathlib import Path
from typing import Any

from datasets.formats import manifest as manifests
from training import card as cards
from training import frozen
from training.bootstrap import ROUNDS
from training.promote import measure
from training.provenance import REAL, only_origin


def write_into(card: Path, data: Path, *, named: str) -> None:
    """Replace `[measured]` and `[metrics]` of a card, or `[rendered_measured]` and `[rendered_metrics]` for made ones.

    Args:
        card: whose weights look.
        data: folder whose `role=test` rows are looked at.
        named: the folder as a stranger may write it, for the command in the card.

    Raises:
        MixedPictures: photographs and made pictures lie in one folder.
        GroupTrainedOn: a group of the test was trained on.
    """
    whole = manifests.read(data)
    test = whole.role("test")
    prefix = "" if only_origin(test) == REAL else "rendered_"
    report = measure(card, test, data, rounds=ROUNDS)
    said: dict[str, Any] = {
        "data": named,
        "role": "test",
        "manifest_sha256": whole.sha256,
        "frozen": frozen.name_of(test, data),
        "origin": only_origin(test),
        "pictures": len(test),
        "command": f"python -m training evaluate --data {named} --weights weights/{card.name} --json",
    }
    cards.lay(card, {f"{prefix}measured": said, f"{prefix}metrics": cards.metrics(report)})
