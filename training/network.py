"""Networks with the kinds of this project: built, started from other weights, kept without pickle."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from training import checkpoint, places
from training.errors import RecipeBroken, WeightsUnreadable
from training.recipe import Recipe
from training.unpatched import DetectionModel, get_cfg

START_NC = 80
PRIOR = 0.01
ROW_STD = 0.01
HEADS = ("cv3", "one2one_cv3")
BOTH: Final = "both"
P2_LAYERS: Final[Mapping[str, str]] = {"17": "23", "19": "25", "20": "26", "22": "28", "23": "29"}
HEAD_BRANCH: Final = re.compile(r"(model\.29\.(?:one2one_)?cv[23]\.)(\d+)(\..*)")

Tensors = Mapping[str, torch.Tensor]


def build(kinds: Sequence[str], *, architecture: str = "yolo26n.yaml", heads: str = BOTH) -> DetectionModel:
    """A model with random weights.

    The class branches keep the width that they have for COCO's 80 kinds, so that all but the last layer of
    COCO weights fits; only that last layer has `len(kinds)` outputs.
    """
    model = _model(architecture)
    _set_kinds(model, kinds)
    if heads != BOTH:
        _drop_one_to_one(model)
    return model


def _model(architecture: Any) -> DetectionModel:
    untyped: Any = DetectionModel
    model: DetectionModel = untyped(architecture, nc=START_NC, verbose=False)
    return model


def start(recipe: Recipe, kinds: Sequence[str], shared: Path) -> DetectionModel:
    """What a recipe starts from: random weights, on which every layer that fits is laid from the weights it names.

    Those may be of another architecture: layers count as the same by name and shape. The last layer of the class
    branches is kept only from weights for the same kinds, and there without the rows of the kinds in `fresh`.

    Raises:
        WeightsUnreadable: missing, unreadable, or nothing in them fits.
        RecipeBroken: `fresh` names a kind that is none of `kinds`.
    """
    if unknown := sorted(set(recipe.fresh) - set(kinds)):
        raise RecipeBroken(key="fresh", unknown=unknown, known=tuple(kinds))
    torch.manual_seed(recipe.seed)
    model = build(kinds, architecture=recipe.architecture, heads=recipe.heads)
    if recipe.start:
        path = places.found(recipe.start, shared)
        lay_over(model, _tensors(path, kinds), path)
        redraw(model, [kinds.index(kind) for kind in recipe.fresh], recipe.seed)
    return model


@torch.no_grad()
def redraw(model: DetectionModel, rows: Sequence[int], seed: int) -> None:
    """Draw the class rows of some kinds anew, at every scale of every head; all others stay as they are.

    Rows that have only ever seen negatives answer "never" so firmly that a few boxes hardly move them. The new biases
    expect what ultralytics' `bias_init` expects: five things on a picture of 640 px, shared by all kinds.
    """
    inner: Any = model
    head, dice = inner.model[-1], torch.Generator().manual_seed(seed)
    for name in HEADS:
        for branch, stride in zip(getattr(head, name, None) or (), head.stride.tolist(), strict=False):
            last = branch[-1]
            for row in rows:
                last.weight[row] = torch.randn(last.weight[row].shape, generator=dice) * ROW_STD
                last.bias[row] = math.log(5 / head.nc / (640 / stride) ** 2)


def _tensors(path: Path, kinds: Sequence[str]) -> Tensors:
    if path.suffix != ".safetensors":
        return checkpoint.read(path).tensors
    said, tensors = _open(path)
    if said["kinds"].split() == list(kinds):
        return tensors
    return {name: tensor for name, tensor in tensors.items() if not re.search(r"cv3\.\d+\.2\.", name)}


def lay_over(model: DetectionModel, tensors: Tensors, path: Path) -> int:
    """Copy every tensor that fits by name and shape; tell how many did.

    Raises:
        WeightsUnreadable: less than half of the network's values were found.
    """
    mine = model.state_dict()
    named = tensors if tensors.keys() & mine.keys() == mine.keys() else {**_as_p2(mine, tensors), **tensors}
    fits = {name: value for name, value in named.items() if name in mine and mine[name].shape == value.shape}
    if sum(v.numel() for v in fits.values()) < sum(v.numel() for v in mine.values()) / 2:
        raise WeightsUnreadable(path=str(path), why="made for another architecture", fitting=len(fits), of=len(mine))
    model.load_state_dict(fits, strict=False)
    return len(fits)


def _as_p2(mine: Tensors, tensors: Tensors) -> Tensors:
    """The layers of a YOLO26 under the names that they have in the one with a head at stride 4."""
    if "model.29.cv2.3.0.conv.weight" not in mine or "model.23.cv2.2.0.conv.weight" not in tensors:
        return {}
    moved = {}
    for name, tensor in tensors.items():
        _, layer, rest = name.split(".", 2)
        new = f"model.{P2_LAYERS.get(layer, layer)}.{rest}"
        branch = HEAD_BRANCH.fullmatch(new)
        moved[f"{branch[1]}{int(branch[2]) + 1}{branch[3]}" if branch else new] = tensor
    return moved


def from_coco(path: Path, kinds: Sequence[str]) -> DetectionModel:
    """A model of the architecture of an ultralytics COCO checkpoint (`.pt`) that starts from it.

    Raises:
        WeightsUnreadable: the file is missing or holds no detection model.
    """
    read = checkpoint.read(path)
    model = build(kinds, architecture=read.architecture)
    lay_over(model, read.tensors, path)
    return model


def _set_kinds(model: Any, kinds: Sequence[str]) -> None:
    head = model.model[-1]
    for name in HEADS:
        for branch in getattr(head, name, None) or ():
            branch[-1] = _last_layer(branch[-1], len(kinds))
    head.nc = len(kinds)
    head.no = head.nc + 4 * head.reg_max
    head.end2end = _has_one_to_one(model)
    model.nc = len(kinds)
    model.yaml["nc"] = len(kinds)
    model.names = dict(enumerate(kinds))
    model.args = get_cfg()


def _has_one_to_one(model: Any) -> bool:
    return getattr(model.model[-1], "one2one_cv2", None) is not None


def _drop_one_to_one(model: Any) -> None:
    head = model.model[-1]
    if _has_one_to_one(model):
        del head.one2one_cv2, head.one2one_cv3
    head.end2end = False


def _last_layer(old: nn.Conv2d, nc: int) -> nn.Conv2d:
    """A small random layer whose scores start near `PRIOR`, as focal-loss papers advise."""
    new = nn.Conv2d(old.in_channels, nc, 1)
    nn.init.normal_(new.weight, std=ROW_STD)
    nn.init.constant_(new.bias, float(torch.logit(torch.tensor(PRIOR))))  # type: ignore[arg-type]  # it has a bias
    return new


def save(model: DetectionModel, path: Path, *, architecture: str = "yolo26n.yaml") -> None:
    """Write the weights as safetensors; the header says which kinds and which architecture."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    inner: Any = model
    kinds = " ".join(inner.names[index] for index in range(inner.nc))
    save_file(tensors, path, metadata={"kinds": kinds, "architecture": architecture})


