"""CVAT for images 1.1: `annotations.xml` with an element a picture, and the pictures in `images`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from datasets.errors import FormatBroken
from datasets.formats import markup
from datasets.formats.foreign import Foreign, Found, Placed, below_images, corners, from_corners, hull, role_of
from datasets.records import Label

XML, PICTURES = "annotations.xml", "images"
SIDES: Final = ("xtl", "ytl", "xbr", "ybr")
NO_SHAPE: Final = ("tag", "attribute")


def write(root: Path, kinds: Sequence[str], placed: Iterable[Placed]) -> None:
    """Write everything but the pictures."""
    top = Element("annotations")
    markup.child(top, "version", "1.1")
    listed = tuple(placed)
    project = markup.child(markup.child(top, "meta"), "project")
    parts = markup.child(project, "subsets")
    for role in dict.fromkeys(one.sample.role for one in listed):
        markup.child(parts, "subset", role)
    labels = markup.child(project, "labels")
    for kind in kinds:
        label = markup.child(labels, "label")
        for tag, words in (("name", kind), ("type", "rectangle"), ("attributes", "")):
            markup.child(label, tag, words)
    for number, one in enumerate(listed):
        top.append(_image(number, one))
    markup.write(root / XML, top)


def _image(number: int, one: Placed) -> Element:
    sample = one.sample
    size = {"width": str(sample.width), "height": str(sample.height)}
    image = Element("image", {"id": str(number), "name": one.name, "subset": sample.role} | size)
    for label in sample.labels:
        sides = corners(label, sample.width, sample.height)
        where = {side: f"{pixels:.3f}" for side, pixels in zip(SIDES, sides, strict=True)}
        image.append(
            Element("box", {"label": label.kind, "source": "manual", "occluded": "0", **where, "z_order": "0"})
        )
    return image


def picture(one: Placed) -> str:
    """Where a picture lies in the folder."""
    return f"{PICTURES}/{one.name}"


def name(file: str) -> str:
    """The name of a picture of ours."""
    return below_images(file)


def read(root: Path) -> Foreign:
    """A folder with `annotations.xml`, or such a file with its pictures beside it.

    Polygons become the box round them; shapes that bound nothing are counted and left out.

    Raises:
        FormatBroken: not there, or an element that says nothing true.
    """
    path = root if root.is_file() else root / XML
    top = markup.parse(path, "annotations")
    left_out = Counter[str]()
    found = [_found(path, image, left_out) for image in top.findall("image")]
    told = [markup.text(label, "name") for label in top.findall("meta//label")]
    used = [label.kind for picture in found for label in picture.labels]
    return Foreign(tuple(dict.fromkeys(kind for kind in [*told, *used] if kind)), tuple(found), left_out)


def _found(path: Path, image: Element, left_out: Counter[str]) -> Found:
    line = markup.line(image)
    try:
        width, height = int(image.get("width", "")), int(image.get("height", ""))
        labels = []
        for shape in image:
            line = markup.line(shape)
            box = _box(shape)
            if box is None:
                left_out.update([shape.tag] if shape.tag not in NO_SHAPE else [])
                continue
            labels.append(_label(shape, box, width, height))
        named, subset = image.get("name", ""), image.get("subset", "")
        return Found(named, _beside(path, subset, named), tuple(labels), (width, height), role_of(subset))
    except ValueError as error:
        raise FormatBroken(file=str(path), line=line, why=str(error)) from error


def _label(shape: Element, box: Sequence[float], width: int, height: int) -> Label:
    if not shape.get("label"):
        raise ValueError(f"a {shape.tag} without a label")
    return from_corners(shape.get("label", ""), box, width, height)


def _box(shape: Element) -> Sequence[float] | None:
    if shape.tag == "box" and float(shape.get("rotation", "0")) == 0:
        return [float(shape.get(side, "")) for side in SIDES]
    if shape.tag == "polygon":
        points = [point.split(",") for point in shape.get("points", "").split(";")]
        return hull([(float(x), float(y)) for x, y in points])
    return None


def _beside(path: Path, subset: str, named: str) -> Path:
    """CVAT puts pictures into `images`, and into a folder of the subset where a project has several."""
    places = [path.parent / PICTURES / named, path.parent / PICTURES / subset / named, path.parent / named]
    return next((place for place in places if place.is_file()), places[0])
