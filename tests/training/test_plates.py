"""Plates are drawn, mounted and learned from: what is said where they hang is what the detector reads back."""

import numpy as np
import torch

from datasets.plates.mounting import NARROWEST_PX, hang, mount_on
from detector.plates import _decode
from training.plates.net import PlateNet, starts
from training.plates.targets import assign, encode, loss


def test_a_mounted_plate_lies_on_its_vehicle_and_changes_only_its_place() -> None:
    picture = np.full((400, 600, 3), 90, np.uint8)
    before = picture.copy()
    box = mount_on((100, 100, 400, 350), picture, np.random.default_rng(3))
    assert box is not None
    x0, y0, x1, _y1 = box
    assert 0 <= x0 < x1 <= 600
    assert y0 > 100
    assert x1 - x0 >= NARROWEST_PX
    changed = np.argwhere((picture != before).any(2))
    assert len(changed)
    assert changed[:, 0].min() >= y0 - 8
    assert changed[:, 1].max() <= x1 + 8


def test_a_plate_too_small_to_see_is_not_hung() -> None:
    assert hang(np.zeros((90, 90, 3), np.uint8), (45, 45), 4, np.random.default_rng(1)) is None


def test_what_the_network_is_asked_to_say_is_read_back_as_the_plate() -> None:
    squares, plate = starts(128, 256), torch.tensor([[60.0, 50.0, 108.0, 66.0]])
    owner, _ = assign(squares, plate)
    mine = owner == 0
    assert mine.any()
    told = encode(squares[mine], plate[owner[mine]]).numpy()
    found, _ = _decode(told, np.ones(len(told), np.float32), squares[mine].numpy(), 0.5)
    assert np.abs(found - plate.numpy()).max() < 0.01


def test_what_fires_on_an_unlabelled_vehicle_is_no_error_and_elsewhere_it_is() -> None:
    squares = starts(64, 64)
    sure = (torch.zeros(1, len(squares), 4), torch.full((1, len(squares)), 3.0))
    nothing, whole = torch.zeros(0, 4), torch.tensor([[0.0, 0.0, 64.0, 64.0]])
    assert loss(sure, squares, [nothing], [whole]).item() == 0
    assert loss(sure, squares, [nothing], [nothing]).item() > 1


def test_the_network_answers_for_every_square() -> None:
    offsets, logits = PlateNet().eval()(torch.zeros(2, 3, 64, 96))
    assert offsets.shape == (2, len(starts(64, 96)), 4)
    assert logits.shape == (2, len(starts(64, 96)))
