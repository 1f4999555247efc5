"""Which boxes of the network answer for which plate, and what they are asked to say."""

import torch
from torch import Tensor
from torch.nn import functional

from training.plates.net import SIZES

NEAR = 0.4
"""Boxes whose centre lies within this share of the plate's width and height answer for it; up to twice that, nobody."""

LEAST_PX = 6.0
SPREAD = (0.1, 0.2)
"""How much an offset of one means for a centre and for the logarithm of a side, as in the published weights."""

EXCUSED = 0.3
SIDES = tuple(float(side) for pair in SIZES for side in pair)
FOCUS, WEIGHT_OF_PLATES = 2.0, 0.5


def assign(starts: Tensor, plates: Tensor) -> tuple[Tensor, Tensor]:
    """Which plate each box answers for: `(N,)` index or -1, and `(N,)` whether it is left alone.

    A plate belongs to the square whose side is nearest to its width, and to the cells round its centre.

    Args:
        starts: `(N, 4)` centre and sides; see `training.plates.net.starts`.
        plates: `(M, 4)` xyxy in pixels of the input.
    """
    owner = torch.full((len(starts),), -1)
    alone = torch.zeros(len(starts), dtype=torch.bool)
    sides = torch.tensor(SIDES)
    for index, plate in enumerate(plates):
        centre, size = (plate[:2] + plate[2:]) / 2, (plate[2:] - plate[:2]).clamp(min=1)
        side = sides[(sides.log() - size.amax().log()).abs().argmin()]
        away = (starts[:, :2] - centre).abs()  # (N, 2)
        reach = (size * NEAR).clamp(min=LEAST_PX)
        near_size = (starts[:, 2].log() - size.amax().log()).abs() < 1.1
        alone |= (away < reach * 2).all(1) & near_size
        owner[(away < reach).all(1) & (starts[:, 2] == side)] = index
    return owner, alone & (owner < 0)


def loss(answer: tuple[Tensor, Tensor], starts: Tensor, plates: list[Tensor], excused: list[Tensor]) -> Tensor:
    """How wrong an answer is: focal cross-entropy of the boxes, smooth L1 of the places.

    Args:
        answer: `(B, N, 4)` offsets and `(B, N)` logits.
        starts: `(N, 4)`.
        plates: a picture's `(M, 4)` plates.
        excused: a picture's `(K, 4)` vehicles, on which a plate that nobody labelled may be: finding one is no error.
    """
    offsets, logits = answer
    total, count = logits.new_zeros(()), 0
    for b, (mine, vehicles) in enumerate(zip(plates, excused, strict=True)):
        owner, alone = assign(starts, mine)
        is_plate = owner >= 0
        alone |= ~is_plate & _inside(starts, vehicles) & (logits[b].detach().sigmoid() > EXCUSED)
        total = total + _focal(logits[b], is_plate.float())[~alone].sum()
        if is_plate.any():
            wanted = encode(starts[is_plate], mine[owner[is_plate]])
            total = total + functional.smooth_l1_loss(offsets[b, is_plate], wanted, reduction="sum") / 4
        count += int(is_plate.sum())
    return total / max(count, 8)


def encode(starts: Tensor, plates: Tensor) -> Tensor:
    """`(N, 4)` plates as offsets from where their boxes start."""
    centre, size = (plates[:, :2] + plates[:, 2:]) / 2, (plates[:, 2:] - plates[:, :2]).clamp(min=1)
    moved = (centre - starts[:, :2]) / starts[:, 2:] / SPREAD[0]
    return torch.cat([moved, (size / starts[:, 2:]).log() / SPREAD[1]], 1)


def _inside(starts: Tensor, boxes: Tensor) -> Tensor:
    if not len(boxes):
        return torch.zeros(len(starts), dtype=torch.bool)
    x, y = starts[:, :1], starts[:, 1:2]
    return ((x > boxes[:, 0]) & (x < boxes[:, 2]) & (y > boxes[:, 1]) & (y < boxes[:, 3])).any(1)


def _focal(logits: Tensor, wanted: Tensor) -> Tensor:
    plain = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    sure = torch.exp(-plain)
    weight = wanted * WEIGHT_OF_PLATES + (1 - wanted) * (1 - WEIGHT_OF_PLATES)
    return weight * (1 - sure) ** FOCUS * plain
