"""Rendered scenes as a data folder: pictures, labels and a manifest, the same for the same seed.

A picture with a thing that is mostly hidden or too small to see is left out.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from datasets.formats import manifest
from datasets.records import Label, Origin, Sample
from datasets.synth.grammar import grow
from datasets.synth.plates import Quality, open_plate, render
from datasets.synth.scene import Scene, reach
from datasets.synth.shots import Shot, Taken, shoot
from datasets.synth.tidy import tidied

KINDS = ("paper_ad", "spray_mark", "out_of_store", "litter", "overflowing_bin", "flying_wire", "closed_bin")
SET = "synth"
LICENCE = "CC-BY-3.0"
CREDIT = "Streetwarden's renderer; models by Scopia and Kator Legaz (CC BY 3.0), see models.credits.json"

_LEAST_SHOWN = 0.25
_LIGHTS = ("day", "day", "day", "dusk", "rain", "night")


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: `scenes` seeds from `seed` on, `shots` pictures of each, and of its tidy twin if `twins`."""

    scenes: int = 10
    seed: int = 0
    kind: str = "mix"
    shots: int = 2
    twins: bool = True


def scenes_of(order: Order) -> dict[str, Scene]:
    """Every scene by the name of its plate; the twin is the same street with the work done."""
    scenes = {}
    for seed in range(order.seed, order.seed + order.scenes):
        scene = grow(seed, order.kind)
        scenes[f"{scene.kind}-{seed}"] = scene
        twin = tidied(scene)
        if order.twins and twin.things != scene.things:
            scenes[f"{scene.kind}-{seed}-after"] = twin
    return scenes


def make(order: Order, out: Path, quality: Quality, tell: Callable[[Mapping[str, object]], None]) -> int:
    """Render what is missing and write the data folder; answers how many pictures it holds.

    Args:
        tell: gets one line of facts a rendered scene.
    """
    scenes = scenes_of(order)
    plates = render(scenes, out / "plates", quality, tell)
    samples = []
    for (name, scene), file in zip(scenes.items(), plates, strict=True):
        plate = open_plate(file)
        for number in range(order.shots):
            taken = shoot(plate, scene, a_shot(Random(f"{name}/{number}"), (quality.width, quality.height)))
            if shows_all(scene, taken.labels):
                samples.append(_keep(out, f"{name}-{number}", taken, (quality.width, quality.height)))
    manifest.write(out, KINDS, samples)
    return len(samples)


def a_shot(rng: Random, size: tuple[int, int]) -> Shot:
    """A way to photograph a plate: light, exposure, warmth, softness, noise and JPEG quality at random."""
    return Shot(
        size=size,
        light=rng.choice(_LIGHTS),
        exposure=rng.uniform(0.8, 1.2),
        warmth=rng.uniform(0.94, 1.07),
        blur_px=rng.uniform(0.4, 1.0),
        noise=rng.uniform(0.004, 0.018),
        quality=rng.randint(60, 92),
        seed=rng.getrandbits(31),
    )


def shows_all(scene: Scene, labels: tuple[Label, ...]) -> bool:
    """Whether each thing of a scene has a label that covers at least a quarter of what it would fill unhidden."""
    left = list(labels)
    for thing in scene.things:
        whole = reach(scene, thing.id, 1000, 1000)
        label = next((label for label in left if label.kind == thing.kind), None)
        if whole is None or label is None:
            return False
        left.remove(label)
        if label.w * label.h * 1e6 < _LEAST_SHOWN * (whole[2] - whole[0]) * (whole[3] - whole[1]):
            return False
    return True


def _keep(out: Path, name: str, taken: Taken, size: tuple[int, int]) -> Sample:
    file = f"images/{SET}/{name}.jpg"
    (out / file).parent.mkdir(parents=True, exist_ok=True)
    (out / file).write_bytes(taken.jpeg)
    return Sample(
        file=file,
        source=SET,
        role="train",
        group=f"{SET}/{'-'.join(name.split('-')[:2])}",
        width=size[0],
        height=size[1],
        licence=LICENCE,
        credit=CREDIT,
        origin=Origin("", "", ""),
        sha256=hashlib.sha256(taken.jpeg).hexdigest(),
        labelled=frozenset(KINDS),
        labels=taken.labels,
        note="rendered",
    )
