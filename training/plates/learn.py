"""Learn to find number plates, and choose a threshold on pictures that are held out."""

import hashlib
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
import onnx
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from datasets.records import Sample
from detector.images import open_file
from detector.onnx_engine import lean
from detector.pieces import Found
from detector.plates import Plates
from detector.types import Xyxy
from training.plates.crops import CROP_PX, Crop, Crops, hang_some
from training.plates.net import PlateNet, published_order, starts
from training.plates.publish import to_onnx
from training.plates.targets import loss
from training.plates.vehicles import Box

HELD_OUT: Final = "01"
"""Pictures whose SHA-256 begins so, an eighth, only choose the threshold."""

BATCH: Final = 8
CLIP: Final = 5.0
KEPT: Final = 0.99
"""Of the mean of the weights, at each step."""

READABLE_PX: Final = 20.0
MOST_FALSE: Final = 1.0
"""False patches a picture that are borne so that no plate is read."""

THRESHOLDS: Final = tuple(round(0.2 + 0.05 * step, 2) for step in range(11))


@dataclass(frozen=True, slots=True)
class Lesson:
    """How it is learned.

    Attributes:
        steps: of eight crops each.
        rate: of learning, at its highest.
        looks: held-out pictures of each sort that choose the threshold.
    """

    steps: int = 1400
    rate: float = 1e-3
    seed: int = 1
    looks: int = 80


@dataclass(frozen=True, slots=True)
class Held:
    """What a threshold does on pictures held out: readable hung plates hidden, false patches a picture."""

    threshold: float
    recall: float
    false: float


def begin(path: Path) -> PlateNet:
    """The network with the weights of an ONNX file: one that `publish` wrote, or the published one, in its order."""
    net = PlateNet()
    told = {each.name: numpy_helper.to_array(each).copy() for each in onnx.load(path).graph.initializer}
    ours = {name.removeprefix("net."): torch.from_numpy(value) for name, value in told.items()}
    if ours.keys() >= net.state_dict().keys():
        net.load_state_dict({name: ours[name] for name in net.state_dict()})
        return net
    kernels = [value for value in told.values() if value.ndim == 4]
    biases = iter([value for value in told.values() if value.ndim == 1])
    for layer, kernel in zip(published_order(net), kernels, strict=False):
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel))
            if layer.bias is not None:
                layer.bias.copy_(torch.from_numpy(next(biases)))
    return net


def learn(net: PlateNet, crops: Crops, lesson: Lesson, keep: Callable[[PlateNet], object] = lambda _: None) -> PlateNet:
    """Train in place, on the CPU; the mean of the weights over the last steps is what is left.

    `keep` is given that mean from time to time, so that an end before the end loses little.
    """
    rng, squares = np.random.default_rng(lesson.seed), starts(CROP_PX, CROP_PX)
    torch.manual_seed(lesson.seed)
    how = torch.optim.AdamW(net.parameters(), lr=lesson.rate, weight_decay=1e-4)
    mean = torch.optim.swa_utils.AveragedModel(net, avg_fn=lambda old, new, _: KEPT * old + (1 - KEPT) * new)
    for step in range(lesson.steps):
        for group in how.param_groups:
            group["lr"] = lesson.rate * rate_at(step / lesson.steps)
        batch = [crops.draw(rng) for _ in range(BATCH)]
        wrong = _wrong(net, batch, squares)
        how.zero_grad()
        wrong.backward()  # type: ignore[no-untyped-call]  # torch's own
        torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        how.step()
        mean.update_parameters(net)
        if step % 50 == 0:
            print(f"{step}/{lesson.steps} loss {wrong.item():.3f}", flush=True)
            keep(cast(PlateNet, mean.module))
    net.load_state_dict(mean.module.state_dict())
    return net


def rate_at(done: float) -> float:
    """Warm for a twentieth, then down half a cosine.

    >>> [round(rate_at(done), 2) for done in (0.0, 0.025, 0.05, 0.525, 1.0)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return done / 0.05 if done < 0.05 else (1 + math.cos(math.pi * (done - 0.05) / 0.95)) / 2


def _wrong(net: PlateNet, batch: Sequence[Crop], squares: torch.Tensor) -> torch.Tensor:
    plates = [torch.from_numpy(crop.plates) for crop in batch]
    vehicles = [torch.from_numpy(crop.vehicles) for crop in batch]
    return loss(net(torch.stack([crop.tensor() for crop in batch])), squares, plates, vehicles)


def part(samples: Sequence[Sample], *, held_out: bool) -> list[Sample]:
    """The pictures that are learned from, or those that are held out."""
    return [sample for sample in samples if (sample.sha256[0] in HELD_OUT) == held_out]


def weigh(
    net: PlateNet, held: Sequence[Sample], root: Path, vehicles: Mapping[str, Sequence[Box]], looks: int
) -> list[Held]:
    """What each threshold does on held-out pictures: plates hung on vehicles, and pictures without a vehicle."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        to_onnx(net, Path(folder) / "plates.onnx")
        finder = Plates(ort.InferenceSession(str(Path(folder) / "plates.onnx"), lean(2)), THRESHOLDS[0])
        driven = [sample for sample in held if vehicles[sample.sha256]][:looks]
        empty = [sample for sample in held if not vehicles[sample.sha256]][:looks]
        hung = []
        for sample in driven:
            picture = open_file(root / sample.file).image.copy()
            boxes = hang_some(picture, np.array(vehicles[sample.sha256], np.float32), rng, soft_px=0)
            hung.append((picture, boxes[boxes[:, 2] - boxes[:, 0] >= READABLE_PX]))
        clean = [open_file(root / sample.file).image for sample in empty]
        found = [(finder.scored(picture, THRESHOLDS[0]), boxes) for picture, boxes in hung]
        return weighed(found, [finder.scored(picture, THRESHOLDS[0])[1] for picture in clean])


def weighed(hung: Sequence[tuple[Found, Xyxy]], clean: Sequence[NDArray[np.float32]]) -> list[Held]:
    """What each threshold does.

    Args:
        hung: what was found on each picture with plates, and where they are.
        clean: scores of what was found on each picture without a vehicle.
    """
    plates, told = max(1, sum(len(boxes) for _, boxes in hung)), []
    for threshold in THRESHOLDS:
        hidden = sum(_hidden(found[scores >= threshold], boxes) for (found, scores), boxes in hung)
        false = sum(int(np.count_nonzero(scores >= threshold)) for scores in clean)
        told.append(Held(threshold, hidden / plates, false / max(1, len(clean))))
    return told


def _hidden(found: Xyxy, plates: Xyxy) -> int:
    """How many plates have their middle in something that was found."""
    middle = (plates[:, :2] + plates[:, 2:]) / 2
    inside = (middle[:, None] > found[None, :, :2]) & (middle[:, None] < found[None, :, 2:])  # (M, N, 2)
    return int(np.count_nonzero(np.any(np.all(inside, axis=2), axis=1))) if len(found) else 0


def chosen(told: Sequence[Held]) -> Held:
    """The lowest threshold that makes few enough false patches, the highest where none does."""
    return next((one for one in told if one.false <= MOST_FALSE), told[-1])


def sources_sha256() -> str:
    """Of the program that made it: net, targets, crops, learning, layouts, drawing and mounting."""
    from datasets.plates import drawing, layouts, mounting
    from training.plates import crops, net, targets

    files = [Path(str(module.__file__)) for module in (net, targets, crops)] + [Path(__file__)]
    files += [Path(str(module.__file__)) for module in (layouts, drawing, mounting)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
