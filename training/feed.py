"""Batches of one training run, made ahead of the step that takes them."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from training import sampling
from training.augment import Example, mosaic, recolour, single
from training.loss import Batch
from training.pictures import Picture
from training.recipe import Recipe
from training.weather import spoil

Made = tuple[torch.Tensor, Batch]


class Feed:
    """Batches of one training run; batch `step` of epoch `epoch` is always the same."""

    def __init__(self, pictures: Sequence[Picture], recipe: Recipe) -> None:
        self.pictures, self.recipe = pictures, recipe
        self.often = sampling.rates(pictures, recipe)
        self._ends = self.often.astype(np.float64).cumsum()

    @property
    def steps(self) -> int:
        """Steps an epoch."""
        return max(round(self.recipe.epoch_pictures / self.recipe.batch), 1)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Indices of an epoch, shuffled."""
        rng = np.random.default_rng([self.recipe.seed, epoch])
        return sampling.draw(self.often, self.steps * self.recipe.batch, rng)

    def batch(self, epoch: int, step: int, order: NDArray[np.int64]) -> Made:
        """Pixels `(B, 3, S, S)` uint8 and the targets of one step."""
        rng = np.random.default_rng([self.recipe.seed, epoch, step])
        size = int(rng.choice(self.recipe.sizes))
        joined = self.recipe.mosaic if epoch < self.recipe.epochs - self.recipe.plain_epochs else 0.0
        indices = order[step * self.recipe.batch : (step + 1) * self.recipe.batch]
        return collate([self.example(int(index), size, joined, rng) for index in indices])

    def ahead(self, epoch: int, step: int) -> Iterator[Made]:
        """The rest of an epoch from `step` on; following batches are made while the present one is used.

        By threads beside a CPU that trains. A GPU takes batches faster than threads that share one interpreter make
        them, so there the makers are processes; they share the pictures with the process that they are forked from.
        """
        order = self.order(epoch)
        if self.recipe.device == "cpu":
            yield from self._by_threads(epoch, step, order)
        else:
            rest: Any = _Rest(self, epoch, step, order)
            pinned = torch.cuda.is_available()
            yield from DataLoader(rest, batch_size=None, num_workers=self.recipe.makers, pin_memory=pinned)

    def _by_threads(self, epoch: int, step: int, order: NDArray[np.int64]) -> Iterator[Made]:
        coming: deque[Future[Made]] = deque()
        with ThreadPoolExecutor(self.recipe.makers) as pool:
            for following in range(step, self.steps):
                coming.append(pool.submit(self.batch, epoch, following, order))
                if len(coming) > self.recipe.makers:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()

    def example(self, index: int, size: int, joined: float, rng: Generator) -> Example:
        """Picture `index` on a canvas of `size`, with the chance `joined` together with three others."""
        first = self.pictures[index]
        if rng.random() < joined:
            others = np.searchsorted(self._ends, rng.random(3) * self._ends[-1], side="right")
            shown = mosaic([first, *(self.pictures[i] for i in others)], size, self.recipe, rng)
        else:
            shown = single(first, size, self.recipe, rng)
        pixels = spoil(recolour(shown.pixels, self.recipe, rng), shown.boxes, self.recipe, rng)
        return replace(shown, pixels=pixels)


@dataclass(frozen=True, slots=True, eq=False)
class _Rest(Dataset[Made]):
    """The batches of an epoch from a step on, by number."""

    feed: Feed
    epoch: int
    step: int
    order: NDArray[np.int64]

    def __len__(self) -> int:
        return self.feed.steps - self.step

    def __getitem__(self, number: int) -> Made:
        return self.feed.batch(self.epoch, self.step + number, self.order)


def collate(examples: Sequence[Example]) -> Made:
    """Stack examples of one size into what the network and its loss take."""
    pixels = torch.from_numpy(np.stack([e.pixels for e in examples])).permute(0, 3, 1, 2)  # channels last in memory
    size = examples[0].pixels.shape[0]
    corners = np.concatenate([e.boxes for e in examples]) / size  # (N, 4)
    centred = np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1)
    counts = [len(e.boxes) for e in examples]
    return pixels, {
        "batch_idx": torch.from_numpy(np.repeat(np.arange(len(examples)), counts)).float(),
        "cls": torch.from_numpy(np.concatenate([e.kinds for e in examples])).float(),
        "bboxes": torch.from_numpy(centred.astype(np.float32)),
        "labelled": torch.from_numpy(np.stack([e.labelled for e in examples])),  # (B, 4, nc)
        "centre": torch.from_numpy(np.stack([e.centre for e in examples]) / size),  # (B, 2)
    }
