"""The flat loop from a recipe and pictures to averaged weights."""

import copy
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import torch
from torch import nn
from tqdm import tqdm

from training import network
from training.feed import Feed
from training.loss import Answer, Batch, HeadLoss, loss_of
from training.pace import Pace
from training.pictures import Picture
from training.recipe import Recipe
from training.run import Run
from training.unpatched import DetectionModel

CHECKPOINT_S = 240.0


@dataclass(slots=True)
class State:
    """What changes while training goes on."""

    model: DetectionModel
    average: DetectionModel
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    step: int = 0

    def dump(self) -> dict[str, object]:
        """As plain tensors and numbers."""
        parts: dict[str, Any] = {"model": self.model, "average": self.average, "optimizer": self.optimizer}
        return {**{name: part.state_dict() for name, part in parts.items()}, "epoch": self.epoch, "step": self.step}

    def restore(self, saved: dict[str, object]) -> None:
        """The reverse of `dump`."""
        for name in ("model", "average", "optimizer"):
            getattr(self, name).load_state_dict(saved[name])
        self.epoch, self.step = int(str(saved["epoch"])), int(str(saved["step"]))


def train(model: DetectionModel, pictures: Sequence[Picture], recipe: Recipe, run: Run, *, resume: bool) -> None:
    """Train `model` and leave the averaged weights in `run.weights` after every epoch.

    With `resume` it goes on at the step of the last checkpoint; the batches are those that an uncut run would see.
    """
    torch.manual_seed(recipe.seed)
    cv2.setNumThreads(1)  # pictures are small: more makers pay, more threads inside one do not
    feed = Feed(pictures, recipe)
    state = start(model, recipe)
    saved = run.load() if resume else None
    if saved is not None:
        state.restore(saved)
    loss = loss_of(state.model)
    while state.epoch < recipe.epochs:
        one_epoch(state, feed, loss, recipe, run)
        network.save(state.average, run.weights, architecture=recipe.architecture)


def start(model: DetectionModel, recipe: Recipe) -> State:
    """Fresh optimizer and average round a model."""
    inner: Any = model
    inner.args.box, inner.args.cls, inner.args.dfl = recipe.gain_box, recipe.gain_class, recipe.gain_l1
    inner.to(device=recipe.device, memory_format=torch.channels_last).train()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    free = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": free, "weight_decay": 0.0}]
    return State(model, copy.deepcopy(model).eval(), torch.optim.AdamW(groups, lr=recipe.lr))


def one_epoch(state: State, feed: Feed, loss: HeadLoss, recipe: Recipe, run: Run) -> None:
    """Finish the epoch that `state` is in, saving now and then."""
    saved_at, sums, began = time.monotonic(), torch.zeros(3, device=recipe.device), state.step
    pace = Pace(recipe.threads if recipe.device == "cpu" else 1)
    title = f"epoch {state.epoch + 1}/{recipe.epochs}"
    bar = tqdm(total=feed.steps, initial=state.step, desc=title, disable=not sys.stderr.isatty())
    for pixels, batch in feed.ahead(state.epoch, state.step):
        step_at = time.monotonic()
        shown = pixels.to(recipe.device, non_blocking=True).float() / 255
        sums += one_step(state, shown, batch, loss, recipe, feed.steps)
        pace.took(time.monotonic() - step_at, pixels.numel())
        state.step += 1
        bar.update()
        if time.monotonic() - saved_at > CHECKPOINT_S:
            run.save(state.dump())
            run.log(epoch=state.epoch, step=state.step, of=feed.steps, threads=pace.threads)
            saved_at = time.monotonic()
    bar.close()
    box, kind, l1 = (sums / max(state.step - began, 1)).tolist()
    state.epoch, state.step = state.epoch + 1, 0
    run.save(state.dump())
    run.log(epoch=state.epoch, box=round(box, 4), kind=round(kind, 4), l1=round(l1, 4))


def one_step(
    state: State, pixels: torch.Tensor, batch: Batch, loss: HeadLoss, recipe: Recipe, epoch_steps: int
) -> torch.Tensor:
    """One gradient step; the detached losses `(3,)` of the one-to-one head, or of the only one."""
    steps = state.epoch * epoch_steps + state.step
    done = steps / (recipe.epochs * epoch_steps)
    for group in state.optimizer.param_groups:
        group["lr"] = rate(done, steps, recipe)
    loss.advance(done)
    with torch.autocast(recipe.device, dtype=torch.bfloat16, enabled=recipe.precision == "bf16"):
        raw = state.model(pixels)
    total, parts = loss(as_floats(raw), batch)
    torch.autograd.backward(total.sum())
    nn.utils.clip_grad_norm_(state.model.parameters(), recipe.clip_norm)
    state.optimizer.step()
    state.optimizer.zero_grad(set_to_none=True)
    blend(state.average, state.model, min(recipe.ema, (1 + steps) / (10 + steps)))
    return torch.stack([parts[name].detach() for name in loss.names])


def rate(done: float, steps: int, recipe: Recipe) -> float:
    """Learning rate: a linear warm-up, then half a cosine down to `final_lr` of the peak."""
    cosine = recipe.final_lr + (1 - recipe.final_lr) * (1 + math.cos(math.pi * done)) / 2
    return recipe.lr * cosine * min(1.0, (steps + 1) / max(recipe.warmup_steps, 1))


def as_floats(raw: Answer) -> Answer:
    """The heads' answers in float32, in which anchors and losses are exact enough."""
    if "boxes" not in raw:
        return {head: as_floats(answer) for head, answer in raw.items()}
    return {
        "boxes": raw["boxes"].float(),
        "scores": raw["scores"].float(),
        "feats": [level.detach().float() for level in raw["feats"]],
    }


@torch.no_grad()
def blend(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the present ones; counters are copied."""
    pairs = list(zip(average.state_dict().values(), model.state_dict().values(), strict=True))
    means, nows = zip(*((mean, now) for mean, now in pairs if mean.dtype.is_floating_point), strict=True)
    torch._foreach_lerp_(means, nows, 1 - decay)
    for mean, now in pairs:
        if not mean.dtype.is_floating_point:
            mean.copy_(now)
