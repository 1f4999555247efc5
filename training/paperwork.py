"""Looks at the frozen test once and writes every page and sheet of `docs/model` from what was seen."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from datasets.formats import manifest as manifests
from detector.images import open_photo
from detector.model import open_model
from detector.privacy import open_privacy
from detector.types import Image
from detector.weights import open_card
from training import card as cards
from training import document, failures, few, frozen, sheet
from training.bootstrap import ROUNDS
from training.errors_page import errors_page
from training.evaluate import evaluate, refuse_trained
from training.findings import look
from training.report import Measured, plots, sheets
from training.verdicts import judge

COUNT: Final = 24
SEED: Final = "contact sheet"


@dataclass(frozen=True, slots=True)
class Places:
    """What is read and where the pages go.

    Attributes:
        card: of the weights.
        data: folder with the manifest.
        docs: for the pages and the sheet without pixels.
        sheet: for the sheet with pixels, which is not to be published; beside it a folder of `failures`, neither.
    """

    card: Path
    data: Path
    docs: Path
    sheet: Path


def write(places: Places) -> list[Path]:
    """Write `card.md`, `card.zh.md`, their plots, `errors.md`, both contact sheets and those of the worst mistakes.

    Raises:
        GroupTrainedOn: a group of the test was trained on.
    """
    card, whole = open_card(places.card), manifests.read(places.data)
    test = whole.role("test")
    refuse_trained(test, cards.groups_of(card, places.card))
    findings = look(open_model(card), test, places.data)
    chosen = sheet.choose(test, COUNT, SEED)
    verdicts = [judge(sample, findings[sample.file], card.thresholds) for sample in chosen]
    seen = document.read_seen(places.docs / "misses.toml")
    facts = document.Facts(
        card=card,
        text=cards.read(places.card),
        manifest=whole,
        report=evaluate(test, findings, card.thresholds, rounds=ROUNDS),
        verdicts=verdicts,
        sentences=seen.get("sentences", {}),
        architecture=document.architecture_of(card),
        frozen=frozen.name_of(test, places.data),
        single=few.one_by_one(test, findings, card.thresholds),
        failures=failures.worst(test, findings, card.thresholds),
        seen=seen.get("kinds", {}),
        seen_on=seen.get("weights", ""),
    )
    places.docs.mkdir(parents=True, exist_ok=True)
    pages = {file: document.card_page(facts, language) for language, file in document.LANGUAGES.items()}
    pages["errors.md"] = errors_page(facts)
    measured = Measured(test, places.data, findings, card.thresholds, facts.report, {})
    pages |= plots(measured)
    for name, text in pages.items():
        (places.docs / name).write_text(text, encoding="utf-8")
    sizes = {sample.file: (sample.width, sample.height) for sample in chosen}
    sheet.draw(verdicts, lambda file: sheet.blank(sizes[file]), places.docs / "contact_sheet.png")
    privacy = open_privacy()

    def blurred(file: str) -> Image:
        return privacy.blur(open_photo((places.data / file).read_bytes()).image)

    sheet.draw(verdicts, blurred, places.sheet)
    worst = sheets(measured, facts.failures, places.sheet.parent / "failures")
    return [*(places.docs / name for name in pages), places.docs / "contact_sheet.png", places.sheet, *worst]
