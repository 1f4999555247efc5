"""Scores follow what is labelled, and a test that was trained on is refused."""

import json
from pathlib import Path

import pytest

from tests.datasets.build import a_label, a_manifest, a_sample
from tests.training.build import a_finding, exactly
from training import findings
from training.errors import DetectionsBroken, GroupTrainedOn
from training.evaluate import evaluate, refuse_trained
from training.thresholds import UNMEASURED, Looked, choose

HALF = {"litter": 0.5, "overflowing_bin": 0.5, "closed_bin": 0.5}
CORNER = (0.0, 0.0, 0.2, 0.2)


def test_right_boxes_score_one_and_few_of_them_are_not_measurable() -> None:
    sample = a_sample()
    score = evaluate(a_manifest(sample), {sample.file: exactly(sample)}, HALF).per_kind["litter"]
    assert (score.ap50, score.ap50_95, score.precision, score.recall) == (1.0, 1.0, 1.0, 1.0)
    assert (score.boxes, score.pictures, score.negatives, score.measurable) == (1, 1, 0, False)


def test_twenty_boxes_are_measurable() -> None:
    samples = [a_sample(number) for number in range(20)]
    report = evaluate(a_manifest(*samples), {sample.file: exactly(sample) for sample in samples}, HALF)
    assert report.per_kind["litter"].measurable
    assert not report.per_kind["closed_bin"].measurable


def test_a_picture_that_is_not_labelled_for_a_kind_neither_helps_nor_hurts_it() -> None:
    known, unknown = a_sample(1), a_sample(2, labelled=frozenset({"closed_bin"}), labels=())
    found = {known.file: exactly(known), unknown.file: a_finding(("litter", 0.99, CORNER))}
    score = evaluate(a_manifest(known, unknown), found, HALF).per_kind["litter"]
    assert (score.pictures, score.ap50, score.false_alarms_per_100) == (1, 1.0, None)


def test_false_alarms_are_boxes_from_the_threshold_on_pictures_without_the_kind() -> None:
    full = a_sample(1)
    empty = [a_sample(number, labels=()) for number in (2, 3, 4, 5)]
    loud = a_finding(("litter", 0.9, CORNER), ("litter", 0.5, CORNER), ("litter", 0.4, CORNER))
    found = {full.file: exactly(full)} | {sample.file: a_finding() for sample in empty} | {empty[0].file: loud}
    score = evaluate(a_manifest(full, *empty), found, HALF).per_kind["litter"]
    assert score.negatives == 4
    assert score.false_alarms_per_100 == 50.0


def test_every_source_has_its_own_scores() -> None:
    good, bad = a_sample(1), a_sample(2, source="alley")
    report = evaluate(a_manifest(good, bad), {good.file: exactly(good), bad.file: a_finding()}, HALF)
    assert {source: scores["litter"].ap50 for source, scores in report.per_source.items()} == {
        "yard": 1.0,
        "alley": 0.0,
    }


def test_without_a_box_a_kind_has_no_average_precision() -> None:
    sample = a_sample()
    score = evaluate(a_manifest(sample), {sample.file: exactly(sample)}, HALF).per_kind["closed_bin"]
    assert (score.ap50, score.recall, score.precision, score.false_alarms_per_100) == (None, None, None, 0.0)


def test_a_group_that_was_trained_on_is_refused() -> None:
    with pytest.raises(GroupTrainedOn) as refused:
        refuse_trained(a_manifest(a_sample(1), a_sample(2)), frozenset({"yard_2"}))
    assert refused.value.facts == {"groups": 1, "first": "yard_2"}
    refuse_trained(a_manifest(a_sample(1)), frozenset({"yard_2"}))


def test_thresholds_part_right_from_wrong_where_there_is_enough_to_choose_from() -> None:
    samples = [a_sample(number, labels=(a_label(),)) for number in range(20)]
    found = {s.file: a_finding(("litter", 0.6, s.labels[0].xyxy), ("litter", 0.3, CORNER)) for s in samples}
    chosen = choose(Looked(a_manifest(*samples), found))
    assert 0.3 < chosen["litter"] <= 0.6
    assert chosen["closed_bin"] == UNMEASURED


def test_a_threshold_is_raised_until_few_empty_pictures_get_a_box() -> None:
    full = [a_sample(number) for number in range(20)]
    empty = [a_sample(number, labels=()) for number in range(100, 120)]
    sure, doubtful = full[:10], full[10:]
    found = {s.file: exactly(s, 0.7) for s in sure} | {s.file: exactly(s, 0.4) for s in doubtful}
    quiet = {s.file: a_finding() for s in empty}
    loud = {s.file: a_finding(("litter", 0.5, CORNER)) for s in empty[:3]}
    whole = a_manifest(*full, *empty)
    assert choose(Looked(whole, found | quiet))["litter"] <= 0.4
    assert choose(Looked(whole, found | quiet | loud))["litter"] > 0.5


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_file_of_detections_is_read_in_pixels_of_its_own_picture_size(tmp_path: Path) -> None:
    sample = a_sample()
    detection = {"kind": "litter", "condition": "litter", "score": 0.7, "xyxy": [32, 24, 64, 48]}
    row = {"file": f"/data/street/{sample.file}", "width": 128, "height": 96, "detections": [detection]}
    found = findings.read(lines(tmp_path / "d.jsonl", row), a_manifest(sample))[sample.file]
    assert found.xyxy[0].tolist() == [0.25, 0.25, 0.5, 0.5]
    assert found.kinds == ("litter",)


@pytest.mark.parametrize("file", ["yard/0001.png", "./0001.png", "../data/images/yard/0001.png"])
def test_a_line_may_name_its_picture_as_found_from_anywhere(tmp_path: Path, file: str) -> None:
    row = {"file": file, "detections": []}
    found = findings.read(lines(tmp_path / "d.jsonl", row), a_manifest(a_sample()))
    assert set(found) == {"images/yard/0001.png"}


def test_a_name_that_two_pictures_share_belongs_to_neither(tmp_path: Path) -> None:
    two = a_manifest(a_sample(file="images/yard/0001.png"), a_sample(file="images/street/0001.png"))
    with pytest.raises(DetectionsBroken):
        findings.read(lines(tmp_path / "d.jsonl", {"file": "0001.png", "detections": []}), two)


def test_detections_that_are_not_there_are_told_by_a_code(tmp_path: Path) -> None:
    with pytest.raises(DetectionsBroken):
        findings.read(tmp_path / "none.jsonl", a_manifest(a_sample()))


def test_a_line_with_an_error_counts_as_nothing_found(tmp_path: Path) -> None:
    sample = a_sample()
    row = {"file": sample.file, "error": {"code": "photo.truncated"}}
    assert len(findings.read(lines(tmp_path / "d.jsonl", row), a_manifest(sample))[sample.file].scores) == 0


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"file": "images/yard/other.png", "detections": []}],
        [{"detections": []}],
        [{"file": "images/yard/0001.png"}],
        [{"file": "images/yard/0001.png", "detections": [{"kind": "litter", "score": 0.5}]}],
    ],
)
def test_detections_that_leave_a_picture_out_or_say_nothing_are_refused(tmp_path: Path, rows: list[object]) -> None:
    with pytest.raises(DetectionsBroken):
        findings.read(lines(tmp_path / "d.jsonl", *rows), a_manifest(a_sample()))


def test_a_line_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text("{")
    with pytest.raises(DetectionsBroken):
        findings.read(tmp_path / "d.jsonl", a_manifest(a_sample()))
