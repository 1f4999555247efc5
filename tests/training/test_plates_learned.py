"""Learning to find plates: crops with plates hung on vehicles, weights that begin where others ended, a threshold."""

from pathlib import Path

import numpy as np
import pytest
import torch

from datasets.records import Label
from detector.plates import open_plates
from detector.weights import open_card
from tests.conftest import ROOT
from tests.datasets.build import a_sample, pixels_of
from training.plates import command, learn
from training.plates.crops import CROP_PX, Crops
from training.plates.net import PlateNet
from training.plates.publish import to_onnx
from training.plates.vehicles import Box, vehicles_on, without_bins

CAR: Box = (100.0, 100.0, 500.0, 380.0)


@pytest.fixture
def crops(tmp_path: Path) -> Crops:
    """One picture with a car, one without."""
    samples = [a_sample(number, file=f"{number}.png", sha256=f"{number:064x}") for number in (1, 2)]
    for number, sample in enumerate(samples, 1):
        (tmp_path / sample.file).write_bytes(pixels_of(number, 640, 480))
    return Crops(samples, tmp_path, {samples[0].sha256: [CAR], samples[1].sha256: []})


def test_crops_hold_plates_only_on_vehicles_and_are_the_same_for_the_same_chance(crops: Crops) -> None:
    drawn = [crops.draw(np.random.default_rng(seed)) for seed in range(24)]
    assert {crop.picture.shape for crop in drawn} == {(CROP_PX, CROP_PX, 3)}
    assert all(len(crop.vehicles) for crop in drawn if len(crop.plates))
    assert 4 < sum(len(crop.plates) > 0 for crop in drawn) < 24
    again = crops.draw(np.random.default_rng(3))
    assert np.array_equal(again.picture, drawn[3].picture)
    inside = np.concatenate([crop.plates for crop in drawn])
    assert ((inside[:, :2] + inside[:, 2:]) / 2 < CROP_PX).all()


def test_a_network_begins_with_the_weights_that_were_shipped(tmp_path: Path) -> None:
    net = learn.begin(ROOT / "weights" / "plates.onnx").eval()
    sha256 = to_onnx(net, tmp_path / "again.onnx")
    again = learn.begin(tmp_path / "again.onnx").eval()
    picture = torch.rand(1, 3, 64, 96)
    assert len(sha256) == 64
    assert all(torch.equal(one, other) for one, other in zip(net(picture), again(picture), strict=True))


def test_two_steps_change_the_network_and_a_card_of_it_can_be_opened(crops: Crops, tmp_path: Path) -> None:
    net = PlateNet()
    before = net.logits[0].weight.detach().clone()
    kept: list[PlateNet] = []
    learned = learn.learn(net, crops, learn.Lesson(steps=4, looks=1), kept.append)
    assert kept  # an end before the end loses little
    assert not torch.equal(before, learned.logits[0].weight)
    told = command.options(["--out", str(tmp_path), "--steps", "4"])
    card = command.write(told, to_onnx(learned, tmp_path / "plates.onnx"), "0" * 64, learn.Held(0.35, 0.9, 0.5))
    assert open_card(card).thresholds == {"plate": 0.35}
    assert open_plates(open_card(card)).find(np.zeros((64, 96, 3), np.uint8)).shape[1] == 4


def test_the_lowest_threshold_with_few_enough_false_patches_is_chosen() -> None:
    told = [learn.Held(0.2, 0.99, 4.0), learn.Held(0.3, 0.98, 0.9), learn.Held(0.4, 0.9, 0.1)]
    assert learn.chosen(told).threshold == 0.3
    assert learn.chosen(told[:1]).threshold == 0.2


def test_pictures_that_were_looked_at_are_not_looked_at_again(crops: Crops, tmp_path: Path) -> None:
    kept = tmp_path / "vehicles.csv"
    kept.write_text(f"{crops.samples[0].sha256},100.0,100.0,500.0,380.0\n{crops.samples[1].sha256},,,,\n")
    assert vehicles_on(crops.samples, tmp_path, tmp_path / "none.pt", kept) == crops.vehicles


def test_an_eighth_of_the_pictures_only_chooses_the_threshold() -> None:
    samples = [a_sample(number, sha256=f"{number:x}".ljust(64, "0")) for number in range(16)]
    assert len(learn.part(samples, held_out=True)) == 2
    assert len(learn.part(samples, held_out=False)) == 14


def test_a_bin_is_no_vehicle_though_a_general_detector_calls_it_one() -> None:
    bin_ = Label("overflowing_bin", 0.5, 0.5, 0.5, 0.5)
    sample = a_sample(1, sha256="1".ljust(64, "0"), labels=(bin_,), width=640, height=480)
    there, lorry = (165.0, 118.0, 478.0, 362.0), (10.0, 10.0, 150.0, 110.0)
    assert without_bins([sample], {sample.sha256: [there, lorry]}) == {sample.sha256: [lorry]}


def test_a_threshold_is_weighed_by_what_it_hides_and_what_it_hides_in_vain() -> None:
    found = np.array([[0, 0, 40, 20], [100, 100, 140, 120]], np.float32), np.array([0.9, 0.3], np.float32)
    plates = np.array([[5, 2, 35, 18], [100, 100, 140, 120]], np.float32)
    told = {one.threshold: one for one in learn.weighed([(found, plates)], [np.array([0.5, 0.25], np.float32)])}
    assert (told[0.2].recall, told[0.2].false) == (1.0, 2.0)
    assert (told[0.4].recall, told[0.4].false) == (0.5, 1.0)
    assert told[0.6].false == 0.0


def test_a_network_is_weighed_on_pictures_with_hung_plates_and_on_pictures_without_a_vehicle(crops: Crops) -> None:
    net = learn.begin(ROOT / "weights" / "plates.onnx").eval()
    told = learn.weigh(net, crops.samples, crops.root, crops.vehicles, looks=2)
    assert [one.threshold for one in told] == list(learn.THRESHOLDS)
    assert [one.recall for one in told] == sorted((one.recall for one in told), reverse=True)
    assert [one.false for one in told] == sorted((one.false for one in told), reverse=True)
