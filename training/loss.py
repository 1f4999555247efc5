"""The loss of both YOLO26 heads, silent about what a picture is not labelled for."""

from typing import Any

import torch

from training.unpatched import DetectionModel, E2ELoss, v8DetectionLoss

Batch = dict[str, Any]


class MaskedDetectionLoss(v8DetectionLoss):
    """Ultralytics' detection loss in which an unlabelled kind has neither loss nor gradient.

    The batch brings `labelled`, `(B, nc)` of 0 and 1. It multiplies the per-anchor class loss the way Ultralytics
    multiplies its class weights; the box loss needs no mask, since boxes of unlabelled kinds never appear.
    """

    def loss(
        self, preds: dict[str, torch.Tensor], batch: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Box, class and L1 loss of one head, each times the batch size, and the same detached by name."""
        self.class_weights = batch["labelled"].to(self.device)[:, None, :]  # (B, 1, nc)
        answer: tuple[torch.Tensor, dict[str, torch.Tensor]] = super().loss(preds, batch)
        return answer


class MaskedLoss(E2ELoss):
    """Both heads' masked loss; the weight moves from one-to-many to one-to-one while training goes on."""

    def __init__(self, model: DetectionModel) -> None:
        super().__init__(model, loss_fn=MaskedDetectionLoss)

    def advance(self, done: float) -> None:
        """Set the weights of the two heads for the part `done` (0..1) of the schedule."""
        self.o2m = (1 - done) * (self.o2m_copy - self.final_o2m) + self.final_o2m
        self.o2o = self.total - self.o2m
