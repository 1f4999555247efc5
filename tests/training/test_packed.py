"""A recipe's pictures travel as small files, and come out as they went in but for what AVIF takes away."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.build import a_picture, a_recipe
from training import packed
from training.errors import SourceMissing
from training.material import Material, draw
from training.pictures import Picture

RECIPE = a_recipe(makers=2)


@pytest.fixture
def found() -> Material:
    """Drawn pictures, one of them heavier, rendered and with something thin."""
    drawn = draw(count=5, size_px=96, seed=3)
    heavy = replace(drawn.pictures[0], part="rendered", weight=2.5, thin=(5,))
    bare = replace(a_picture(()), labelled=drawn.pictures[0].labelled)
    return replace(drawn, pictures=[heavy, *drawn.pictures[1:], bare], sources=[{"folder": "drawn", "pictures": 6}])


def write(found: Material, folder: Path, part_bytes: int = 1 << 20) -> list[Path]:
    return packed.write(found, RECIPE, folder, quality=80, part_bytes=part_bytes, makers=2)


def without_pixels(one: Picture) -> list[object]:
    return [one.boxes.tolist(), one.kinds.tolist(), one.labelled.tolist(), one.part, one.weight, one.thin]


def test_what_is_packed_comes_out_again_in_order(found: Material, tmp_path: Path) -> None:
    write(found, tmp_path)
    out = packed.read(tmp_path, RECIPE)
    assert [without_pixels(one) for one in out.pictures] == [without_pixels(one) for one in found.pictures]
    assert out.facts(RECIPE) == found.facts(RECIPE)


def test_pixels_differ_by_no_more_than_a_coded_picture_does(found: Material, tmp_path: Path) -> None:
    write(found, tmp_path)
    pairs = zip(packed.read(tmp_path, RECIPE).pictures, found.pictures, strict=True)
    assert all(np.abs(a.pixels.astype(int) - b.pixels).mean() < 4 for a, b in pairs)


def test_parts_are_closed_when_they_have_grown_and_older_ones_go(found: Material, tmp_path: Path) -> None:
    assert len(write(found, tmp_path, part_bytes=1)) == 6
    assert len(write(found, tmp_path)) == len(list(tmp_path.glob("*.zip"))) == 1


def test_a_missing_part_is_told(found: Material, tmp_path: Path) -> None:
    write(found, tmp_path, part_bytes=1)[3].unlink()
    with pytest.raises(SourceMissing, match="a part is missing"):
        packed.read(tmp_path, RECIPE)


def test_a_pack_of_other_data_is_refused_and_one_of_another_length_of_training_is_not(
    found: Material, tmp_path: Path
) -> None:
    write(found, tmp_path)
    assert packed.read(tmp_path, replace(RECIPE, epochs=9)).pictures
    with pytest.raises(SourceMissing):
        packed.read(tmp_path, replace(RECIPE, masked=False))
    with pytest.raises(SourceMissing, match="no pictures"):
        packed.read(tmp_path / "elsewhere", RECIPE)
