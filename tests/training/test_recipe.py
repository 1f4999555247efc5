"""Recipes are flat, whole and hashed."""

from pathlib import Path

import pytest

from tests.training.build import RECIPES, ROOT, a_recipe
from training import recipe
from training.errors import RecipeBroken

TINY = (ROOT / "training/recipes/tiny.toml").read_text()


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_every_recipe_in_the_folder_reads(path: Path) -> None:
    assert recipe.read(path).name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("epochs = 6", "epoch = 2"),
        ("epochs = 6", ""),
        ("epochs = 6", "epochs = 0"),
        ("epochs = 6", 'epochs = "2"'),
        ("epochs = 6", "epochs = true"),
        ("sizes = [96, 128]", "sizes = [100]"),
        ("sizes = [96, 128]", "sizes = []"),
        ('precision = "fp32"', 'precision = "fp8"'),
        ('device = "cpu"', 'device = "tpu"'),
        ("also = []", 'also = ["somewhere/else"]'),
        ("also = []", "also = [1]"),
        ("rendered_share = 0.0\ncomposed_share = 0.0", "rendered_share = 0.6\ncomposed_share = 0.6"),
        ("epochs = 6", "epochs ="),
    ],
)
def test_an_unknown_missing_or_wrong_value_is_refused(old: str, new: str) -> None:
    assert old in TINY
    with pytest.raises(RecipeBroken):
        recipe.parse(TINY.replace(old, new))


def test_a_recipe_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeBroken):
        recipe.read(tmp_path / "none.toml")


def test_the_hash_follows_the_values_and_not_the_text() -> None:
    respaced = recipe.parse("# more words\n" + TINY.replace("epochs = 6", "epochs  =  6"))
    assert respaced.sha256 == recipe.parse(TINY).sha256
    assert a_recipe(epochs=3).sha256 != a_recipe().sha256


def test_every_value_says_what_it_is() -> None:
    assert all(item.metadata["says"] for item in recipe.Recipe.__dataclass_fields__.values())


def test_what_is_neither_rendered_nor_composed_is_real() -> None:
    shares = a_recipe(rendered_share=0.25, composed_share=0.15).shares
    assert shares == {"real": 0.6, "rendered": 0.25, "composed": 0.15}
