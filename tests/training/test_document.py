"""What the pages say is what was measured, and a picture's verdict is what a person would count."""

import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from detector.weights import open_card
from tests.datasets.build import a_label, a_manifest, a_sample
from tests.training.build import ROOT, a_finding, exactly
from training import card as cards
from training import document, failures, few, sheet
from training.errors_page import errors_page
from training.evaluate import evaluate
from training.verdicts import Verdict, judge

HALF = {"litter": 0.5, "overflowing_bin": 0.5, "closed_bin": 0.5}
CORNER = (0.0, 0.0, 0.2, 0.2)


def counts(verdict: Verdict) -> tuple[int, int, int]:
    return len(verdict.found), len(verdict.missed), len(verdict.false)


def test_a_right_box_finds_its_label_and_a_second_one_is_false() -> None:
    sample = a_sample()
    box = sample.labels[0].xyxy
    twice = a_finding(("litter", 0.9, box), ("litter", 0.8, box))
    assert counts(judge(sample, twice, HALF)) == (1, 0, 1)


def test_what_is_below_the_threshold_is_missed() -> None:
    sample = a_sample()
    assert counts(judge(sample, exactly(sample, 0.4), HALF)) == (0, 1, 0)


def test_another_kind_in_the_right_place_is_one_miss_and_one_false_box() -> None:
    sample = a_sample()
    wrong = a_finding(("closed_bin", 0.9, sample.labels[0].xyxy))
    assert counts(judge(sample, wrong, HALF)) == (0, 1, 1)


def test_a_kind_that_the_picture_is_not_labelled_for_is_not_judged() -> None:
    sample = a_sample(labelled=frozenset({"closed_bin"}), labels=())
    assert counts(judge(sample, a_finding(("litter", 0.9, CORNER)), HALF)) == (0, 0, 0)


def test_the_same_seed_chooses_the_same_pictures() -> None:
    whole = a_manifest(*(a_sample(number) for number in range(50)))
    first, again, other = ([s.file for s in sheet.choose(whole, 5, seed)] for seed in ("a", "a", "b"))
    assert first == again != other
    assert len(first) == 5


def test_a_sheet_without_pixels_shows_boxes_in_their_colours(tmp_path: Path) -> None:
    sample = a_sample(labels=(a_label(), a_label("closed_bin", x=0.15, y=0.2, w=0.2, h=0.2)))
    found = a_finding(("litter", 0.9, sample.labels[0].xyxy), ("litter", 0.8, (0.7, 0.7, 0.9, 0.9)))
    verdicts = [judge(sample, found, HALF)] * 7
    sheet.draw(verdicts, lambda _: sheet.blank((64, 48)), tmp_path / "s.png")
    image = cv2.imread(str(tmp_path / "s.png"))[..., ::-1]
    side = sheet.TILE_PX + sheet.GAP_PX
    assert image.shape == (2 * side, 6 * side, 3)
    colours = {tuple(int(v) for v in row) for row in np.unique(image.reshape(-1, 3), axis=0)}
    assert {sheet.LABEL, sheet.MISSED, sheet.WRONG, sheet.RIGHT} <= colours


def test_pages_name_every_kind_and_every_miss_with_its_sentence() -> None:
    sample = a_sample(source="kr_bags")
    whole = a_manifest(sample, a_sample(2, source="kr_bags", role="test"))
    card = replace(open_card(ROOT / "weights/current.toml"), kinds=whole.kinds, thresholds=HALF)
    findings = {s.file: exactly(s) for s in whole}
    facts = document.Facts(
        card=card,
        text={"note": "A note.", "sources": [{"folder": "rendered/x", "part": "rendered", "pictures": 600}]},
        manifest=whole,
        report=evaluate(whole, findings, HALF),
        verdicts=[judge(sample, a_finding(), HALF)],
        sentences={sample.file: "Too dark."},
        single=few.one_by_one(whole, findings, HALF),
        failures=failures.worst(whole, findings | {sample.file: a_finding()}, HALF),
        seen={"en": {"litter": "Dark things."}, "zh": {"litter": "暗处。"}},
        seen_on="0" * 64,
    )
    for language, words in {"en": ("A note.", "Dark things.", "other weights"), "zh": ("暗处。", "另一版权重")}.items():
        page = document.card_page(facts, language)
        assert "| litter \\* | 2 | 0 | 2 | 1.000 | 1.000 | 1.000 | 1.000 | 0.50 | – |" in page
        assert "| rendered/x | rendered | 600 |" in page
        assert all(word in page for word in words)
    errors = errors_page(facts)
    assert "| 1 litter | – | Too dark. |" in errors
    assert "raw%20dir/0001.png" in errors
    assert "| missed | [0001]" in errors


