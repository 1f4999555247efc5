"""A run starts from our weights, from a checkpoint that cannot run anything, or from another architecture."""

import math
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.training.build import KINDS, ROOT, a_recipe
from training import checkpoint, network
from training.errors import RecipeBroken, WeightsUnreadable

SHIPPED = "weights/street-n.safetensors"
OURS = ("paper_ad", "spray_mark", "out_of_store", "litter", "overflowing_bin", "flying_wire", "closed_bin")


def start(kinds: tuple[str, ...] = OURS, **values: Any) -> Any:
    return network.start(a_recipe(start=str(ROOT / SHIPPED), **values), kinds, Path("nowhere"))


def test_a_start_from_our_weights_for_the_same_kinds_keeps_every_layer() -> None:
    model, shipped = start(), network.load(ROOT / SHIPPED)
    assert all(torch.equal(tensor, shipped.state_dict()[name]) for name, tensor in model.state_dict().items())


def test_a_start_for_other_kinds_keeps_all_but_the_last_layer() -> None:
    model, shipped = start(OURS[::-1]).state_dict(), network.load(ROOT / SHIPPED).state_dict()
    other = {name for name, tensor in model.items() if not torch.equal(tensor, shipped[name])}
    assert other
    assert all(".2." in name and "cv3" in name for name in other)


def test_fresh_kinds_get_new_rows_in_every_head_and_the_rest_stays() -> None:
    model, shipped = start(fresh=("flying_wire",)).state_dict(), network.load(ROOT / SHIPPED).state_dict()
    row, others = OURS.index("flying_wire"), [index for index, kind in enumerate(OURS) if kind != "flying_wire"]
    other = {name for name, tensor in model.items() if not torch.equal(tensor, shipped[name])}
    heads, scales, parts = ("cv3", "one2one_cv3"), range(3), ("weight", "bias")
    assert other == {f"model.23.{head}.{at}.2.{part}" for head in heads for at in scales for part in parts}
    assert all(torch.equal(model[name][others], shipped[name][others]) for name in other)
    for at, stride in enumerate((8, 16, 32)):
        assert model[f"model.23.cv3.{at}.2.bias"][row] == pytest.approx(math.log(5 / 7 / (640 / stride) ** 2))
        assert 0 < model[f"model.23.cv3.{at}.2.weight"][row].std() < 0.02


def test_fresh_rows_follow_the_seed() -> None:
    name = "model.23.cv3.0.2.weight"
    one, same, other = (start(fresh=("litter",), seed=seed).state_dict()[name] for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_only_the_trained_head_is_made_fresh_and_others_are_not_missed() -> None:
    model = start(fresh=("litter",), heads="one_to_many", architecture="yolo26n-p2.yaml").state_dict()
    assert model["model.29.cv3.0.2.bias"][OURS.index("litter")] == pytest.approx(math.log(5 / 7 / 160**2))


def test_a_fresh_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(RecipeBroken) as refused:
        start(fresh=("graffiti",))
    assert refused.value.code == "recipe.broken"


def test_without_the_one_to_one_head_the_rest_is_the_same_and_survives_a_save(tmp_path: Path) -> None:
    model = start(heads="one_to_many")
    assert not any("one2one" in name for name in model.state_dict())
    network.save(model, tmp_path / "w.safetensors")
    again: Any = network.load(tmp_path / "w.safetensors")
    assert again.state_dict().keys() == model.state_dict().keys()
    assert isinstance(again.train()(torch.rand(1, 3, 64, 64)), dict)
    assert "boxes" in again(torch.rand(1, 3, 64, 64))


def test_a_head_at_stride_4_starts_from_all_layers_that_it_shares() -> None:
    model, shipped = start(architecture="yolo26n-p2.yaml").state_dict(), network.load(ROOT / SHIPPED).state_dict()
    assert torch.equal(model["model.28.cv1.conv.weight"], shipped["model.22.cv1.conv.weight"])
    assert torch.equal(model["model.29.cv3.1.2.weight"], shipped["model.23.cv3.0.2.weight"])
    assert torch.equal(model["model.29.one2one_cv2.3.0.conv.weight"], shipped["model.23.one2one_cv2.2.0.conv.weight"])


def test_weights_of_another_size_are_refused() -> None:
    with pytest.raises(WeightsUnreadable) as refused:
        start(architecture="yolo26s.yaml")
    assert refused.value.code == "weights.unreadable"


def test_weights_that_are_nowhere_are_named() -> None:
    with pytest.raises(WeightsUnreadable):
        network.start(a_recipe(start="weights/none.pt"), KINDS, Path("nowhere"))


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_a_checkpoint_gives_its_tensors_and_nothing_in_it_runs(tmp_path: Path) -> None:
    net: Any = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)).half()
    net.yaml, net.trap = {"yaml_file": "yolo26n.yaml"}, Trap(tmp_path / "sprung")
    torch.save({"model": net, "ema": None, "trap": Trap(tmp_path / "sprung")}, tmp_path / "a.pt")
    read = checkpoint.read(tmp_path / "a.pt")
    assert not (tmp_path / "sprung").exists()
    assert read.architecture == "yolo26n.yaml"
    assert read.tensors.keys() == net.state_dict().keys()
    assert torch.equal(read.tensors["0.weight"], net[0].weight.float())
    assert read.tensors["1.num_batches_tracked"].dtype == torch.int64


@pytest.mark.parametrize("saved", [{"model": None}, [1, 2], {"model": {"a": 1}}])
def test_a_checkpoint_without_a_network_is_refused(tmp_path: Path, saved: object) -> None:
    torch.save(saved, tmp_path / "a.pt")
    with pytest.raises(WeightsUnreadable):
        checkpoint.read(tmp_path / "a.pt")


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x80\x02."])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(WeightsUnreadable):
        checkpoint.read(tmp_path / "a.pt")


def test_a_torchscript_archive_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        for name in ("data.pkl", "constants.pkl", "code/__torch__.py"):
            archive.writestr(f"a/{name}", b"")
    with pytest.raises(WeightsUnreadable, match="TorchScript"):
        checkpoint.read(tmp_path / "a.pt")


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["yolo26n", "yolo11n"])
def test_coco_weights_start_their_own_architecture(shared: Path, name: str) -> None:
    model = network.start(
        a_recipe(start=f"weights/{name}_coco.pt", architecture=f"{name}.yaml", heads="one_to_many"), KINDS, shared
    )
    whole = network.from_coco(shared / f"weights/{name}_coco.pt", KINDS).state_dict()
    same = [name for name, tensor in model.state_dict().items() if torch.equal(tensor, whole[name])]
    assert len(same) >= len(model.state_dict()) - 6
