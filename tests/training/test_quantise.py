"""Eight-bit weights: what they are calibrated on, and that the arithmetic after them is that of the exported file."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from numpy.typing import NDArray

from datasets.formats import manifest as manifests
from datasets.records import Manifest
from detector.distinct import distinct
from detector.errors import NoEngine
from detector.weights import open_card
from tests.detector.build import a_card, a_constant_model
from training import export, qdq
from training.errors import WeightsUnreadable
from training.quantise import calibrating, quantise

SHIPPED = Path("weights/current.toml")


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


def test_what_is_cut_off_an_exported_file_is_what_chooses_boxes() -> None:
    """The answers of the shipped file without its end, chosen outside, are its boxes."""
    card = open_card(SHIPPED)
    whole = card.read("onnxruntime")
    cut = qdq.raw(onnx.load_from_string(whole), len(card.kinds)).SerializeToString()
    pixels = np.random.default_rng(4).uniform(0, 1, (1, 3, 96, 160)).astype(np.float32)
    inside, outside = (ort.InferenceSession(one).run(None, {"images": pixels})[0][0] for one in (whole, cut))
    inside = inside[inside[:, 4] > 1e-4]
    assert len(inside) > 5
    assert np.allclose(distinct(outside, 1e-4), inside, atol=1e-3)


def test_a_file_that_we_did_not_export_is_not_cut() -> None:
    with pytest.raises(WeightsUnreadable, match="leads out"):
        qdq.raw(onnx.load_from_string(a_constant_model([])), 3)


def test_eight_bits_are_for_the_layers_where_they_are_cheaper() -> None:
    card = open_card(SHIPPED)
    pixels = np.random.default_rng(5).uniform(0, 1, (1, 3, 64, 64)).astype(np.float32)
    small = onnx.load_from_string(qdq.eight_bit(card.read("onnxruntime"), len(card.kinds), [pixels]))
    made_by = {name: one.op_type for one in small.graph.node for name in one.output}
    convolutions = {one.name: made_by.get(one.input[1]) for one in small.graph.node if one.op_type == "Conv"}
    whole = {name for name, weights in convolutions.items() if weights == "DequantizeLinear"}
    assert len(whole) > 60
    assert "/network/model.3/conv/Conv" in whole
    assert "/network/model.23/cv2.0/cv2.0.0/conv/Conv" in whole
    assert not any(name.startswith(("/network/model.0/", "/network/model.1/", "/network/model.2/")) for name in whole)
    assert not any("/cv3." in name or name.endswith(".2/Conv") for name in whole)


def test_a_processor_that_cannot_judge_eight_bits_is_told_before_a_picture_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detector.engine.flags", lambda: frozenset({"avx2"}))
    card, no_pictures = a_card(tmp_path), tmp_path / "none"
    with pytest.raises(NoEngine, match="VNNI"):
        quantise(card, no_pictures, engine="onnxruntime-int8")


def _raw_answers(dice: np.random.Generator) -> NDArray[np.float32]:
    """`(4 + 3, 400)`: a hundred things, each answered four times over."""
    corners = np.repeat(dice.uniform(0, 500, (100, 2)), 4, axis=0) + dice.normal(0, 2, (400, 2))
    sides = np.repeat(dice.uniform(20, 120, (100, 2)), 4, axis=0)
    scores = dice.uniform(0, 1, (400, 3)) ** 3
    return np.concatenate([corners, corners + sides, scores], axis=1).T.astype(np.float32)
