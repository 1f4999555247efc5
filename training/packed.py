"""The pictures of a recipe as a few small files, to be carried to a machine that has a GPU and not the data.

A part is a zip, stored, of AVIF pictures, each with a JSON page of what `Picture` says beside the pixels. The same
`facts.json` in every part says what the card of the weights has to tell, and how many pictures there are in all.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image
from tqdm import tqdm

from training.errors import SourceMissing
from training.material import Material
from training.pictures import Picture, Pixels
from training.recipe import Recipe

DECIDED: Final = ("data", "also", "weights", "pseudo", "hold_out", "masked", "keep_px")
"""The keys of a recipe that decide what is in a pack; the others may change after it was made."""
FACTS: Final = "facts.json"
SPEED: Final = 7
"""Of the AVIF encoder, 0..10: 0.1 s a picture, and a tenth larger than at 4."""

Made = tuple[bytes, bytes]
Numbered = tuple[int, Made]


def write(found: Material, recipe: Recipe, folder: Path, *, quality: int, part_bytes: int, makers: int) -> list[Path]:
    """Write the parts `pictures-0000.zip`, `pictures-0001.zip` ... and return their paths.

    Args:
        found: what the recipe is trained on.
        recipe: names the data and the longest side of the pictures.
        folder: is made; older parts in it are removed.
        quality: of AVIF, 1..100.
        part_bytes: a part is closed when it has grown to this.
        makers: processes that encode.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("pictures-*.zip"):
        old.unlink()
    facts = json.dumps({"pictures": len(found.pictures), "of": _decided(recipe), "material": _told(found)})
    parts: list[Path] = []
    with ProcessPoolExecutor(makers) as pool:
        jobs = pool.map(_encoded, found.pictures, [quality] * len(found.pictures), chunksize=16)
        made = enumerate(tqdm(jobs, total=len(found.pictures), desc="pack", disable=None))
        for part in _parted(made, part_bytes):
            parts.append(folder / f"pictures-{len(parts):04}.zip")
            with zipfile.ZipFile(parts[-1], "w") as archive:
                archive.writestr(FACTS, facts)
                for number, (page, picture) in part:
                    archive.writestr(f"{number:06}.json", page)
                    archive.writestr(f"{number:06}.avif", picture)
    return parts


def _parted(made: Iterable[Numbered], part_bytes: int) -> Iterator[list[Numbered]]:
    part: list[Numbered] = []
    size = 0
    for one in made:
        part.append(one)
        size += sum(map(len, one[1]))
        if size >= part_bytes:
            yield part
            part, size = [], 0
    if part:
        yield part


def read(folder: Path, recipe: Recipe) -> Material:
    """What `write` was given, with the pixels as AVIF kept them.

    Raises:
        SourceMissing: no parts, one of them is missing, or they were made for other data than the recipe's.
    """
    parts = sorted(folder.glob("pictures-*.zip"))
    if not parts:
        raise SourceMissing(folder=str(folder), why="no pictures-*.zip in this folder")
    with zipfile.ZipFile(parts[0]) as archive:
        facts = json.loads(archive.read(FACTS))
    if facts["of"] != _decided(recipe):
        raise SourceMissing(folder=str(folder), made_of=facts["of"], wanted=_decided(recipe))
    with ProcessPoolExecutor(recipe.makers) as pool:
        jobs = pool.map(_decoded, _stored(parts), chunksize=16)
        pictures = list(tqdm(jobs, total=facts["pictures"], desc="unpack", disable=None))
    if len(pictures) != facts["pictures"]:
        raise SourceMissing(folder=str(folder), why="a part is missing", found=len(pictures), of=facts["pictures"])
    said = facts["material"]
    return Material(
        tuple(said["kinds"]), pictures, said["manifest_sha256"], tuple(said["groups"]), tuple(said["sources"])
    )


def _decided(recipe: Recipe) -> Mapping[str, Any]:
    as_read: Mapping[str, Any] = json.loads(json.dumps({key: getattr(recipe, key) for key in DECIDED}))
    return as_read


def _told(found: Material) -> Mapping[str, Any]:
    said = {"kinds": found.kinds, "manifest_sha256": found.manifest_sha256, "groups": found.groups}
    return {**said, "sources": [dict(source) for source in found.sources]}


def _encoded(one: Picture, quality: int) -> Made:
    page = {
        "boxes": one.boxes.tolist(),
        "kinds": one.kinds.tolist(),
        "labelled": one.labelled.tolist(),
        "part": one.part,
        "weight": one.weight,
        "thin": one.thin,
    }
    out = io.BytesIO()
    Image.fromarray(one.pixels).save(out, "AVIF", quality=quality, speed=SPEED, max_threads=1)
    return json.dumps(page).encode(), out.getvalue()


def _stored(parts: Sequence[Path]) -> Iterator[Made]:
    for part in parts:
        with zipfile.ZipFile(part) as archive:
            for name in sorted(name for name in archive.namelist() if name.endswith(".avif")):
                yield archive.read(name.replace(".avif", ".json")), archive.read(name)


def _decoded(made: Made) -> Picture:
    said = json.loads(made[0])
    with Image.open(io.BytesIO(made[1])) as opened:
        pixels: Pixels = np.asarray(opened.convert("RGB"), np.uint8)
    return Picture(
        pixels=pixels,
        boxes=np.array(said["boxes"], np.float32).reshape(-1, 4),
        kinds=np.array(said["kinds"], np.int64),
        labelled=np.array(said["labelled"], np.float32),
        part=said["part"],
        weight=said["weight"],
        thin=tuple(said["thin"]),
    )
