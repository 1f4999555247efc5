"""From a trained network to the ONNX file that the detector runs, proved to answer the same."""

import copy
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from training.errors import ParityBroken
from training.unpatched import DetectionModel

OPSET = 18
MOST = 300
OVERLAP = 0.6
FAR_PX = 4096.0
ROUNDS = 4
TRACED_PX = 416
BOX_TOLERANCE_PX = 0.25
SCORE_TOLERANCE = 2e-3
COMPARED_FROM = 0.05


class EndToEnd(nn.Module):
    """Images in, at most 300 boxes out: the one-to-many head with non-maximum suppression inside the network.

    YOLO26's one-to-one head needs no suppression, but trained this briefly it finds less and still says some things
    twice: see `docs/decisions/0010-one-to-many-head.md`. Whoever runs the file sees no difference but the boxes.
    """

    def __init__(self, trained: DetectionModel) -> None:
        super().__init__()
        self.network = _one_to_many(trained)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """`(B, 3, H, W)` RGB in 0..1 to `(B, N, 6)`: x0, y0, x1, y1, score, kind index; best first, zeros last."""
        raw: torch.Tensor = self.network(images)  # (B, 4 + nc, A)
        return distinct(best(raw.permute(0, 2, 1)))


def _one_to_many(trained: DetectionModel) -> Any:
    copied: Any = copy.deepcopy(trained)
    head = copied.model[-1]
    head.end2end, head.export, head.dynamic, head.format, head.xyxy = False, True, True, "onnx", True
    return copied.float().eval().fuse(verbose=False)


def best(raw: torch.Tensor) -> torch.Tensor:
    """The best boxes of `(B, A, 4 + nc)` decoded answers as `(B, N, 6)`; N is 300, or A where A is less."""
    boxes, scores = raw[..., :4], raw[..., 4:]
    nc = scores.shape[-1]
    most: Any = torch.minimum(torch.tensor(MOST), torch._shape_as_tensor(scores)[1])
    anchors = scores.amax(-1).topk(most, dim=1)[1]  # (B, N)
    scores = scores.gather(1, anchors[..., None].expand(-1, -1, nc))  # (B, N, nc)
    values, flat = scores.flatten(1).topk(most, dim=1)  # (B, N)
    chosen = anchors.gather(1, flat // nc)
    boxes = boxes.gather(1, chosen[..., None].expand(-1, -1, 4))  # (B, N, 4)
    return torch.cat([boxes, values[..., None], (flat % nc)[..., None].float()], -1)


def distinct(rows: torch.Tensor) -> torch.Tensor:
    """Rows `(B, N, 6)`, best first, of which a box that overlaps a kept better one of its kind gets the score 0.

    Cluster NMS (Zheng and others 2020): every round lets boxes back in whose only rivals fell in the round before. It
    is tensor arithmetic alone, and after as many rounds as the longest chain of rivals it is greedy suppression.
    """
    boxes = rows[..., :4] + rows[..., 5:] * FAR_PX  # kinds lie apart, so that only boxes of one kind are rivals
    rivals = torch.tril(are_rivals(boxes).float(), diagonal=-1)  # (B, N, N)
    kept = torch.ones_like(rows[..., 4])  # (B, N)
    for _ in range(ROUNDS):
        kept = 1 - (rivals * kept[:, None, :]).amax(-1)
    scores = rows[..., 4] * kept
    every: Any = torch._shape_as_tensor(scores)[1]
    order = scores.topk(every, dim=1)[1]
    rows = torch.cat([rows[..., :4], scores[..., None], rows[..., 5:]], -1)
    return rows.gather(1, order[..., None].expand(-1, -1, 6))


def are_rivals(boxes: torch.Tensor) -> torch.Tensor:
    """Which of `(B, N, 4)` boxes overlap each other by an IoU over 0.6, `(B, N, N)`; no division, few passes."""
    x0, y0, x1, y1 = boxes.unbind(-1)  # each (B, N)
    area = (x1 - x0).clamp(min=0) * (y1 - y0).clamp(min=0)
    shared = _common(x0, x1) * _common(y0, y1)
    return shared * (1 + OVERLAP) > OVERLAP * (area[:, :, None] + area[:, None, :])


def _common(low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    """How much of `(B, N)` intervals each two share, `(B, N, N)`."""
    least, most = torch.minimum(high[:, :, None], high[:, None, :]), torch.maximum(low[:, :, None], low[:, None, :])
    return (least - most).clamp(min=0)


def to_onnx(trained: DetectionModel, path: Path) -> None:
    """Write the network with dynamic batch, height and width (multiples of 32)."""
    network = EndToEnd(trained)
    axes = {"images": {0: "batch", 2: "height", 3: "width"}, "boxes": {0: "batch", 1: "count"}}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter says on every line that a newer one exists
        torch.onnx.export(
            network,
            (torch.rand(1, 3, TRACED_PX, TRACED_PX),),
            str(path),
            input_names=["images"],
            output_names=["boxes"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(path)
    onnx.checker.check_model(model)
    model.producer_name, model.producer_version = "streetwarden", ""
    onnx.save(model, path)


@dataclass(frozen=True, slots=True)
class Parity:
    """The largest differences over boxes that score at least 0.05 and are clear of the last one kept."""

    pictures: int
    boxes: int
    box_px: float
    score: float


def parity(trained: DetectionModel, path: Path, images: Sequence[NDArray[np.float32]]) -> Parity:
    """Run both networks on the same inputs and compare the boxes that matter.

    Args:
        trained: the torch network.
        path: its ONNX file.
        images: each `(3, H, W)` float32 RGB in 0..1, sides multiples of 32.

    Raises:
        ParityBroken: a box moved by more than a quarter pixel, a score by more than 0.002, or a kind changed.
    """
    network = EndToEnd(trained)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = Parity(len(images), 0, 0.0, 0.0)
    for image in images:
        with torch.no_grad():
            wanted = network(torch.from_numpy(image[None])).numpy()[0]
        got = session.run(None, {"images": image[None]})[0][0]
        found = _worse(found, wanted, got)
    if found.box_px > BOX_TOLERANCE_PX or found.score > SCORE_TOLERANCE:
        raise ParityBroken(box_px=found.box_px, score=found.score, boxes=found.boxes)
    return found


def _worse(so_far: Parity, wanted: NDArray[np.float32], got: NDArray[np.float32]) -> Parity:
    wanted, got = wanted[wanted[:, 4] > 0], got[got[:, 4] > 0]
    floor = max(COMPARED_FROM, float(wanted[-1, 4]) + SCORE_TOLERANCE)  # boxes near the cut may swap with cut ones
    wanted = wanted[wanted[:, 4] >= floor]
    if not len(wanted):
        return so_far
    apart = np.abs(wanted[:, None, :4] - got[None, :, :4]).max(2)  # (N, M)
    apart[wanted[:, None, 5] != got[None, :, 5]] = np.inf
    nearest = apart.argmin(1)
    box, score = apart.min(1).max(), np.abs(wanted[:, 4] - got[nearest, 4]).max()
    return Parity(
        so_far.pictures, so_far.boxes + len(wanted), max(so_far.box_px, float(box)), max(so_far.score, float(score))
    )
