"""Eight-bit weights: what they are calibrated on, and that the arithmetic after them is that of the exported file."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from datasets.formats import manifest as manifests
from datasets.records import Manifest
from detector.distinct import distinct
from training import export
from training.quantise import calibrating


@pytest.mark.parametrize("seed", range(5))
def test_what_an_onnx_file_answers_is_made_of_raw_answers_too(seed: int) -> None:
    raw = _raw_answers(np.random.default_rng(seed))
    inside = export.distinct(export.best(torch.from_numpy(raw.T[None].copy())))[0].numpy()
    inside, outside = inside[inside[:, 4] >= 0.05], distinct(raw, 0.05)
    assert len(inside) > 20
    assert np.allclose(outside, inside, atol=1e-4)


@pytest.mark.needs_shared
def test_only_photographs_that_the_card_was_trained_on_calibrate_it(street: Manifest) -> None:
    groups = frozenset(sorted(street.role("train").groups)[:40])
    chosen = calibrating(street, groups, 16)
    assert len(chosen) == 16
    assert {sample.role for sample in chosen} == {"train"}
    assert {sample.group for sample in chosen} <= groups
    assert [one.file for one in chosen] == [one.file for one in calibrating(street, groups, 16)]


@pytest.fixture
def street(shared: Path) -> Manifest:
    return manifests.read(shared / "data/street")


def _raw_answers(dice: np.random.Generator) -> NDArray[np.float32]:
    """`(4 + 3, 400)`: a hundred things, each answered four times over."""
    corners = np.repeat(dice.uniform(0, 500, (100, 2)), 4, axis=0) + dice.normal(0, 2, (400, 2))
    sides = np.repeat(dice.uniform(20, 120, (100, 2)), 4, axis=0)
    scores = dice.uniform(0, 1, (400, 3)) ** 3
    return np.concatenate([corners, corners + sides, scores], axis=1).T.astype(np.float32)
