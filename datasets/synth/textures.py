"""Named textures as files in the cache, drawn when first needed."""

import os
from collections.abc import Iterable
from pathlib import Path

import cv2
from PIL import Image

from datasets.synth.prints import draw_print
from datasets.synth.surfaces import SURFACES, draw_surface

EDITION = "2"  # raise it when a drawing changes, so that no cache serves the old one


def texture_file(name: str, folder: Path) -> Path:
    """Where a texture lies; a surface has its height map beside it, ending in `.height.jpg`."""
    return folder / (name.replace("/", "_") + (".jpg" if name in SURFACES else ".png"))


def bake(names: Iterable[str], folder: Path) -> dict[str, str]:
    """Draw what is missing; answers the file of each name."""
    folder = folder / EDITION
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: texture_file(name, folder) for name in sorted(set(names))}
    for name, file in files.items():
        if not file.exists():
            _draw(name, file)
    return {name: str(file) for name, file in files.items()}


def _half(file: Path) -> Path:
    """A name of this process alone to write to first: two renderers may draw the same texture at once."""
    return file.with_suffix(f".{os.getpid()}.part{file.suffix}")


def _draw(name: str, file: Path) -> None:
    if name not in SURFACES:
        half = _half(file)
        draw_print(name).save(half)
        half.replace(file)
        return
    colour, height = draw_surface(name)
    bump = file.with_suffix(".height.jpg")
    cv2.imwrite(str(_half(bump)), height, [cv2.IMWRITE_JPEG_QUALITY, 92])
    _half(bump).replace(bump)
    half = _half(file)
    cv2.imwrite(str(half), colour, [cv2.IMWRITE_JPEG_QUALITY, 93])
    Image.open(half).verify()
    half.replace(file)
