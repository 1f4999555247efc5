"""F13: small ads in large photos: what a second look at a few chosen places finds of what a look at every tile finds.

The labelled photographs are 960 pixels long at most, so that the large ones are composed of them: a photograph without
ads, enlarged to twelve megapixels, and in it two at their own size, one with ads and one without. What is small is a
real photograph of real ads with its own labels; where it stands is made.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from benchmarks.accuracy import SHARED
from benchmarks.figures import Figure, Reference
from benchmarks.per_photo import here
from benchmarks.posting import CARD
from datasets.formats import manifest as manifests
from datasets.records import Manifest, Sample
from detector.images import LOOKING_SIDE, encode_jpeg, open_file, open_photo
from detector.model import Model, open_model
from detector.tiles import LOOKING_CLOSER_SIDE, Tiled, merged, open_tiled
from detector.types import Detections, Image, Xyxy
from detector.weights import open_card
from training.average_precision import Seen, rank

KIND: Final = "paper_ad"
SCENE_PX: Final = (3024, 4032)
TILE, STEP = 960, 768
FROM_SCORE: Final = 0.02
GAIN, COST = 0.8, 1.5
COMMAND: Final = "make bench ONLY=F13"
ROUNDS: Final = 5
SCENES: Final = int(os.environ.get("STREETWARDEN_BENCH_SCENES", "38"))

Look = Callable[[bytes], Detections]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A large photo's file, and where its ads are, `(N, 4)` in its pixels."""

    data: bytes
    ads: Xyxy


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What one way of looking found on every photo, and the processor's seconds for all of them."""

    found: Sequence[Seen]
    spent_s: float


def measure() -> list[Figure]:
    """Gain and cost of looking at chosen places and at all tiles, against one look at the whole photo."""
    root = SHARED / "data" / "street"
    if not (root / "manifest.csv").is_file():
        reason = "needs the labelled pictures of the shared folder"
        return [
            Figure("F13", "small ads in large photos", None, "of the gain", GAIN, [], COMMAND, "at_least", note=reason)
        ]
    engine = list(here())[-1]
    opening = partial(open_model, open_card(CARD), engine=engine)
    tiled = open_tiled(opening)
    scenes = list(compose(manifests.read(root).role("test"), root, SCENES))
    sides = {"once": looking_once(tiled.model), "chosen": looking_closer(tiled)}
    orders = [list(sides)[:: (1, -1)[turn % 2]] for turn in range(ROUNDS)]
    rounds = [{side: looked(sides[side], scenes) for side in order} for order in orders]
    rounds[0]["all"] = looked(looking_at_all(tiled.model), scenes)
    ap50 = {side: float(rank(one.found).average_precision()[0]) for side, one in rounds[0].items()}
    spent = [{side: one.spent_s / len(scenes) for side, one in told.items()} for told in rounds]
    return figures(ap50, spent, engine, len(scenes))


def looked(look: Look, scenes: Sequence[Scene]) -> Looked:
    """All photos one after another: one way of looking at a time, as a service has one."""
    begun = time.process_time()
    found = [look(scene.data) for scene in scenes]
    spent_s = time.process_time() - begun
    return Looked([_ads(seen, scene.ads) for seen, scene in zip(found, scenes, strict=True)], spent_s)


def figures(ap50: dict[str, float], spent: Sequence[dict[str, float]], engine: str, photos: int) -> list[Figure]:
    """The share of the gain, and the cost as a multiple of one look; `spent`: seconds a photo by side, a round each."""
    rounds = [{f"{side}_ms": round(1000 * seconds, 1) for side, seconds in told.items()} for told in spent]
    cost = {
        side: statistics.median(told[side] / told["once"] for told in spent if side in told)
        for side in ("chosen", "all")
    }
    share = (ap50["chosen"] - ap50["once"]) / max(ap50["all"] - ap50["once"], 1e-9)
    note = (
        f"AP50 of {KIND}: {ap50['once']:.3f} by one look, {ap50['chosen']:.3f} by chosen places, {ap50['all']:.3f} by "
        f"all tiles at {cost['all']:.1f} times the cost; {photos} composed photos of 12 megapixels, by {engine}"
    )
    every = Reference("a look at every tile", "detector.model", round(ap50["all"] - ap50["once"], 4))
    return [
        Figure("F13", "small ads in large photos: share of the gain of looking at every tile", round(share, 3),
               "of the gain", GAIN, rounds, COMMAND, "at_least", every, note),
        Figure("F13-cost", "the same: cost from bytes to boxes, by one look", round(cost["chosen"], 2), "times", COST,
               rounds, COMMAND),
    ]  # fmt: skip


