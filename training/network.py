"""YOLO26 with the kinds of this project: built from COCO weights, kept without pickle."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from training.errors import WeightsUnreadable
from training.recipe import Recipe
from training.unpatched import DetectionModel, get_cfg

START_NC = 80
PRIOR = 0.01
HEADS = ("cv3", "one2one_cv3")


def build(kinds: Sequence[str], *, architecture: str = "yolo26n.yaml") -> DetectionModel:
    """A model with random weights.

    The class branches keep the width that they have for COCO's 80 kinds, so that all but the last layer of
    COCO weights fits; only that last layer has `len(kinds)` outputs.
    """
    model = _model(architecture)
    _set_kinds(model, kinds)
    return model


def from_coco(path: Path, kinds: Sequence[str]) -> DetectionModel:
    """A model that starts from an ultralytics COCO checkpoint (`.pt`, trusted by the person who names it).

    Raises:
        WeightsUnreadable: the file is missing or holds no YOLO26 detection model.
    """
    if not path.is_file():
        raise WeightsUnreadable(path=str(path), why="no such file")
    checkpoint = torch.load(path, map_location="cpu", weights_only=False)
    loaded = checkpoint.get("ema") or checkpoint["model"]
    model = _model(loaded.yaml)
    model.load_state_dict(loaded.float().state_dict())
    _set_kinds(model, kinds)
    return model


def _model(architecture: Any) -> DetectionModel:
    untyped: Any = DetectionModel
    model: DetectionModel = untyped(architecture, nc=START_NC, verbose=False)
    return model


def start(recipe: Recipe, kinds: Sequence[str], shared: Path) -> DetectionModel:
    """What a recipe starts from: nothing, a COCO checkpoint, or weights that this project trained."""
    torch.manual_seed(recipe.seed)
    if not recipe.start:
        return build(kinds, architecture=recipe.architecture)
    path = shared / recipe.start
    return load(path) if path.suffix == ".safetensors" else from_coco(path, kinds)


def _set_kinds(model: Any, kinds: Sequence[str]) -> None:
    head = model.model[-1]
    for name in HEADS:
        for branch in getattr(head, name):
            branch[-1] = _last_layer(branch[-1], len(kinds))
    head.nc = len(kinds)
    head.no = head.nc + 4 * head.reg_max
    head.end2end = True
    model.nc = len(kinds)
    model.yaml["nc"] = len(kinds)
    model.names = dict(enumerate(kinds))
    model.args = get_cfg()


def _last_layer(old: nn.Conv2d, nc: int) -> nn.Conv2d:
    """A small random layer whose scores start near `PRIOR`, as focal-loss papers advise."""
    new = nn.Conv2d(old.in_channels, nc, 1)
    nn.init.normal_(new.weight, std=0.01)
    nn.init.constant_(new.bias, float(torch.logit(torch.tensor(PRIOR))))  # type: ignore[arg-type]  # it has a bias
    return new


def save(model: DetectionModel, path: Path, *, architecture: str = "yolo26n.yaml") -> None:
    """Write the weights as safetensors; the header says which kinds and which architecture."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    inner: Any = model
    kinds = " ".join(inner.names[index] for index in range(inner.nc))
    save_file(tensors, path, metadata={"kinds": kinds, "architecture": architecture})


def load(path: Path) -> DetectionModel:
    """Rebuild what `save` wrote.

    Raises:
        WeightsUnreadable: missing, not safetensors, or written by something else.
    """
    try:
        with safe_open(path, framework="pt") as file:
            said = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError) as error:
        raise WeightsUnreadable(path=str(path), why=str(error)) from error
    if not {"kinds", "architecture"} <= said.keys():
        raise WeightsUnreadable(path=str(path), why="the header names no kinds")
    model = build(said["kinds"].split(), architecture=said["architecture"])
    model.load_state_dict(tensors)
    return model
