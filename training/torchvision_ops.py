"""Repairs a torchvision whose compiled half does not load, so that `import torchvision` works beside CPU torch.

Some pairs of torch and torchvision wheels import with `operator torchvision::nms does not exist`. Ultralytics
needs that import and no more than `nms` from it. Declaring the missing operators before the import lets it pass;
`nms` itself then comes from Ultralytics' own implementation. A healthy torchvision is left alone.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Any

import torch

OPERATORS = ("nms", "qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[Any] = []


def repair() -> bool:
    """Make `import torchvision` work; tell whether anything had to be done.

    >>> repair() in (True, False)
    True
    """
    if _imports():
        return bool(_declared)
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    untyped: Any = torch.library.Library
    declared = untyped("torchvision", "FRAGMENT")
    for name in OPERATORS:
        declared.define(name + SCHEMA)
    declared.impl("nms", _nms(), "CPU")
    _declared.append(declared)
    vision = importlib.import_module("torchvision")
    vision.ops.nms = vision.ops.boxes.nms = _nms()
    return True


def _imports() -> bool:
    try:
        importlib.import_module("torchvision")
    except (RuntimeError, OSError, AttributeError):
        return False
    return True


def _nms() -> Callable[[torch.Tensor, torch.Tensor, float], torch.Tensor]:
    def nms(dets: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
        from training.unpatched import TorchNMS

        kept: Any = TorchNMS.nms(dets, scores, iou_threshold)
        return kept if isinstance(kept, torch.Tensor) else torch.as_tensor(kept)

    return nms
