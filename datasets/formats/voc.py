"""Pascal VOC: `JPEGImages`, an XML file a picture in `Annotations`, lists of names in `ImageSets/Main`.

Corners are pixels counted from 0, with decimals, as LabelImg, CVAT and Datumaro write them. The classes are also in
`labelmap.txt`, in the form that CVAT and Datumaro read.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree.ElementTree import Element

from datasets.errors import FormatBroken
from datasets.formats import markup
from datasets.formats.foreign import Foreign, Found, Placed, corners, flat, from_corners, role_of, text_of
from datasets.records import Label

PICTURES, XMLS, LISTS, CLASSES = "JPEGImages", "Annotations", "ImageSets/Main", "labelmap.txt"
SIDES: Final = ("xmin", "ymin", "xmax", "ymax")


def write(root: Path, kinds: Sequence[str], placed: Iterable[Placed]) -> None:
    """Write everything but the pictures."""
    lists: dict[str, list[str]] = {}
    for one in placed:
        stem = str(PurePosixPath(one.name).with_suffix(""))
        lists.setdefault(one.sample.role, []).append(stem)
        markup.write(root / XMLS / f"{stem}.xml", _document(one))
    (root / LISTS).mkdir(parents=True, exist_ok=True)
    for role, stems in lists.items():
        file = role.replace("_", "-")  # readers take a name with _ for the list of one class
        (root / LISTS / f"{file}.txt").write_text("".join(f"{stem}\n" for stem in stems), encoding="utf-8")
    head = "# label:color_rgb:parts:actions\nbackground:0,0,0::\n"
    (root / CLASSES).write_text(head + "".join(f"{kind}:::\n" for kind in kinds), encoding="utf-8")


def picture(one: Placed) -> str:
    """Where a picture lies in the folder."""
    return f"{PICTURES}/{one.name}"


def name(file: str) -> str:
    """The name of a picture of ours: without folders."""
    return flat(file)


def _document(one: Placed) -> Element:
    top = Element("annotation")
    markup.child(top, "folder", PICTURES)
    markup.child(top, "filename", one.name)
    markup.child(markup.child(top, "source"), "database", one.sample.source)
    size = markup.child(top, "size")
    for tag, pixels in (("width", one.sample.width), ("height", one.sample.height), ("depth", 3)):
        markup.child(size, tag, pixels)
    markup.child(top, "segmented", 0)
    for label in one.sample.labels:
        _object(top, label, corners(label, one.sample.width, one.sample.height))
    return top


def _object(top: Element, label: Label, box: tuple[float, float, float, float]) -> None:
    item = markup.child(top, "object")
    for tag, words in (("name", label.kind), ("pose", "Unspecified"), ("truncated", 0), ("difficult", 0)):
        markup.child(item, tag, words)
    bounds = markup.child(item, "bndbox")
    for tag, side in zip(SIDES, box, strict=True):
        markup.child(bounds, tag, f"{side:.3f}")


def read(root: Path) -> Foreign:
    """A whole folder.

    Raises:
        FormatBroken: no `Annotations`, or a file in it that says nothing true.
    """
    paths = sorted((root / XMLS).rglob("*.xml"))
    if not paths:
        raise FormatBroken(file=str(root / XMLS), why="no annotations here")
    roles, left_out = _roles(root / LISTS), Counter[str]()
    found = [_found(root, path, roles, left_out) for path in paths]
    used = dict.fromkeys(label.kind for picture in found for label in picture.labels)
    return Foreign(tuple(dict.fromkeys([*_classes(root / CLASSES), *used])), tuple(found), left_out)


def _roles(folder: Path) -> dict[str, str]:
    """Role by stem; a list whose name means no role, such as that of one class, says nothing."""
    lists = [(role_of(path.stem), path) for path in sorted(folder.glob("*.txt"))]
    known: dict[str, str] = {}
    for role, path in lists:
        if role is None or (role == "train" and path.stem == "trainval"):
            continue
        known |= {words[0]: role for words in map(str.split, text_of(path).splitlines()) if words}
    return known


def _classes(path: Path) -> list[str]:
    if not path.is_file():
        return []
    rows = [row.split(":")[0].strip() for row in text_of(path).splitlines() if not row.startswith("#")]
    return [row for row in rows if row and row != "background"]


def _found(root: Path, path: Path, roles: dict[str, str], left_out: Counter[str]) -> Found:
    top = markup.parse(path, "annotation")
    stem = path.relative_to(root / XMLS).with_suffix("").as_posix()
    size, items = top.find("size"), top.findall("object")
    line = markup.line(top)
    try:
        if size is None:
            raise ValueError("no size")
        width, height = int(markup.text(size, "width")), int(markup.text(size, "height"))
        labels = []
        for item in items:
            line = markup.line(item)
            bounds = item.find("bndbox")
            if bounds is None:
                left_out["object without a box"] += 1
                continue
            box = [float(markup.text(bounds, side)) for side in SIDES]
            labels.append(from_corners(_named(item), box, width, height))
        said = markup.text(top, "filename") or f"{stem}.jpg"
        named = PurePosixPath(stem).with_suffix("").parent / PurePosixPath(said).name
        return Found(str(named), root / PICTURES / named, tuple(labels), (width, height), roles.get(stem))
    except ValueError as error:
        raise FormatBroken(file=str(path), line=line, why=str(error)) from error


def _named(item: Element) -> str:
    named = markup.text(item, "name")
    if not named:
        raise ValueError("an object without a name")
    return named
