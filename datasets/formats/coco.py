"""COCO instances: `annotations/instances_<role>.json` beside `images/<role>`.

What a picture is labelled for goes into `not_exhaustive_category_ids`, as LVIS has it, and its licence into
`licenses`; both come back.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from datasets.errors import FormatBroken
from datasets.formats.foreign import Foreign, Found, Placed, below_images, corners, from_corners, hull, role_of, text_of
from datasets.records import Label

FOLDER, PICTURES, PREFIX = "annotations", "images", "instances_"
UNKNOWN: Final = "not_exhaustive_category_ids"

Row = Mapping[str, Any]


def write(root: Path, kinds: Sequence[str], placed: Iterable[Placed]) -> None:
    """Write everything but the pictures, a document a role."""
    roles: dict[str, list[Placed]] = {}
    for one in placed:
        roles.setdefault(one.sample.role, []).append(one)
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for role, those in roles.items():
        text = json.dumps(document(kinds, those), ensure_ascii=False)
        (root / FOLDER / f"{PREFIX}{role}.json").write_text(text, encoding="utf-8")


def picture(one: Placed) -> str:
    """Where a picture lies in the folder."""
    return f"{PICTURES}/{one.sample.role}/{one.name}"


def name(file: str) -> str:
    """The name of a picture of ours."""
    return below_images(file)


def document(kinds: Sequence[str], placed: Sequence[Placed]) -> dict[str, Any]:
    """One role as COCO; categories are numbered from 1 in the order of the kinds."""
    ids = {kind: number for number, kind in enumerate(kinds, 1)}
    rights = {words: number for number, words in enumerate(dict.fromkeys(one.sample.licence for one in placed), 1)}
    boxes = [(number, one, label) for number, one in enumerate(placed, 1) for label in one.sample.labels]
    return {
        "info": {"description": "street conditions"},
        "licenses": [{"id": number, "name": words, "url": ""} for words, number in rights.items()],
        "images": [_image(number, one, ids, rights) for number, one in enumerate(placed, 1)],
        "annotations": [_annotation(key, *one, ids) for key, one in enumerate(boxes, 1)],
        "categories": [{"id": number, "name": kind, "supercategory": ""} for kind, number in ids.items()],
    }


def _image(number: int, one: Placed, ids: Mapping[str, int], rights: Mapping[str, int]) -> dict[str, Any]:
    sample = one.sample
    unknown = [ids[kind] for kind in ids if kind not in sample.labelled]
    size = {"width": sample.width, "height": sample.height}
    return {"id": number, "file_name": one.name, **size, "license": rights[sample.licence], UNKNOWN: unknown}


def _annotation(key: int, image: int, one: Placed, label: Label, ids: Mapping[str, int]) -> dict[str, Any]:
    x0, y0, x1, y1 = corners(label, one.sample.width, one.sample.height)
    box = [x0, y0, round(x1 - x0, 3), round(y1 - y0, 3)]
    known = {"id": key, "image_id": image, "category_id": ids[label.kind], "bbox": box}
    return {**known, "area": round(box[2] * box[3], 3), "iscrowd": 0, "segmentation": []}


def read(root: Path) -> Foreign:
    """A folder with `annotations/*.json`, or one such file with its pictures in `images` beside it.

    Raises:
        FormatBroken: none there, or one says nothing true.
    """
    paths = [root] if root.is_file() else sorted((root / FOLDER).glob("*.json")) or sorted(root.glob("*.json"))
    if not paths:
        raise FormatBroken(file=str(root / FOLDER), why="no COCO document here")
    parts = [_part(path) for path in paths]
    classes = dict.fromkeys(kind for part in parts for kind in part.classes)
    left_out = sum((part.left_out for part in parts), Counter[str]())
    return Foreign(tuple(classes), tuple(found for part in parts for found in part.pictures), left_out)


def _part(path: Path) -> Foreign:
    where: object = "document"
    try:
        found = json.loads(text_of(path))
        kinds = {row["id"]: str(row["name"]) for row in sorted(found["categories"], key=lambda row: row["id"])}
        boxes: dict[object, list[Row]] = {row["id"]: [] for row in found["images"]}
        if len(boxes) < len(found["images"]):
            raise ValueError("two images have one id")
        for row in found["annotations"]:
            where = f"annotation {row['id']}"
            boxes[row["image_id"]].append(row)
        rights = {row["id"]: str(row.get("name", "")) for row in found.get("licenses", [])}
        pictures, left_out = [], Counter[str]()
        for row in found["images"]:
            where = f"image {row['id']}"
            pictures.append(_found(path, row, boxes[row["id"]], kinds, rights, left_out))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise FormatBroken(file=str(path), **({"line": line} if line else {"at": where}), why=_told(error)) from error
    return Foreign(tuple(kinds.values()), tuple(pictures), left_out)


def _told(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def _found(
    path: Path,
    row: Row,
    boxes: Sequence[Row],
    kinds: Mapping[object, str],
    rights: Mapping[object, str],
    left_out: Counter[str],
) -> Found:
    role = role_of(path.stem.removeprefix(PREFIX))
    width, height = int(row["width"]), int(row["height"])
    crowded = {kinds[box["category_id"]] for box in boxes if box.get("iscrowd")}
    left_out["crowd"] += sum(bool(box.get("iscrowd")) for box in boxes)
    labels = [_label(box, kinds, width, height) for box in boxes if not box.get("iscrowd")]
    unknown = {kinds[key] for key in row.get(UNKNOWN, ())}
    labelled = frozenset(kinds.values()) - unknown if UNKNOWN in row else None
    named = str(row["file_name"])
    right = rights.get(row.get("license"), "")
    beside, size = _beside(path, role, named), (width, height)
    return Found(named, beside, tuple(labels), size, role, labelled, frozenset(crowded), right)


def _label(box: Row, kinds: Mapping[object, str], width: int, height: int) -> Label:
    kind = kinds[box["category_id"]]
    try:
        if box.get("bbox"):
            x, y, w, h = (float(side) for side in box["bbox"])
            return from_corners(kind, (x, y, x + w, y + h), width, height)
        flat = [float(number) for ring in box["segmentation"] for number in ring]
        return from_corners(kind, hull(list(zip(flat[::2], flat[1::2], strict=True))), width, height)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"annotation {box.get('id')}: {_told(error)}") from error


def _beside(path: Path, role: str | None, named: str) -> Path:
    top = path.parent.parent if path.parent.name == FOLDER else path.parent
    part = path.stem.removeprefix(PREFIX)
    folders = [top / PICTURES / part, top / PICTURES / (role or ""), top / PICTURES, top / part, top]
    return next((folder / named for folder in folders if (folder / named).is_file()), folders[0] / named)
