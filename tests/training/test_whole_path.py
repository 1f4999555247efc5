"""From drawn pictures to a card that the detector runs: train, resume, export, reload, refer."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from detector.boxes import keep_best
from detector.model import open_model
from detector.weights import open_card
from tests.training.build import ROOT, a_recipe
from training import card as cards
from training import export, material, network, publish
from training import train as training
from training.errors import ParityBroken, WeightsUnreadable
from training.feed import Feed
from training.loss import MaskedLoss
from training.material import Material
from training.pictures import decode
from training.recipe import Recipe
from training.run import Run, open_run

SURE, WIDE = 3.0, 2.0


@dataclass(frozen=True)
class Trained:
    recipe: Recipe
    run: Run
    found: Material
    card: Path
    folder: Path


def few(recipe: Recipe) -> Material:
    return material.draw(count=8, size_px=recipe.keep_px, seed=recipe.seed)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("trained")
    recipe = a_recipe(epochs=2, epoch_pictures=8, batch=4, sizes=(64,), keep_px=64, threads=1)
    run, found = open_run(recipe, folder), few(recipe)
    training.train(network.start(recipe, found.kinds, folder), found.pictures, recipe, run, resume=False)
    run.facts.write_text(json.dumps(found.facts(recipe)))
    _make_varied(run.weights)
    order = publish.Order(folder / "weights", "0.0.1", [64], "for a test")
    card, _ = publish.publish(recipe, run, folder, order)
    return Trained(recipe, run, found, card, folder / "weights")


def _make_varied(weights: Path) -> None:
    """Two steps teach nothing: a wider last layer gives scores and boxes that differ from place to place."""
    model, noise = network.load(weights), torch.Generator().manual_seed(3)
    for branch in model.model[-1].cv3:
        branch[-1].weight.data += torch.randn(branch[-1].weight.shape, generator=noise) * WIDE
        branch[-1].bias.data += SURE
    for branch in model.model[-1].cv2:
        branch[-1].weight.data += torch.randn(branch[-1].weight.shape, generator=noise)
    network.save(model, weights)


def a_noisy_picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (64, 64, 3), np.uint8)


def test_every_epoch_is_logged_and_leaves_weights_and_a_checkpoint(trained: Trained) -> None:
    lines = [json.loads(line) for line in (trained.run.folder / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2]
    assert trained.run.load() is not None


def test_a_cut_run_goes_on_to_exactly_the_weights_of_an_uncut_one(trained: Trained, tmp_path: Path) -> None:
    recipe, found, cut = trained.recipe, trained.found, open_run(trained.recipe, tmp_path)
    state = training.start(network.start(recipe, found.kinds, tmp_path), recipe)
    feed = Feed(found.pictures, recipe)
    training.one_epoch(state, feed, MaskedLoss(state.model), recipe, cut)
    training.train(network.start(recipe, found.kinds, tmp_path), found.pictures, recipe, cut, resume=True)
    whole, resumed = trained.run.load(), cut.load()
    assert whole is not None
    assert resumed is not None
    assert all(torch.equal(tensor, resumed["average"][name]) for name, tensor in whole["average"].items())


def test_the_card_opens_and_the_detector_runs_it(trained: Trained) -> None:
    card = open_card(trained.card)
    assert card.recipe_sha256 == trained.recipe.sha256
    assert card.kinds == trained.found.kinds
    found = open_model(card).detect([trained.found.pictures[0].pixels], min_score=0.001)
    assert len(found[0]) > 0


def test_the_card_knows_what_it_was_trained_on_and_notices_another_list(trained: Trained) -> None:
    card = open_card(trained.card)
    assert cards.groups_of(card, trained.card) == {"drawn"}
    listed = trained.folder / f"{card.name}.groups.txt"
    before = listed.read_text()
    listed.write_text("another\n")
    with pytest.raises(WeightsUnreadable):
        cards.groups_of(card, trained.card)
    listed.write_text(before)


def test_onnx_answers_as_torch_does_at_any_size_and_batch(trained: Trained) -> None:
    network_ = export.EndToEnd(network.load(trained.run.weights))
    path = trained.folder / f"{trained.recipe.name}.onnx"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    for height, width, batch in ((64, 64, 2), (96, 160, 1), (32, 256, 3)):
        images = rng.random((batch, 3, height, width), dtype=np.float32)
        got = session.run(None, {"images": images})[0]
        with torch.no_grad():
            wanted = network_(torch.from_numpy(images)).numpy()
        assert got.shape == wanted.shape == (batch, min(300, height * width * 21 // 1024), 6)
        assert got[:, :10, 4] == pytest.approx(wanted[:, :10, 4], abs=1e-3)


def test_the_shipped_onnx_answers_as_the_shipped_safetensors() -> None:
    card = open_card(ROOT / "weights/current.toml")
    pictures = sorted((ROOT / "service/demo/pictures").glob("*.jpg"))[:4]
    images = [publish.padded(decode(path, max(card.input))) for path in pictures]
    found = export.parity(network.load(card.file("safetensors")), card.file("onnxruntime"), images)
    assert found.boxes > 4


def test_another_network_than_the_exported_one_breaks_parity(trained: Trained) -> None:
    model = network.load(trained.run.weights)
    for branch in model.model[-1].cv3:
        branch[-1].bias.data += 0.1
    path = trained.folder / f"{trained.recipe.name}.onnx"
    with pytest.raises(ParityBroken):
        export.parity(model, path, [publish.padded(a_noisy_picture())])


def test_suppression_inside_the_network_is_the_greedy_one() -> None:
    torch.manual_seed(5)
    corners, sides = torch.rand(60, 2) * 40, torch.rand(60, 2) * 30 + 8
    boxes, scores = torch.cat([corners, corners + sides], 1), torch.rand(60).sort(descending=True)[0]
    kinds = torch.randint(0, 2, (60,)).float()
    rows = export.distinct(torch.cat([boxes, scores[:, None], kinds[:, None]], 1)[None])[0]
    kept = [keep_best(boxes[kinds == k].numpy(), scores[kinds == k].numpy(), export.OVERLAP) for k in (0, 1)]
    expected = torch.cat([scores[kinds == k][rows_kept] for k, rows_kept in enumerate(kept)]).sort(descending=True)[0]
    assert torch.equal(rows[rows[:, 4] > 0][:, 4], expected)
    assert len(expected) < 60


def test_only_the_one_to_many_head_is_exported(trained: Trained) -> None:
    model = network.load(trained.run.weights)
    for name in ("one2one_cv2", "one2one_cv3"):
        for parameter in getattr(model.model[-1], name).parameters():
            parameter.data.fill_(float("nan"))
    answer = export.EndToEnd(model)(torch.full((1, 3, 64, 64), 0.5))
    assert torch.isfinite(answer).all()


def test_safetensors_rebuild_the_same_network(trained: Trained) -> None:
    model = network.load(trained.folder / f"{trained.recipe.name}.safetensors")
    again = network.load(trained.run.weights)
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True))
    assert model.names == dict(enumerate(trained.found.kinds))


def test_a_file_that_is_no_weights_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"nothing")
    with pytest.raises(WeightsUnreadable):
        network.load(tmp_path / "a.safetensors")
    with pytest.raises(WeightsUnreadable):
        network.from_coco(tmp_path / "none.pt", ["litter"])


def test_ultralytics_predicts_with_the_same_weights(trained: Trained) -> None:
    from training.reference import ultralytics_model

    picture = a_noisy_picture()
    theirs = ultralytics_model(trained.card).predict(picture[..., ::-1], conf=0.01, imgsz=64, verbose=False)[0].boxes
    ours = open_model(open_card(trained.card)).detect([picture], min_score=0.01)[0]
    assert ours.scores[:20] == pytest.approx(theirs.conf.numpy()[:20], abs=1e-3)
    apart = np.abs(ours.xyxy[:20, None] - theirs.xyxy.numpy()[None]).max(2)  # (20, M)
    assert apart.min(1).max() < 0.1


@pytest.mark.needs_shared
def test_coco_weights_keep_all_but_the_last_layer(shared: Path) -> None:
    model = network.from_coco(shared / "weights/yolo26n_coco.pt", ["litter", "paper_ad"])
    head = model.model[-1]
    assert head.one2one_cv3[0][-1].weight.shape[0] == 2
    assert torch.equal(head.cv3[0][0][0].conv.weight, head.one2one_cv3[0][0][0].conv.weight)
    with torch.no_grad():
        answer = model.eval()(torch.rand(1, 3, 64, 64))[0]
    assert answer.shape == (1, 84, 6)
