"""From one format to another, always through the records of `datasets.records`."""

import hashlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from PIL import Image, UnidentifiedImageError

from datasets.errors import KindUnknown, LabelledUnknown, NameTaken, PictureMissing
from datasets.formats import coco, cvat, facts, manifest, voc, yolo_folder
from datasets.formats.foreign import Foreign, Found, Placed
from datasets.records import Origin, Sample
from datasets.sources import Source
from datasets.whole import new_folder

OURS: Final = "street"
TURNED: Final = (5, 6, 7, 8)
ORIENTATION: Final = 0x0112
COPY, LINK, NONE = "copy", "link", "none"


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is read and written.

    Attributes:
        read: a folder, or its main file.
        write: everything but the pictures.
        name: the name in the format of a `file` of ours.
        picture: where that picture lies in the folder.
        by_stem: whether labels are told apart by the name without its ending.
    """

    read: Callable[[Path], Foreign]
    write: Callable[[Path, Sequence[str], Iterable[Placed]], None]
    name: Callable[[str], str]
    picture: Callable[[Placed], str]
    by_stem: bool


FORMATS: Final[Mapping[str, Format]] = {
    "coco": Format(coco.read, coco.write, coco.name, coco.picture, by_stem=False),
    "cvat": Format(cvat.read, cvat.write, cvat.name, cvat.picture, by_stem=False),
    "voc": Format(voc.read, voc.write, voc.name, voc.picture, by_stem=True),
    "yolo": Format(yolo_folder.read, yolo_folder.write, yolo_folder.name, yolo_folder.picture, by_stem=True),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a foreign set, since its format cannot.

    Attributes:
        name: of the set, as in the manifest's column `set`.
        labelled: kinds of which every instance is boxed, in every picture.
        classes: kind by class; an empty kind drops the class, a class that is not named keeps its own name.
        role: of pictures whose format tells none.
        group: a pattern whose first group in a picture's name is its place and day; else each picture is its own.
        licence: words; for pictures whose format tells none.
        credit: whom to name.
        repository: public repository that has the files.
        commit: the one that was read.
    """

    name: str
    labelled: frozenset[str] = frozenset()
    classes: Mapping[str, str] = field(default_factory=dict)
    role: str = "train"
    group: re.Pattern[str] | None = None
    licence: str = ""
    credit: str = ""
    repository: str = ""
    commit: str = ""


