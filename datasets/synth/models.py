"""Borrowed models: Debian's `sweethome3d-furniture`, unpacked once into the cache with sizes and credits.

CC BY 3.0 (Scopia, Kator Legaz) and CC0 (BlendSwap); the creator of each stands in the catalogue and in `models.json`.
"""

import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

FURNITURE = Path("/usr/share/sweethome3d/furniture")
_LICENCES = {"BlendSwap-CC-0": "CC0-1.0"}


def unpack(names: Iterable[str], folder: Path) -> dict[str, dict[str, object]]:
    """The model file, size in metres (x, y, z), rotation and credit of each name such as `Scopia/135`.

    Raises:
        FileNotFoundError: the Debian package is missing.
        KeyError: the catalogue has no such model.
    """
    found: dict[str, dict[str, object]] = {}
    wanted: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        library, number = name.split("/")
        wanted.setdefault(library, []).append(number)
    for library, numbers in wanted.items():
        with zipfile.ZipFile(FURNITURE / f"{library}.sh3f") as archive:
            for number in numbers:
                found[f"{library}/{number}"] = _unpack_one(archive, library, number, folder)
    return found


def _unpack_one(archive: zipfile.ZipFile, library: str, number: str, folder: Path) -> dict[str, object]:
    text = archive.read("PluginFurnitureCatalog.properties").decode("latin1")
    facts = dict(re.findall(rf"^(\w+)#{number}\s*=\s*(.*?)\s*$", text, re.M))
    model = facts["model"].lstrip("/")
    home = folder / library
    file = home / model
    if not file.exists():
        for member in archive.namelist():
            if member.startswith(str(Path(model).parent) + "/"):
                archive.extract(member, home)
    size = [float(facts[side]) / 100 for side in ("width", "depth", "height")]
    rotation = [float(v) for v in facts.get("modelRotation", "").split()]
    return {
        "file": str(file),
        "size": size,
        "rotation": rotation,
        "creator": facts.get("creator", library),
        "licence": _LICENCES.get(library, "CC-BY-3.0"),
    }


def write_catalogue(models: dict[str, dict[str, object]], file: Path) -> None:
    """Keep the credits beside the plates."""
    file.write_text(json.dumps(models, indent=1, ensure_ascii=False, sort_keys=True), encoding="utf-8")
