"""The network that finds number plates: MobileNet 0.25, three scales joined from the top, two boxes a cell.

It is the RetinaFace of Deng et al. (arXiv:1905.00641) as it was published for Chinese plates, with its normalisations
folded and without its corner points. The names of the layers follow its published graph, so that its weights can be
taken from there.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

SLOPE = 0.1
STEPS = (8, 16, 32)
SIZES = ((24, 48), (96, 192), (384, 768))
"""Sides of the squares, in pixels of the input, that the boxes of a cell start from; one pair a step."""

BACKBONE = ((8, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1))
DEEPER = ((64, 128, 2), *[(128, 128, 1)] * 5)
DEEPEST = ((128, 256, 2), (256, 256, 1))
WIDTH = 64


class PlateNet(nn.Module):
    """Finds plates on `(B, 3, H, W)` BGR pictures less the mean of their training set.

    It answers `(B, N, 4)` offsets and `(B, N)` logits, cell by cell, the finest scale first.
    """

    def __init__(self) -> None:
        super().__init__()
        first = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.LeakyReLU(SLOPE))
        self.stage1 = nn.Sequential(first, *(_separable(*each) for each in BACKBONE))
        self.stage2 = nn.Sequential(*(_separable(*each) for each in DEEPER))
        self.stage3 = nn.Sequential(*(_separable(*each) for each in DEEPEST))
        self.narrow = nn.ModuleList(_conv(channels, WIDTH, 1) for channels in (64, 128, 256))
        self.merge = nn.ModuleList(_conv(WIDTH, WIDTH, 3) for _ in range(2))  # coarse, fine
        self.context = nn.ModuleList(Context() for _ in STEPS)
        self.offsets = nn.ModuleList(nn.Conv2d(WIDTH, 8, 1) for _ in STEPS)
        self.logits = nn.ModuleList(nn.Conv2d(WIDTH, 2, 1) for _ in STEPS)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Offsets and logits; see the class."""
        fine = self.stage1(pictures)
        coarse = self.stage2(fine)
        coarsest = self.stage3(coarse)
        top = self.narrow[2](coarsest)
        middle = self.merge[0](self.narrow[1](coarse) + _twice(top))
        low = self.merge[1](self.narrow[0](fine) + _twice(middle))
        seen = [context(each) for context, each in zip(self.context, (low, middle, top), strict=True)]
        offsets = [_rows(head(each), 4) for head, each in zip(self.offsets, seen, strict=True)]
        logits = [_rows(head(each), 1) for head, each in zip(self.logits, seen, strict=True)]
        return torch.cat(offsets, 1), torch.cat(logits, 1)[..., 0]


class Context(nn.Module):
    """Looks around a cell: one 3x3, two and three in a row, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Conv2d(WIDTH, 32, 3, 1, 1)
        self.far = _conv(WIDTH, 16, 3)
        self.far_end = nn.Conv2d(16, 16, 3, 1, 1)
        self.farther = _conv(16, 16, 3)
        self.farther_end = nn.Conv2d(16, 16, 3, 1, 1)

    def forward(self, low: Tensor) -> Tensor:
        """`(B, 64, h, w)` both ways."""
        far = self.far(low)
        return functional.relu(torch.cat([self.near(low), self.far_end(far), self.farther_end(self.farther(far))], 1))


def published_order(net: PlateNet) -> Iterator[nn.Conv2d]:
    """The convolutions in the order of the published graph, the heads for corner points left out."""
    for part in (net.stage1, net.stage2, net.stage3, net.narrow, net.merge, net.context, net.offsets):
        yield from (layer for layer in part.modules() if isinstance(layer, nn.Conv2d))


def starts(height: int, width: int) -> Tensor:
    """`(N, 4)` centre x, centre y, side, side in pixels: where the boxes of an `(H, W)` input start from.

    >>> starts(64, 64).shape, starts(64, 64)[0].tolist()
    (torch.Size([168, 4]), [4.0, 4.0, 24.0, 24.0])
    """
    rows = []
    for step, sizes in zip(STEPS, SIZES, strict=True):
        ys, xs = (torch.arange(-(-side // step)) * step + step / 2 for side in (height, width))
        y, x, size = torch.meshgrid(ys, xs, torch.tensor(sizes, dtype=torch.float32), indexing="ij")
        rows.append(torch.stack([x, y, size, size], -1).reshape(-1, 4))
    return torch.cat(rows)


def _separable(channels: int, out: int, stride: int) -> nn.Sequential:
    apart = nn.Conv2d(channels, channels, 3, stride, 1, groups=channels)
    return nn.Sequential(apart, nn.LeakyReLU(SLOPE), nn.Conv2d(channels, out, 1), nn.LeakyReLU(SLOPE))


def _conv(channels: int, out: int, side: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, out, side, 1, side // 2), nn.LeakyReLU(SLOPE))


def _twice(small: Tensor) -> Tensor:
    return functional.interpolate(small, scale_factor=2.0, mode="nearest")


def _rows(told: Tensor, wide: int) -> Tensor:
    """`(B, 2 * wide, h, w)` as `(B, h * w * 2, wide)`."""
    return told.permute(0, 2, 3, 1).reshape(told.shape[0], -1, wide)
