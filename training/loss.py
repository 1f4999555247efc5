"""The loss of the detection heads, silent about what a part of a picture is not labelled for."""

from typing import Any, Protocol

import torch

from training.unpatched import DetectionModel, E2ELoss, make_anchors, v8DetectionLoss

Batch = dict[str, Any]
Answer = dict[str, Any]


def quarters(anchors: torch.Tensor, centre: torch.Tensor) -> torch.Tensor:
    """In which quarter of its canvas each anchor lies: 0 top left, 1 top right, 2 bottom left, 3 bottom right.

    Args:
        anchors: `(A, 2)` x and y in parts of the canvas.
        centre: `(B, 2)` where the quarters of each canvas meet, likewise.

    Returns:
        `(B, A)` int64.

    >>> quarters(torch.tensor([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]), torch.tensor([[0.5, 0.5]])).tolist()
    [[0, 1, 3]]
    """
    right_below = anchors[None] >= centre[:, None]  # (B, A, 2)
    return right_below[..., 0].long() + 2 * right_below[..., 1].long()


class MaskedDetectionLoss(v8DetectionLoss):
    """Ultralytics' detection loss in which an unlabelled kind has neither loss nor gradient.

    The batch brings `labelled`, `(B, 4, nc)` of 0 and 1 for the four quarters of each canvas, and `centre`, `(B, 2)`,
    where they meet. They multiply the per-anchor class loss the way Ultralytics multiplies its class weights; the box
    loss needs no mask, since boxes of unlabelled kinds never appear.
    """

    def loss(
        self, preds: dict[str, torch.Tensor], batch: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Box, class and L1 loss of one head, each times the batch size, and the same detached by name."""
        self.class_weights = self._mask(preds, batch)
        answer: tuple[torch.Tensor, dict[str, torch.Tensor]] = super().loss(preds, batch)
        return answer

    def _mask(self, preds: dict[str, Any], batch: dict[str, torch.Tensor]) -> torch.Tensor:
        labelled, centre = batch["labelled"].to(self.device), batch["centre"].to(self.device)
        untyped: Any = make_anchors
        points, strides = untyped(preds["feats"], self.stride, 0.5)  # (A, 2), (A, 1)
        height, width = preds["feats"][0].shape[2:]
        stride: Any = self.stride
        sides = torch.tensor([width, height], device=self.device) * stride[0]
        lies = quarters(points * strides / sides, centre)  # (B, A)
        each = lies[..., None].expand(-1, -1, labelled.shape[-1])
        return labelled.gather(1, each)  # (B, A, nc)


class HeadLoss(Protocol):
    """What training needs of a loss, whatever the heads of the network."""

    names: tuple[str, ...]

    def __call__(self, preds: Answer, batch: Batch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The three losses times the batch size, and the same detached by name."""

    def advance(self, done: float) -> None:
        """Take note that the part `done` (0..1) of the schedule is over."""


class MaskedLoss(E2ELoss):
    """Both heads' masked loss; the weight moves from one-to-many to one-to-one while training goes on."""

    def __init__(self, model: DetectionModel) -> None:
        super().__init__(model, loss_fn=MaskedDetectionLoss)
        self.names = tuple(self.one2one.loss_names)

    def advance(self, done: float) -> None:
        """Set the weights of the two heads for the part `done` (0..1) of the schedule."""
        self.o2m = (1 - done) * (self.o2m_copy - self.final_o2m) + self.final_o2m
        self.o2o = self.total - self.o2m


class OneToManyLoss(MaskedDetectionLoss):
    """The masked loss of a network whose only head is one-to-many."""

    def __init__(self, model: DetectionModel) -> None:
        super().__init__(model, tal_topk=10)
        self.names = tuple(self.loss_names)

    def advance(self, done: float) -> None:
        """Nothing moves."""


def loss_of(model: DetectionModel) -> HeadLoss:
    """The loss that fits the heads of a network."""
    inner: Any = model
    has_both = getattr(inner.model[-1], "one2one_cv2", None) is not None
    return MaskedLoss(model) if has_both else OneToManyLoss(model)
