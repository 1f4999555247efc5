"""Promotion needs better numbers, and the commands answer as the contract says."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.datasets.build import a_folder, a_label, a_manifest, a_sample
from tests.detector.build import a_card
from tests.training.build import ROOT, a_finding, exactly
from training import card as cards
from training.__main__ import main
from training.errors import NotBetter
from training.evaluate import Report, evaluate
from training.promote import compare

KINDS = ("litter", "overflowing_bin", "closed_bin")
HALF = dict.fromkeys(KINDS, 0.5)


def a_report(found: int, kind: str = "litter") -> Report:
    """Twenty pictures with one thing each, of which `found` are found."""
    samples = [a_sample(number, labels=(a_label(kind),)) for number in range(20)]
    findings = {s.file: exactly(s) if number < found else a_finding() for number, s in enumerate(samples)}
    return evaluate(a_manifest(*samples), findings, HALF)


def test_better_is_accepted_and_equal_or_worse_is_not() -> None:
    compare(a_report(10), a_report(15))
    for found in (10, 9):
        with pytest.raises(NotBetter):
            compare(a_report(10), a_report(found))


def test_better_in_the_mean_is_not_enough_where_one_kind_lost() -> None:
    old, new = a_report(10), a_report(18)
    bins_old, bins_new = a_report(15, "closed_bin"), a_report(12, "closed_bin")
    old = replace(old, per_kind={**old.per_kind, "closed_bin": bins_old.per_kind["closed_bin"]})
    new = replace(new, per_kind={**new.per_kind, "closed_bin": bins_new.per_kind["closed_bin"]})
    with pytest.raises(NotBetter) as refused:
        compare(old, new)
    assert set(refused.value.facts["gains"]) == {"litter", "closed_bin"}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A card whose model always finds one litter box in the middle, trained on `yard_77`."""
    path = a_card(tmp_path / "weights", [(19.2, 24.8, 44.8, 39.2, 0.9, 0)], side=64, kinds=KINDS)
    groups = path.with_name("tiny.groups.txt")
    cards.write_groups(["yard_77"], groups)
    said = f'trained_on = "{groups.name}"\ntrained_on_sha256 = "{cards.sha256_of(groups)}"\n'
    path.write_text(said + path.read_text())
    return path


def test_evaluate_answers_as_the_contract_says(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path / "data", [a_sample(1, role="test"), a_sample(2)])
    assert main(["evaluate", "--data", str(root), "--weights", str(weights), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= {"card_sha256", "manifest_sha256", "per_kind", "per_source"}
    assert (found["frozen"], found["rendered"]) == (False, False)
    assert found["card_sha256"] == cards.sha256_of(weights)
    assert found["manifest_sha256"] == cards.sha256_of(root / "manifest.csv")
    wanted = {
        "pictures": 1,
        "negatives": 0,
        "boxes": 1,
        "ap50": 1.0,
        "ap50_95": 1.0,
        "precision": 1.0,
        "recall": 1.0,
        "threshold": 0.5,
        "false_alarms_per_100": None,
        "measurable": False,
    }
    assert found["per_kind"]["litter"] | wanted == found["per_kind"]["litter"]


def test_evaluating_on_a_group_that_was_trained_on_fails_with_its_code(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path / "data", [a_sample(77, role="test")])
    assert main(["evaluate", "--data", str(root), "--weights", str(weights), "--json"]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "evaluate.group_trained_on"


def test_what_the_detector_prints_is_what_evaluate_reads(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path / "data", [a_sample(1, role="test")])
    main(["evaluate", "--data", str(root), "--weights", str(weights), "--json"])
    direct = json.loads(capsys.readouterr().out)
    detection = {"kind": "litter", "condition": "litter", "score": 0.9, "xyxy": [19.2, 16.8, 44.8, 31.2]}
    row = {"file": "images/yard/0001.png", "width": 64, "height": 48, "detections": [detection]}
    (tmp_path / "d.jsonl").write_text(json.dumps(row))
    assert main(["evaluate", "--data", str(root), "--detections", str(tmp_path / "d.jsonl"), "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["card_sha256"] is None
    assert read["per_kind"]["litter"]["ap50"] == direct["per_kind"]["litter"]["ap50"] == 1.0


def test_wrong_use_exits_2() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "--data", "."])
    assert ended.value.code == 2


def test_the_first_card_is_promoted_and_the_same_again_is_not(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path / "data", [a_sample(1, role="test")])
    told = ["--data", str(root), "--allow-unfrozen", "a test"]
    assert main(["promote", str(weights), *told]) == 0
    assert weights.with_name("current.toml").read_bytes() == weights.read_bytes()
    assert main(["promote", str(weights), *told]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "promote.not_better"


def test_evaluate_imports_no_torch() -> None:
    code = "import sys, training.__main__, training.evaluate, training.findings, training.card, training.promote;"
    code += "sys.exit(bool({'torch', 'ultralytics'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
