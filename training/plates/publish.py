"""From a trained network to `weights/plates.onnx` and its card."""

import hashlib
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from training.export import OPSET
from training.plates.net import PlateNet

TRACED_PX = 416


class Sure(nn.Module):
    """The network with scores in [0, 1] instead of logits."""

    def __init__(self, net: PlateNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """`(B, N, 4)` offsets and `(B, N)` scores."""
        offsets, logits = self.net(pictures)
        return offsets, logits.sigmoid()


def to_onnx(net: PlateNet, path: Path) -> str:
    """Write the network with dynamic batch, height and width (multiples of 32), and answer the file's SHA-256."""
    sides = {0: "batch", 2: "height", 3: "width"}
    axes = {"pictures": sides, "offsets": {0: "batch", 1: "count"}, "scores": {0: "batch", 1: "count"}}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter says on every line that a newer one exists
        torch.onnx.export(
            Sure(net).eval(),
            (torch.rand(1, 3, TRACED_PX, TRACED_PX),),
            str(path),
            input_names=["pictures"],
            output_names=["offsets", "scores"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(path)
    onnx.checker.check_model(model)
    model.producer_name, model.producer_version = "streetwarden", ""
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()
