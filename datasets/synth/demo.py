"""The demo city's pictures and the benchmark's: each named in a table, rendered as plates, photographed.

`service/demo/city.toml` lists the pictures of the city with the scene that each shows; the benchmark's twenty come from
the same plates in other light and other crops.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from datasets.synth.grammar import grow
from datasets.synth.plates import Plate, Quality, cache_folder, open_plate, render
from datasets.synth.scene import Scene
from datasets.synth.shots import Shot, shoot
from datasets.synth.tidy import tidied

CITY = Path("service/demo")
BENCH = Path("tests/data/bench")
PLATE = Quality(1280, 720, 4)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture of the demo city: its file, its plate's name, the scene on it and how it is photographed."""

    file: Path
    plate: str
    scene: Scene
    shot: Shot


def scene_of(text: str) -> Scene:
    """The scene that `kind/seed` names; `kind/seed/after` is the same street with the work done.

    >>> scene_of("heap/21").kind
    'heap'
    """
    kind, seed, *rest = text.split("/")
    scene = grow(int(seed), kind)
    return tidied(scene) if rest == ["after"] else scene


def wanted(table: Path = CITY / "city.toml") -> list[Wanted]:
    """What the city's table asks for, in its order."""
    rows = tomllib.loads(table.read_text(encoding="utf-8"))["pictures"]
    return [
        Wanted(
            table.parent / row["file"],
            row["scene"].replace("/", "-"),
            scene_of(row["scene"]),
            Shot(**row.get("shot", {})),
        )
        for row in rows
    ]


# Four ways to photograph a plate again for the benchmark: crop, light, exposure, warmth, noise, quality.
_AGAIN = (
    Shot(crop=(0.0, 0.0, 1.0, 1.0), exposure=1.1, warmth=1.04, noise=0.012, quality=84),
    Shot(crop=(0.04, 0.1, 0.86, 0.92), light="rain", warmth=0.97, noise=0.01, quality=84),
    Shot(crop=(0.1, 0.06, 0.94, 0.9), light="dusk", exposure=1.15, warmth=1.05, noise=0.014, quality=84),
    Shot(crop=(0.02, 0.04, 0.92, 0.94), exposure=0.85, warmth=0.95, blur_px=0.7, noise=0.013, quality=84),
)


def bench_shots(plates: list[str], count: int = 20) -> list[tuple[str, Shot]]:
    """Which plate is photographed how for each picture of the benchmark: every plate once before any twice."""
    shots = []
    for i in range(count):
        way = _AGAIN[(i + i // len(plates)) % len(_AGAIN)]
        shots.append((plates[i % len(plates)], replace(way, size=(1920, 1080), seed=i)))
    return shots


def make(tell: Callable[[str], None], threads: int = 2, quality: Quality = PLATE) -> None:
    """Render what is missing and write the city's pictures and the benchmark's."""
    rows = wanted()
    scenes: Mapping[str, Scene] = {row.plate: row.scene for row in rows}
    plates = dict(
        zip(scenes, render(scenes, plate_folder(), replace(quality, threads=threads), _line(tell)), strict=True)
    )
    for row in rows:
        _write(row.file, open_plate(plates[row.plate]), row.scene, row.shot)
        tell(str(row.file))
    for i, (name, shot) in enumerate(bench_shots(list(scenes))):
        file = BENCH / f"street-{i:02d}.jpg"
        _write(file, open_plate(plates[name]), scenes[name], shot)
        tell(str(file))


def plate_folder() -> Path:
    """Where the demo's plates are kept between runs."""
    return cache_folder() / "synth" / "demo"


def _line(tell: Callable[[str], None]) -> Callable[[Mapping[str, object]], None]:
    return lambda facts: tell(f"{Path(str(facts['plate'])).stem}: {facts['cpu_s']} CPU-s")


def _write(file: Path, plate: Plate, scene: Scene, shot: Shot) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(shoot(plate, scene, shot).jpeg)
