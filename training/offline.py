"""Keeps ultralytics quiet and off the network; call `prepare` before anything imports it."""

import os
import shutil
import sysconfig
from pathlib import Path

FONTS = ("Arial.ttf", "Arial.Unicode.ttf")
QUIET = {"CI": "true", "YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "YOLO_VERBOSE": "false"}


def prepare(cache: Path) -> None:
    """Point ultralytics at a settings folder in the cache that already has the fonts it would download."""
    folder = cache / "ultralytics"
    (folder / "Ultralytics").mkdir(parents=True, exist_ok=True)
    os.environ.update(QUIET, YOLO_CONFIG_DIR=str(folder))
    font = _font()
    for name in FONTS:
        target = folder / "Ultralytics" / name
        if font is not None and not target.exists():
            shutil.copyfile(font, target)


def _font() -> Path | None:
    """Any TrueType font that an installed package brings; matplotlib's is always there beside ultralytics."""
    packages = Path(sysconfig.get_path("purelib"))
    return next(iter(sorted(packages.glob("matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf"))), None)