def as_carded(card: Source) -> Told:
    """What a source's card says of it."""
    return Told(
        name=card.name,
        labelled=frozenset(card.labelled),
        classes=card.classes,
        licence=card.licence_as_claimed,
        credit=card.credit,
        repository=card.repository,
        commit=card.commit,
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """A set as samples, with the place of each picture's bytes."""

    kinds: tuple[str, ...]
    samples: tuple[Sample, ...]
    pictures: Mapping[str, Path]
    left_out: Counter[str] = field(default_factory=Counter)


def load(form: str, root: Path, told: Told) -> Loaded:
    """Read a set.

    Raises:
        FormatBroken, ManifestBroken, ManifestMissing: it is no such set.
        LabelledUnknown: nobody says of which kinds every instance is boxed.
        KindUnknown: `told` names a class or kind that is not there.
        NameTaken: two pictures or classes would become one.
        PictureMissing: a picture without a size is not there.
    """
    if form == OURS:
        whole = manifest.read(root)
        return Loaded(whole.kinds, whole.samples, {sample.file: root / sample.file for sample in whole})
    known = facts.read(root if root.is_dir() else root.parent)
    foreign = FORMATS[form].read(root)
    kinds = _kinds(foreign.classes, told)
    extra = sorted({kind for sample in known.values() for kind in sample.labelled} - set(kinds))
    if unknown := told.labelled - {*kinds, *extra}:
        raise KindUnknown(labelled=sorted(unknown), known=[*kinds, *extra])
    _ask(foreign, known, told)
    samples = tuple(_sample(found, known.get(found.name), told) for found in foreign.pictures)
    _unique((sample.file for sample in samples), by_stem=False)
    pictures = {sample.file: found.path for sample, found in zip(samples, foreign.pictures, strict=True)}
    return Loaded((*kinds, *extra), samples, pictures, foreign.left_out)


def _kinds(classes: Sequence[str], told: Told) -> tuple[str, ...]:
    if unknown := told.classes.keys() - set(classes):
        raise KindUnknown(classes=sorted(unknown), known=list(classes))
    named = [_kind(one, told) for one in classes]
    plain = [kind for one, kind in zip(classes, named, strict=True) if one not in told.classes]
    if len(set(plain)) < len(plain):
        raise NameTaken(classes=sorted(kind for kind, times in Counter(plain).items() if times > 1))
    return tuple(dict.fromkeys(kind for kind in named if kind))


def _kind(name: str, told: Told) -> str:
    """The kind of a class; kinds have no blanks, since lists of them are separated by blanks."""
    return told.classes.get(name, "_".join(name.split()))


def _ask(foreign: Foreign, known: Mapping[str, Sample], told: Told) -> None:
    silent = [one.name for one in foreign.pictures if one.labelled is None and one.name not in known]
    if silent and not told.labelled:
        raise LabelledUnknown(pictures=len(silent), first=silent[0], classes=list(foreign.classes), flag="--labelled")


def _sample(found: Found, known: Sample | None, told: Told) -> Sample:
    labels = tuple(replace(one, kind=_kind(one.kind, told)) for one in found.labels if _kind(one.kind, told))
    sample = known or _new(found, told)
    unsure = {_kind(one, told) for one in found.unsure}
    width, height = found.size or (sample.width, sample.height)
    return replace(
        sample,
        role=found.role or sample.role,
        width=width,
        height=height,
        sha256=_sha256(found.path) or sample.sha256,
        labelled=(sample.labelled | told.labelled) - unsure,
        labels=labels,
    )


def _new(found: Found, told: Told) -> Sample:
    match = told.group.search(found.name) if told.group else None
    group = match.group(1) if match and match.groups() else str(PurePosixPath(found.name).with_suffix(""))
    width, height = found.size or _size(found.path)
    return Sample(
        file=f"images/{told.name}/{found.name}",
        source=told.name,
        role=found.role or told.role,
        group=f"{told.name}/{group}",
        width=width,
        height=height,
        licence=found.licence or told.licence,
        credit=told.credit,
        origin=Origin(told.repository, found.name if told.repository else "", told.commit),
        sha256="",
        labelled=frozenset(_kind(one, told) for one in found.labelled or ()) - {""},
    )


def _size(path: Path) -> tuple[int, int]:
    """Width and height of the upright picture, from its head alone."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            turned = picture.getexif().get(ORIENTATION) in TURNED
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError) as error:
        raise PictureMissing(file=str(path), why=str(error)) from error
    return (height, width) if turned else (width, height)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def save(loaded: Loaded, form: str, out: Path, *, pictures: str = COPY) -> None:
    """Write a set into a new folder, whole or not at all.

    Args:
        pictures: `copy`, `link` (hard links, else copies) or `none`.

    Raises:
        OutputTaken: the folder is there and not empty.
        PictureMissing: a picture to copy is not there.
        NameTaken: two pictures would get one name.
    """
    with new_folder(out) as draft:
        if form == OURS:
            _unique((sample.file for sample in loaded.samples), by_stem=True)
            manifest.write(draft, loaded.kinds, loaded.samples)
            places = {sample.file: sample.file for sample in loaded.samples}
        else:
            places = _write(loaded, FORMATS[form], draft)
        for file, place in places.items() if pictures != NONE else ():
            _bring(loaded.pictures[file], draft / place, link=pictures == LINK)


def _write(loaded: Loaded, form: Format, draft: Path) -> dict[str, str]:
    placed = [Placed(sample, form.name(sample.file)) for sample in loaded.samples]
    _unique((one.name for one in placed), by_stem=form.by_stem)
    form.write(draft, loaded.kinds, placed)
    facts.write(draft, loaded.kinds, placed)
    return {one.sample.file: form.picture(one) for one in placed}


def _unique(names: Iterable[str], *, by_stem: bool) -> None:
    seen: dict[str, str] = {}
    for name in names:
        key = str(PurePosixPath(name).with_suffix("")) if by_stem else name
        if key in seen:
            raise NameTaken(name=name, by=seen[key])
        seen[key] = name


def _bring(source: Path, target: Path, *, link: bool) -> None:
    if not source.is_file():
        raise PictureMissing(file=str(source))
    target.parent.mkdir(parents=True, exist_ok=True)
    if link:
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without hard links
            shutil.copyfile(source, target)
        return
    shutil.copyfile(source, target)
