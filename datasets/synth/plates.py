"""Scenes become plates: textures and models are laid out, then Blender's own process renders what is missing."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from datasets.synth.drawing import FONTS
from datasets.synth.models import FURNITURE, unpack, write_catalogue
from datasets.synth.scene import Model, Scene
from datasets.synth.textures import bake

SCRIPT = Path(__file__).with_name("render_scene.py")
Border: TypeAlias = tuple[float, float, float, float]

BATCH = 50  # Blender's memory creeps: a fresh process after so many scenes


@dataclass(frozen=True, slots=True)
class Quality:
    """How a plate is rendered: pixels, samples a pixel, threads."""

    width: int = 1920
    height: int = 1080
    samples: int = 10
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Plate:
    """The passes of one rendered scene: `rgb` (H, W, 3) linear, `depth` (H, W) metres, `index` (H, W) thing ids."""

    rgb: NDArray[np.float32]
    depth: NDArray[np.float32]
    index: NDArray[np.uint16]


class RendererMissing(RuntimeError):
    """Blender, the models or the fonts are not there; the message says how to get them."""


def cache_folder() -> Path:
    """Where renders, textures and Blender's venv live."""
    root = os.environ.get("STREETWARDEN_CACHE", "")
    return Path(root) if root else Path.home() / ".cache" / "streetwarden"


def blender_python() -> Path:
    """The interpreter that has bpy.

    Raises:
        RendererMissing: its venv is not there.
    """
    python = cache_folder() / "bpy-venv" / "bin" / "python"
    if not python.exists():
        raise RendererMissing(
            f"no {python}; make it with: python3.11 -m venv {python.parents[1]} && "
            f"{python.parent}/pip install 'bpy==5.0.1' 'numpy<2' OpenEXR"
        )
    return python


def require_packages(furniture: Path = FURNITURE) -> None:
    """Check that the borrowed models and the Chinese fonts are installed.

    Raises:
        RendererMissing: a Debian package is not.
    """
    if not (furniture.is_dir() and all(font.exists() for font in FONTS)):
        raise RendererMissing("install the models and fonts: apt-get install -y sweethome3d-furniture fonts-noto-cjk")


def render(
    scenes: Mapping[str, Scene],
    folder: Path,
    quality: Quality,
    tell: Callable[[dict[str, object]], None] = lambda _line: None,
    borders: Mapping[str, Border] | None = None,
) -> list[Path]:
    """Render each named scene whose plate is missing in `folder`; answers all plates in order.

    A plate is kept as long as its scene is the same, whatever quality is asked for. One whose scene has changed, as
    when the grammar did, is moved to `folder/older` with its scene: nothing that was rendered is thrown away.

    Args:
        tell: gets one line of facts a rendered scene.
        borders: renders of the named scenes only this part of the picture; the rest stays black.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    for name, scene in scenes.items():
        file = folder / f"{name}.json"
        text = json.dumps(scene.to_json(), ensure_ascii=False)
        plate = folder / f"{name}.npz"
        if plate.exists() and file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        if plate.exists() and f"{name}-after" not in scenes:  # a twin of the older street proves nothing for this one
            _set_aside(folder / f"{name}-after.npz", folder / f"{name}-after.json")
        _set_aside(plate, file)
        file.write_text(text, encoding="utf-8")
        missing.append(name)
    if missing:
        blender_python()
        require_packages()
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        job = _job({n: scenes[n] for n in batch}, folder, quality)
        _run(job | {"borders": dict(borders or {})}, folder, tell)
    return [folder / f"{name}.npz" for name in scenes]


def _set_aside(plate: Path, scene: Path) -> None:
    """Keep the plate of another grammar under a name that tells its scene; one without a scene is an `.orphan`."""
    if not plate.exists():
        return
    older = plate.parent / "older"
    older.mkdir(exist_ok=True)
    if not scene.exists():
        plate.replace(older / f"{plate.stem}.orphan")
        return
    text = scene.read_bytes()
    name = f"{plate.stem}-{hashlib.sha256(text).hexdigest()[:8]}"
    (older / f"{name}.json").write_bytes(text)
    plate.replace(older / f"{name}.npz")


def finished(folder: Path) -> list[Path]:
    """The plates of a folder by name, without those that a renderer is still writing or was cut off at."""
    return sorted(file for file in folder.glob("*.npz") if not file.name.endswith(".part.npz"))


def open_plate(file: Path) -> Plate:
    """Read a plate back."""
    with np.load(file) as passes:
        return Plate(passes["rgb"].astype(np.float32), passes["depth"].astype(np.float32), passes["index"])


def _job(scenes: Mapping[str, Scene], folder: Path, quality: Quality) -> dict[str, object]:
    pictures, models = set(), set()
    for scene in scenes.values():
        for solid in scene.solids:
            if isinstance(solid, Model):
                models.add(solid.name)
            elif solid.material.picture:
                pictures.add(solid.material.picture)
    home = cache_folder() / "synth"
    borrowed = unpack(models, home / "models")
    write_catalogue(borrowed, folder / "models.credits.json")
    return {
        "scenes": [str(folder / f"{name}.json") for name in scenes],
        "textures": bake(pictures, home / "textures"),
        "models": borrowed,
        "out": str(folder),
        "size": [quality.width, quality.height],
        "samples": quality.samples,
        "threads": quality.threads,
    }


def _run(job: dict[str, object], folder: Path, tell: Callable[[dict[str, object]], None]) -> None:
    file = folder / f"job-{os.getpid()}.tmp"
    file.write_text(json.dumps(job), encoding="utf-8")
    with (folder / "blender.log").open("ab") as log:
        process = subprocess.Popen(
            [str(blender_python()), str(SCRIPT), str(file)], stdout=subprocess.PIPE, stderr=log, text=True
        )
        with process:
            for line in process.stdout or ():
                tell(json.loads(line))
    file.unlink(missing_ok=True)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "render_scene.py")
