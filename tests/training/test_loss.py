"""A kind that a picture is not labelled for teaches nothing, in both heads."""

import pytest
import torch

from tests.training.build import KINDS, a_batch
from training import network
from training.loss import MaskedLoss, OneToManyLoss, loss_of
from training.train import as_floats

HEADS = ("one2many", "one2one")


@pytest.fixture(scope="module")
def model() -> torch.nn.Module:
    torch.manual_seed(0)
    return network.build(KINDS).train()


def gradients(model: torch.nn.Module, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Gradient of the loss by each head's class logits, `(B, nc, A)`."""
    pixels = torch.rand(len(batch["labelled"]), 3, 64, 64, generator=torch.Generator().manual_seed(1))
    raw = as_floats(model(pixels))
    for head in HEADS:
        raw[head]["scores"].retain_grad()
    total, _ = MaskedLoss(model)(raw, batch)
    total.sum().backward()
    model.zero_grad()
    return {head: raw[head]["scores"].grad for head in HEADS}


@pytest.mark.parametrize("head", HEADS)
def test_an_unlabelled_kind_has_exactly_no_gradient_and_a_labelled_one_has_some(
    model: torch.nn.Module, head: str
) -> None:
    found = gradients(model, a_batch([[1, 0, 1], [1, 1, 0]]))[head]
    assert (found[0, 1] == 0).all()
    assert (found[1, 2] == 0).all()
    for picture, kind in ((0, 0), (0, 2), (1, 0), (1, 1)):
        assert (found[picture, kind] != 0).all()


@pytest.mark.parametrize("head", HEADS)
def test_a_picture_that_is_labelled_for_nothing_is_no_background(model: torch.nn.Module, head: str) -> None:
    found = gradients(model, a_batch([[1, 1, 1], [0, 0, 0]]))[head]
    assert (found[1] == 0).all()
    assert (found[0] != 0).all()


def test_with_every_kind_labelled_it_is_the_loss_of_ultralytics(model: torch.nn.Module) -> None:
    from training.unpatched import E2ELoss

    batch = a_batch([[1, 1, 1]], kinds=(0, 2))
    raw = as_floats(model(torch.full((1, 3, 64, 64), 0.5)))
    ours, _ = MaskedLoss(model)(raw, batch)
    theirs, _ = E2ELoss(model)(raw, batch)
    assert torch.equal(ours, theirs)


def test_the_weight_moves_from_one_to_many_to_one_to_one(model: torch.nn.Module) -> None:
    loss = MaskedLoss(model)
    weights = []
    for done in (0.0, 0.5, 1.0):
        loss.advance(done)
        weights.append((round(loss.o2m, 2), round(loss.o2o, 2)))
    assert weights == [(0.8, 0.2), (0.45, 0.55), (0.1, 0.9)]


@pytest.mark.parametrize("head", HEADS)
def test_each_quarter_of_a_canvas_has_its_own_mask(model: torch.nn.Module, head: str) -> None:
    batch = a_batch([[1, 1, 1]])
    batch["labelled"][0, 1] = torch.tensor([0.0, 1.0, 0.0])
    batch["centre"][:] = 0.25
    found = gradients(model, batch)[head][0, :, :64].reshape(3, 8, 8)  # the level of stride 8
    top_right = torch.zeros(8, 8, dtype=torch.bool)
    top_right[:2, 2:] = True
    assert (found[0][top_right] == 0).all()
    assert (found[2][top_right] == 0).all()
    assert (found[0][~top_right] != 0).all()
    assert (found[1] != 0).all()


def test_a_network_with_one_head_has_the_masked_loss_of_that_head(model: torch.nn.Module) -> None:
    batch = a_batch([[1, 0, 1]])
    raw = as_floats(model(torch.full((1, 3, 64, 64), 0.5)))
    alone = network.build(KINDS, heads="one_to_many").train()
    loss = loss_of(alone)
    assert isinstance(loss, OneToManyLoss)
    ours, _ = loss(raw["one2many"], batch)
    assert torch.equal(ours, MaskedLoss(model).one2many.loss(raw["one2many"], batch)[0])
    loss.advance(1.0)
    assert torch.equal(loss(raw["one2many"], batch)[0], ours)
