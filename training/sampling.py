"""How often each picture is drawn: by part (real, rendered, composed), by its rarest kind, by its weight."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.errors import RecipeBroken
from training.pictures import Floats, Picture
from training.recipe import Recipe


def rates(pictures: Sequence[Picture], recipe: Recipe) -> Floats:
    """Times that an epoch draws each picture, `(P,)`; together `epoch_pictures`.

    Every part gets its share of the epoch, whatever the number of its pictures. Inside a part a picture is drawn in
    proportion to the repeat factor of its rarest kind times its weight.

    Raises:
        RecipeBroken: a part has a share of the epoch and no pictures.
    """
    often = np.zeros(len(pictures), np.float32)
    for part, share in recipe.shares.items():
        inside = [index for index, picture in enumerate(pictures) if picture.part == part]
        if share > 0 and not inside:
            raise RecipeBroken(part=part, share=share, why="no pictures of this part; name their folder in `also`")
        if share > 0:
            members = [pictures[index] for index in inside]
            pull = repeats(members, recipe.rare_share) * np.array([one.weight for one in members], np.float32)
            often[inside] = share * recipe.epoch_pictures * pull / pull.sum()
    return often


def repeats(pictures: Sequence[Picture], rare_share: float) -> Floats:
    """How much oftener each picture is drawn for the kinds that are on it, `(P,)`, at least 1.

    Repeat-factor sampling of LVIS (Gupta and others 2019): a picture counts for its rarest kind.
    """
    nc = len(pictures[0].labelled)
    has = np.array([np.bincount(p.kinds, minlength=nc) > 0 for p in pictures], np.float32)  # (P, nc)
    part = has.mean(0).clip(1e-9)  # (nc,)
    factor = np.sqrt(rare_share / part).clip(1.0)
    often: Floats = np.maximum(has * factor, 1.0).max(1).astype(np.float32)
    return often


def draw(often: Floats, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Shuffled indices, `(count,)`: each occurs floor or ceil of its share of the count, and the sum is exact.

    Systematic sampling: equal steps, from a random start, along the rates laid end to end.

    >>> sorted(draw(np.float32([2, 1, 0, 1]), 4, np.random.default_rng(0)).tolist())
    [0, 0, 1, 3]
    """
    places = rng.permutation(len(often))
    ends = often[places].astype(np.float64).cumsum()  # (P,)
    steps = (np.arange(count) + rng.random()) * (ends[-1] / count)
    drawn = places[np.searchsorted(ends, steps, side="right").clip(0, len(ends) - 1)]
    return np.asarray(rng.permutation(drawn), np.int64)
