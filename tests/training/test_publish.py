"""A card that is published from real folders tells sizes, thresholds, sources and what its test said."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from detector.weights import open_card
from tests.datasets.build import KINDS, a_folder, a_sample
from tests.training.build import a_recipe
from training import card as cards
from training import network, publish
from training.errors import WeightsUnreadable
from training.run import open_run


def test_a_published_card_tells_what_was_tried_trained_and_measured(tmp_path: Path) -> None:
    samples = [a_sample(number) for number in range(10)] + [a_sample(50 + n, role="test") for n in range(3)]
    a_folder(tmp_path / "data/yard", samples)
    recipe = a_recipe(data="data/yard", hold_out=0.3, keep_px=64)
    run = open_run(recipe, tmp_path / "cache")
    network.save(network.build(KINDS, heads="one_to_many"), run.weights)
    sources = [{"folder": "data/yard", "part": "real", "manifest_sha256": "0" * 64, "pictures": 7}]
    facts = {"kinds": KINDS, "recipe_sha256": recipe.sha256, "manifest_sha256": "0" * 64, "groups": ["yard_1"]}
    run.facts.write_text(json.dumps({**facts, "sources": sources}), encoding="utf-8")
    order = publish.Order(tmp_path / "weights", "0.0.1", [64, 96], "for a test")
    path, log = publish.publish(recipe, run, tmp_path, order)
    said, card = cards.read(path), open_card(path)
    assert [one["side"] for one in said["inputs"]] == [64, 96] == [one["side"] for one in log["inputs"]]
    assert all(one["cpu_ms"] > 0 for one in said["inputs"])
    assert max(card.input) == 64
    assert said["sources"] == sources
    assert (said["measured"]["pictures"], said["metrics"]["litter"]["boxes"]) == (3, 3)
    assert said["measured"]["data"] == "$STREETWARDEN_SHARED/data/yard"
    assert set(card.thresholds) == set(KINDS)
    looks = sorted((run.folder / "looks").glob("*.jsonl"))
    assert len(looks) == 3
    written = [one.stat().st_mtime_ns for one in looks]
    publish.publish(recipe, run, tmp_path, order)
    assert [one.stat().st_mtime_ns for one in sorted((run.folder / "looks").glob("*.jsonl"))] == written
    assert cards.read(path) == said


def test_what_is_published_may_keep_a_share_of_its_start(tmp_path: Path) -> None:
    first, last, mixed = (tmp_path / f"{name}.safetensors" for name in ("first", "last", "mixed"))
    for seed, path in enumerate((first, last)):
        torch.manual_seed(seed)
        network.save(network.build(KINDS, heads="one_to_many"), path)
    network.between(first, last, 0.25, mixed)
    tensors = [load_file(path) for path in (first, last, mixed)]
    name = next(name for name, value in tensors[0].items() if not torch.equal(value, tensors[1][name]))
    expected = 0.25 * tensors[0][name] + 0.75 * tensors[1][name]
    assert torch.allclose(tensors[2][name], expected, atol=1e-6)
    assert network.load(mixed)


@pytest.mark.parametrize(("kinds", "share"), [(KINDS[:2], 0.5), (KINDS, 1.0), (KINDS, -0.1)])
def test_weights_that_do_not_fit_are_not_mixed(tmp_path: Path, kinds: tuple[str, ...], share: float) -> None:
    first, last = tmp_path / "first.safetensors", tmp_path / "last.safetensors"
    network.save(network.build(kinds, heads="one_to_many"), first)
    network.save(network.build(KINDS, heads="one_to_many"), last)
    with pytest.raises(WeightsUnreadable):
        network.between(first, last, share, tmp_path / "mixed.safetensors")
    assert not (tmp_path / "mixed.safetensors").exists()