def looking_once(model: Model) -> Look:
    """As a photo is looked at ordinarily."""

    def look(data: bytes) -> Detections:
        photo = open_photo(data, longest_side=LOOKING_SIDE)
        return model.detect([photo.image], min_score=FROM_SCORE)[0].on_original(photo.scale, photo.width, photo.height)

    return look


def looking_closer(tiled: Tiled) -> Look:
    """As the service does where it is told to look closer."""

    def look(data: bytes) -> Detections:
        photo = open_photo(data, longest_side=LOOKING_CLOSER_SIDE)
        return tiled.detect([photo.image], min_score=FROM_SCORE)[0].on_original(photo.scale, photo.width, photo.height)

    return look


def looking_at_all(model: Model) -> Look:
    """The whole, and every tile at the size that training photographs have."""

    def look(data: bytes) -> Detections:
        image = open_photo(data, longest_side=max(SCENE_PX)).image
        found = [model.detect([image], min_score=FROM_SCORE)[0]]
        for left, top in _tiles(image.shape[1], image.shape[0]):
            (one,) = model.detect([image[top : top + TILE, left : left + TILE]], min_score=FROM_SCORE)
            moved = one.xyxy + np.array([left, top, left, top], np.float32)
            found.append(Detections(moved, one.scores, one.kinds, one.conditions))
        return merged(found)

    return look


def _tiles(width: int, height: int) -> Iterator[tuple[int, int]]:
    """Corners of tiles that overlap by a fifth and end at the edges."""
    for top in sorted({min(y, height - TILE) for y in range(0, height - TILE + STEP, STEP)}):
        for left in sorted({min(x, width - TILE) for x in range(0, width - TILE + STEP, STEP)}):
            yield left, top


def compose(test: Manifest, root: Path, count: int) -> Iterator[Scene]:
    """Photos of twelve megapixels, each with one photograph of ads and one without at their own size in it."""
    known = [one for one in test.samples if KIND in one.labelled and one.height > one.width]
    ads, clean = ([one for one in known if bool(one.count(KIND)) is wanted] for wanted in (True, False))
    dice = np.random.default_rng(13)
    for number in range(count):
        one, other, behind = ads[number % len(ads)], *(clean[i] for i in dice.choice(len(clean), 2, replace=False))
        yield _scene(one, [_open(root, sample) for sample in (one, other, behind)], dice)


def _open(root: Path, sample: Sample) -> Image:
    return open_file(root / sample.file).image


def _scene(sample: Sample, images: Sequence[Image], dice: np.random.Generator) -> Scene:
    with_ads, without, behind = images
    canvas = cv2.resize(behind, SCENE_PX, interpolation=cv2.INTER_CUBIC)
    places = dice.permutation(12)[:2]
    corners = [_free(int(place), image, dice) for place, image in zip(places, (with_ads, without), strict=True)]
    for (left, top), image in zip(corners, (with_ads, without), strict=True):
        canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
    height, width = with_ads.shape[:2]
    rows = [
        [
            (one.x - one.w / 2) * width,
            (one.y - one.h / 2) * height,
            (one.x + one.w / 2) * width,
            (one.y + one.h / 2) * height,
        ]
        for one in sample.labels
        if one.kind == KIND
    ]
    there = np.array(rows, np.float32).reshape(-1, 4) + np.array([*corners[0], *corners[0]], np.float32)
    return Scene(encode_jpeg(np.asarray(canvas, np.uint8), 88), there)


def _free(place: int, image: Image, dice: np.random.Generator) -> tuple[int, int]:
    """Somewhere in one of three by four fields, left and top."""
    row, column = divmod(place, 3)
    field_w, field_h = SCENE_PX[0] // 3, SCENE_PX[1] // 4
    room_w, room_h = max(1, field_w - image.shape[1]), max(1, field_h - image.shape[0])
    return column * field_w + int(dice.integers(room_w)), row * field_h + int(dice.integers(room_h))


def _ads(found: Detections, there: Xyxy) -> Seen:
    chosen: Any = np.array([kind == KIND for kind in found.kinds], bool)
    return Seen(found.xyxy[chosen], found.scores[chosen], there)
