"""COCO's JSON: one file with images, annotations and categories."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets.errors import ManifestBroken
from datasets.records import Label, Manifest, Sample


def document(manifest: Manifest) -> dict[str, Any]:
    """A manifest as COCO. What it is labelled for goes into `not_exhaustive_category_ids`, as LVIS does."""
    ids = {kind: number for number, kind in enumerate(manifest.kinds, 1)}
    images = [_image(sample, number, ids) for number, sample in enumerate(manifest, 1)]
    boxes = [(number, sample, label) for number, sample in enumerate(manifest, 1) for label in sample.labels]
    return {
        "images": images,
        "annotations": [_annotation(key, *one, ids) for key, one in enumerate(boxes, 1)],
        "categories": [{"id": number, "name": kind} for kind, number in ids.items()],
    }


def _image(sample: Sample, number: int, ids: dict[str, int]) -> dict[str, Any]:
    unknown = [ids[kind] for kind in ids if kind not in sample.labelled]
    size = {"width": sample.width, "height": sample.height}
    return {"id": number, "file_name": sample.file, **size, "not_exhaustive_category_ids": unknown}


def _annotation(key: int, image: int, sample: Sample, label: Label, ids: dict[str, int]) -> dict[str, Any]:
    w, h = label.w * sample.width, label.h * sample.height
    x, y = label.x * sample.width - w / 2, label.y * sample.height - h / 2
    box = [round(value, 2) for value in (x, y, w, h)]
    return {"id": key, "image_id": image, "category_id": ids[label.kind], "bbox": box, "area": w * h, "iscrowd": 0}


def write(path: Path, manifest: Manifest) -> None:
    """Write the document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(manifest)), encoding="utf-8")


def read(path: Path) -> tuple[tuple[str, ...], dict[str, tuple[Label, ...]]]:
    """Kinds in order of their ids, and the labels of each `file_name`.

    Raises:
        ManifestBroken: not there, or not such a document.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        kinds = {row["id"]: str(row["name"]) for row in sorted(found["categories"], key=lambda row: row["id"])}
        sizes = {row["id"]: (str(row["file_name"]), row["width"], row["height"]) for row in found["images"]}
        labels: dict[str, list[Label]] = {file: [] for file, _, _ in sizes.values()}
        for row in found["annotations"]:
            file, width, height = sizes[row["image_id"]]
            labels[file].append(_label(kinds[row["category_id"]], row["bbox"], width, height))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ManifestBroken(file=str(path), why=repr(error)) from error
    return tuple(kinds.values()), {file: tuple(found) for file, found in labels.items()}


def _label(kind: str, bbox: Sequence[float], width: float, height: float) -> Label:
    x, y, w, h = bbox
    return Label(kind, (x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