def between(start: Path, end: Path, keep_start: float, path: Path) -> None:
    """Write weights on the straight line from what a run started from to what it ended with.

    Between the two lie weights that lose less of what the start knew, and often are better at both (WiSE-FT, Wortsman
    and others 2022).

    Args:
        start, end: what `save` wrote, of one architecture and the same kinds.
        keep_start: share of the start, in [0, 1).
        path: where to.

    Raises:
        WeightsUnreadable: missing, unreadable, or the two do not fit each other.
    """
    (said_first, first), (said_last, last) = _open(start), _open(end)
    shapes = [{name: tensor.shape for name, tensor in tensors.items()} for tensors in (first, last)]
    if said_first["kinds"] != said_last["kinds"] or shapes[0] != shapes[1]:
        raise WeightsUnreadable(path=str(start), why="other kinds or another architecture than the run's")
    if not 0 <= keep_start < 1:
        raise WeightsUnreadable(path=str(start), why="the share to be kept is not in [0, 1)", share=keep_start)
    mixed = {
        name: torch.lerp(first[name], tensor, 1 - keep_start) if tensor.is_floating_point() else tensor
        for name, tensor in last.items()
    }
    save_file(mixed, path, metadata=dict(said_last))


def load(path: Path) -> DetectionModel:
    """Rebuild what `save` wrote.

    Raises:
        WeightsUnreadable: missing, not safetensors, or written by something else.
    """
    said, tensors = _open(path)
    has_one_to_one = any(".one2one_" in name for name in tensors)
    heads = BOTH if has_one_to_one else "one_to_many"
    model = build(said["kinds"].split(), architecture=said["architecture"], heads=heads)
    model.load_state_dict(dict(tensors))
    return model


def _open(path: Path) -> tuple[Mapping[str, str], Tensors]:
    try:
        with safe_open(path, framework="pt") as file:
            said = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError) as error:
        raise WeightsUnreadable(path=str(path), why=str(error)) from error
    if not {"kinds", "architecture"} <= said.keys():
        raise WeightsUnreadable(path=str(path), why="the header names no kinds")
    return said, tensors
