"""Every architecture that a recipe may name goes through the same export and answers there as it does in torch."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from training import export, network


@pytest.mark.parametrize(
    ("architecture", "levels", "bins", "anchors"), [("yolo11n.yaml", 3, 16, 84), ("yolo26n-p2.yaml", 4, 1, 340)]
)
def test_heads_with_four_levels_and_with_spread_distances_are_exported(
    architecture: str, levels: int, bins: int, anchors: int, tmp_path: Path
) -> None:
    torch.manual_seed(3)
    model = network.build(["litter", "closed_bin"], architecture=architecture, heads="one_to_many")
    assert (len(model.model[-1].cv3), model.model[-1].reg_max) == (levels, bins)
    export.to_onnx(model, tmp_path / "a.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "a.onnx"), providers=["CPUExecutionProvider"])
    images = np.random.default_rng(0).random((2, 3, 64, 64), dtype=np.float32)
    got = session.run(None, {"images": images})[0]
    with torch.no_grad():
        wanted = export.EndToEnd(model)(torch.from_numpy(images)).numpy()
    assert got.shape == wanted.shape == (2, min(export.MOST, anchors), 6)
    assert got[:, :10, 4] == pytest.approx(wanted[:, :10, 4], abs=1e-4)
