"""Ultralytics, without the functions of Pillow, OpenCV and torch that it replaces for everybody when imported.

Its `Image.open` tries to install a package on bytes that are no picture; code beside it in the same process counts
on Pillow's own answer. Every module here takes Ultralytics from this one.
"""

from typing import Any

import cv2
import torch
from PIL import Image

_OTHERS: list[tuple[Any, str]] = [
    (Image, "open"),
    (torch, "save"),
    (cv2, "imread"),
    (cv2, "imwrite"),
    (cv2, "imshow"),
]
_before = [(module, name, getattr(module, name)) for module, name in _OTHERS]

from ultralytics.cfg import get_cfg  # noqa: E402 - what it replaces is remembered first
from ultralytics.models import YOLO  # noqa: E402
from ultralytics.nn.tasks import DetectionModel  # noqa: E402
from ultralytics.utils.loss import E2ELoss, v8DetectionLoss  # noqa: E402
from ultralytics.utils.nms import TorchNMS  # noqa: E402
from ultralytics.utils.tal import make_anchors  # noqa: E402

for _module, _name, _function in _before:
    setattr(_module, _name, _function)

__all__ = ["YOLO", "DetectionModel", "E2ELoss", "TorchNMS", "get_cfg", "make_anchors", "v8DetectionLoss"]