def test_both_languages_say_the_same_things() -> None:
    english, chinese = document.words("en"), document.words("zh")
    assert english.keys() == chinese.keys()
    holes = {key: set(re.findall(r"{(\w+)}", text)) for key, text in english.items()}
    assert holes == {key: set(re.findall(r"{(\w+)}", text)) for key, text in chinese.items()}


def test_rendered_numbers_are_called_so_in_every_row() -> None:
    text = {
        "rendered_measured": {"pictures": 9, "command": "python -m training evaluate --data X"},
        "rendered_metrics": {"flying_wire": {"pictures": 9, "negatives": 4, "boxes": 5, "ap50": 0.8, "threshold": 0.5}},
    }
    facts = replace(a_page(), text=text)
    for language in document.LANGUAGES:
        page = document.card_page(facts, language)
        assert "| flying_wire (rendered) \\* | 9 | 4 | 5 | 0.800 |" in page
        assert "python -m training evaluate --data X" in page


def test_what_was_promoted_folded_and_tried_is_told_with_its_numbers() -> None:
    folded = {
        "ap50": 0.31,
        "ap50_low": 0.2,
        "ap50_high": 0.4,
        "boxes": 37,
        "groups": 14,
        "folds": 5,
        "command": "again",
    }
    promoted = {
        "date": "2026-11-25", "over": "street-n 0.1.0", "mean_ap50_was": 0.7, "mean_ap50_now": 0.8, "cpu_ms_was": 19.0,
        "cpu_ms_now": 27.0, "cpu_ratio": 1.42, "slower_because": "Small ads need pixels.", "gains": {"paper_ad": 0.1},
    }  # fmt: skip
    tried = [{"side": side, "mean_ap50": side / 1000, "cpu_ms": 20.0} for side in (416, 512)]
    facts = replace(a_page(), text={"kfold": {"out_of_store": folded}, "promotion": promoted, "inputs": tried})
    page = document.card_page(facts)
    for said in (
        "0.310 (0.20–0.40) over 37 boxes",
        "0.700 → 0.800",
        "Small ads need pixels.",
        "paper_ad +0.100",
        "| 512 px | 0.512 |",
    ):
        assert said in page


def a_page() -> document.Facts:
    whole = a_manifest(a_sample(source="kr_bags", role="test"))
    card = replace(open_card(ROOT / "weights/current.toml"), kinds=whole.kinds, thresholds=HALF)
    report = evaluate(whole, {s.file: exactly(s) for s in whole}, HALF)
    return document.Facts(card=card, text={}, manifest=whole, report=report, verdicts=[], sentences={})


@pytest.mark.parametrize(("language", "file"), document.LANGUAGES.items())
def test_the_page_of_the_shipped_card_says_what_the_card_says(language: str, file: str) -> None:
    path = ROOT / "weights/current.toml"
    page, say, card = (
        (ROOT / "docs/model" / file).read_text(encoding="utf-8"),
        document.words(language),
        open_card(path),
    )
    assert card.sha256_of("onnxruntime") in page
    for kind, values in cards.read(path)["metrics"].items():
        assert document.row(kind, document.score_of(values), say) in page


def test_every_miss_of_the_contact_sheet_has_its_sentence() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in (ROOT / "docs/model/errors.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    assert len(rows) == 24
    assert all(row[5] for row in rows if row[3] != "–")


def test_every_file_of_every_card_is_the_promised_one() -> None:
    for path in sorted((ROOT / "weights").glob("*.toml")):
        card = open_card(path)
        for file in card.files:
            assert card.file(file.engine).is_file()


@pytest.mark.needs_shared
def test_the_shipped_card_was_trained_on_no_group_of_the_test_nor_of_the_held_out_slice(shared: Path) -> None:
    from datasets.formats import manifest
    from training import recipe
    from training.card import groups_of
    from training.evaluate import refuse_trained
    from training.material import parts

    path = ROOT / "weights/current.toml"
    whole = manifest.read(shared / "data/street")
    trained = groups_of(open_card(path), path)
    refuse_trained(whole.role("test"), trained)
    card = open_card(path)
    kept, held = parts(whole, recipe.read(ROOT / f"training/recipes/{card.name}.toml").hold_out)
    assert not trained & held.groups
    assert trained >= kept.groups
