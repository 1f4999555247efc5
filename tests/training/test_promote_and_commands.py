"""Promotion needs better numbers, and the commands answer as the contract says."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from datasets.formats import manifest as manifests
from detector.weights import open_card
from tests.datasets.build import a_folder, a_label, a_manifest, a_sample
from tests.detector.build import a_card
from tests.training.build import ROOT, a_finding, exactly
from training import card as cards
from training import cost
from training.__main__ import main
from training.errors import NotBetter
from training.evaluate import Report, evaluate
from training.promote import Terms, compare, promote

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


def test_more_false_alarms_than_chance_explains_are_not_better() -> None:
    old, new = a_report(10), a_report(15)
    old_bins, new_bins = (with_alarms(report, count) for report, count in ((old, 2), (new, 12)))
    with pytest.raises(NotBetter) as refused:
        compare(old_bins, new_bins)
    assert refused.value.facts["louder"] == ["litter"]
    compare(old_bins, with_alarms(new, 4))


def with_alarms(report: Report, count: int) -> Report:
    litter = replace(report.per_kind["litter"], negatives=100, false_alarms=count)
    return replace(report, per_kind={**report.per_kind, "litter": litter})


def test_a_loss_of_more_than_a_point_in_one_kind_is_refused() -> None:
    old, new = a_report(10), a_report(18)
    bins = old.per_kind["litter"]
    for loss, fine in ((0.009, True), (0.011, False)):
        was = replace(old, per_kind={**old.per_kind, "closed_bin": replace(bins, ap50=0.5)})
        now = replace(new, per_kind={**new.per_kind, "closed_bin": replace(bins, ap50=0.5 - loss)})
        if fine:
            compare(was, now)
            continue
        with pytest.raises(NotBetter):
            compare(was, now)


def test_only_a_frozen_list_may_judge_unless_a_reason_is_given(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path / "data", [a_sample(1, role="test")])
    assert main(["promote", str(weights), "--data", str(root)]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "promote.not_frozen"
    assert main(["promote", str(weights), "--data", str(root), "--allow-unfrozen", "no other test"]) == 0
    assert cards.read(weights)["promotion"]["unfrozen_because"] == "no other test"


@pytest.fixture
def rivals(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A current card that sees nothing, a better one beside it, and twenty pictures."""
    folder = tmp_path / "weights"
    root = a_folder(tmp_path / "data", [a_sample(number, role="test") for number in range(20)])
    groups = folder / "tiny.groups.txt"
    paths = []
    for name, rows in (("current", []), ("better", [(19.2, 24.8, 44.8, 39.2, 0.9, 0)])):
        path = a_card(folder / name, rows, side=64, kinds=KINDS)
        cards.write_groups(["yard_77"], groups)
        said = {"trained_on": groups.name, "trained_on_sha256": cards.sha256_of(groups)}
        file = {"path": f"{name}.onnx", "sha256": cards.sha256_of(path.with_suffix(".onnx")), "engine": "onnxruntime"}
        path.with_suffix(".onnx").rename(folder / f"{name}.onnx")
        paths.append(folder / f"{name}.toml")
        paths[-1].write_text(cards.dump({**cards.read(path), **said, "files": [file]}))
    return paths[0], paths[1], root


def test_a_better_card_says_why_it_was_promoted(rivals: tuple[Path, Path, Path]) -> None:
    current, better, root = rivals
    terms = Terms(date(2026, 11, 25), slower="small ads need pixels", unfrozen="a test")
    promote(better, manifests.read(root), root, terms)
    said = cards.read(better)["promotion"]
    assert current.read_bytes() == better.read_bytes()
    assert (said["date"], said["over"], said["gains"]) == ("2026-11-25", "tiny 1", {"litter": 1.0})
    assert (said["mean_ap50_was"], said["mean_ap50_now"]) == (0.0, 1.0)
    assert said["cpu_ms_was"] > 0
    assert said["slower_because"] == "small ads need pixels"


class Busy:
    """A model that burns processor time."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.calls = seconds, 0

    def detect(self, images: object, *, min_score: float | None = None) -> list[object]:  # noqa: ARG002 - as a Model
        self.calls += 1
        until = time.process_time() + self.seconds
        while time.process_time() < until:
            pass
        return []


def test_cost_is_processor_time_of_both_in_turn() -> None:
    was, now = Busy(0.002), Busy(0.004)
    found = cost.compare(was, now, [np.zeros((4, 4, 3), np.uint8)] * 3)  # type: ignore[arg-type]  # only `detect` is asked
    assert found.ratio == pytest.approx(2, rel=0.3)
    assert was.calls == now.calls == 9


def test_a_card_keeps_what_it_says_when_a_block_is_laid_in_and_its_copy_follows(weights: Path) -> None:
    current = weights.with_name("current.toml")
    current.write_bytes(weights.read_bytes())
    before = cards.read(weights)
    cards.lay(weights, {"kfold": {"litter": {"ap50": 0.5, "command": 'say "again"', "unknown": None}}})
    after = cards.read(weights)
    assert {key: after[key] for key in before} == before
    assert after["kfold"] == {"litter": {"ap50": 0.5, "command": 'say "again"'}}
    assert current.read_bytes() == weights.read_bytes()
    open_card(current)


def test_rendered_numbers_never_touch_the_real_ones(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETWARDEN_CACHE", str(tmp_path))
    real = a_folder(tmp_path / "real", [a_sample(1, role="test")])
    made = a_folder(tmp_path / "made", [a_sample(2, role="test", note="rendered", labels=())])
    for root in (real, made):
        assert main(["measure", str(weights), "--data", str(root)]) == 0
    said = cards.read(weights)
    assert (said["measured"]["origin"], said["rendered_measured"]["origin"]) == ("real", "rendered")
    assert (said["metrics"]["litter"]["boxes"], said["rendered_metrics"]["litter"]["boxes"]) == (1, 0)
    assert "--data $STREETWARDEN_CACHE/made --" in said["rendered_measured"]["command"]
