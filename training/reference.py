"""The same weights inside ultralytics, as the reference that benchmarks and parity tests run against."""

from pathlib import Path
from typing import Any

from detector.weights import open_card
from training import network, torchvision_ops
from training.export import OVERLAP
from training.unpatched import YOLO


def ultralytics_model(card_path: Path) -> YOLO:
    """A YOLO whose `predict` runs the card's safetensors, checked by their SHA-256.

    It predicts by its default, the one-to-many head and non-maximum suppression at the overlap that is exported.

    >>> ultralytics_model(Path("nowhere.toml"))
    Traceback (most recent call last):
    ...
    detector.errors.UnreadableCard: ...
    """
    card = open_card(card_path)
    trained: Any = network.load(card.file("safetensors"))
    torchvision_ops.repair()
    model = YOLO(str(trained.yaml["yaml_file"]))
    trained.args = {**vars(trained.args), "imgsz": max(card.input)}
    trained.task = "detect"
    held: Any = model
    held.model = trained.eval()
    held.overrides.update(imgsz=max(card.input), task="detect", iou=OVERLAP)
    return model
