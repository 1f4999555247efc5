"""What reviewers taught, to take away: a set of pictures as CVAT for images 1.1, with its negatives and provenance."""

import csv
import io
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zoneinfo import ZoneInfo

from detector.catalog import Catalog
from detector.types import Detection
from service.domain.lessons import Judged, Lesson, lesson_of
from service.errors import EvidenceUnknown
from service.showing import Showing
from service.store import Store
from service.store.observations import Judgement, Observation
from service.store.pictures import Picture

SET: Final = "reviewed"
ROLE: Final = "train"
SIDES: Final = ("xtl", "ytl", "xbr", "ybr")
FACTS: Final = (
    *("name", "file", "set", "role", "group", "width", "height", "licence", "credit"),
    *("source_repo", "source_path", "source_commit", "sha256", "labelled", "note"),
)
"""Columns of `facts.csv`, what CVAT cannot carry: `python -m datasets convert` reads it beside `annotations.xml`."""

Word = tuple[Observation, Judgement]


@dataclass(frozen=True, slots=True)
class LessonWish:
    """Which words are wanted, by whom, and when that was."""

    by: str
    now: datetime
    timezone: ZoneInfo
    judged_from: datetime | None = None
    judged_before: datetime | None = None
    most: int = 500


@dataclass(frozen=True, slots=True)
class Taught:
    """One picture with what it teaches."""

    picture: Picture
    lesson: Lesson
    words: Sequence[Word]

    @property
    def name(self) -> str:
        """Of its file, below `images`."""
        return f"{SET}/{self.picture.id}.jpg"


@dataclass(slots=True)
class Told:
    """What an archive holds."""

    pictures: int = 0
    negatives: int = 0
    boxes: Counter[str] = field(default_factory=Counter)
    gone: int = 0
    """Pictures whose time was over."""
    weights: set[str] = field(default_factory=set)

    def add(self, taught: Taught) -> None:
        """Count one more picture."""
        self.pictures += 1
        self.negatives += not taught.lesson.boxes
        self.boxes.update(box.kind for box in taught.lesson.boxes)
        self.weights |= {seen.seen.weights_sha256 for seen, _ in taught.words if seen.seen.weights_sha256}


def write_lessons(store: Store, showing: Showing, catalog: Catalog, wish: LessonWish, out: IO[bytes]) -> Told:
    """Write a zip: `images/`, blurred as people saw them, `annotations.xml`, `facts.csv` and `provenance.json`."""
    told, kept = Told(), list[Taught]()
    facts = io.StringIO()
    table = csv.DictWriter(facts, FACTS, lineterminator="\n")
    table.writeheader()
    with zipfile.ZipFile(out, "w") as archive:
        for taught in _taught(store, catalog, wish):
            try:
                shown = showing.blurred(taught.picture.id)
            except EvidenceUnknown:
                told.gone += 1
                continue
            archive.writestr(zipfile.ZipInfo(f"images/{taught.name}"), shown)
            table.writerow(_facts(taught, wish, catalog))
            told.add(taught)
            kept.append(taught)
        archive.writestr(zipfile.ZipInfo("annotations.xml"), _annotations(kept, catalog))
        archive.writestr(zipfile.ZipInfo("facts.csv"), facts.getvalue())
        archive.writestr(zipfile.ZipInfo("provenance.json"), _provenance(told, wish))
    return told


def _taught(store: Store, catalog: Catalog, wish: LessonWish) -> Iterator[Taught]:
    """Pictures of the latest words that teach something, in the order of their ids."""
    kinds_of = {
        one.id: frozenset(kind.id for kind in catalog.kinds if kind.condition == one.id) for one in catalog.conditions
    }
    with store.read() as rows:
        words = rows.observations.judged(wish.judged_from, wish.judged_before, wish.most)
        pictures = {seen.seen.picture_id: rows.pictures.get(seen.seen.picture_id) for seen, _ in words}
        there = [one.seen for one in rows.observations.on_pictures(pictures)]
    said, unsaid = {seen.seen.id for seen, _ in words}, defaultdict[str, set[str]](set)
    for seen in (one for one in there if one.id not in said):
        unsaid[seen.picture_id] |= kinds_of.get(seen.condition, frozenset()) | {box.kind for box in seen.detections}
    words.sort(key=_picture_id)
    for picture_id, behind in groupby(words, key=_picture_id):
        of_it = list(behind)
        lesson = lesson_of((_judged(*word) for word in of_it), kinds_of, unsaid[picture_id])
        if lesson is not None:
            yield Taught(pictures[picture_id], lesson, of_it)


def _picture_id(word: Word) -> str:
    return word[0].seen.picture_id


def _judged(seen: Observation, said: Judgement) -> Judged:
    was = str(said.was.get("condition", seen.seen.condition))
    return Judged(said.verdict.word, said.verdict.reason, was, seen.seen.condition, seen.seen.detections)


def _annotations(kept: Iterable[Taught], catalog: Catalog) -> bytes:
    listed = list(kept)
    drawn = {box.kind for taught in listed for box in taught.lesson.boxes}
    top = Element("annotations")
    SubElement(top, "version").text = "1.1"
    project = SubElement(SubElement(top, "meta"), "project")
    SubElement(SubElement(project, "subsets"), "subset").text = ROLE
    labels = SubElement(project, "labels")
    for kind in dict.fromkeys([*(kind.id for kind in catalog.kinds), *sorted(drawn)]):
        label = SubElement(labels, "label")
        for tag, text in (("name", kind), ("type", "rectangle"), ("attributes", "")):
            SubElement(label, tag).text = text
    for number, taught in enumerate(listed):
        size = {"width": str(taught.picture.width), "height": str(taught.picture.height)}
        image = SubElement(top, "image", {"id": str(number), "name": taught.name, "subset": ROLE, **size})
        for box in taught.lesson.boxes:
            SubElement(image, "box", _box(box))
    indent(top)
    told: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return told


def _box(box: Detection) -> dict[str, str]:
    sides = {side: f"{pixels:.2f}" for side, pixels in zip(SIDES, box.box.xyxy, strict=True)}
    return {"label": box.kind, "source": "manual", "occluded": "0", **sides, "z_order": "0"}


def _facts(taught: Taught, wish: LessonWish, catalog: Catalog) -> dict[str, object]:
    """A row of `facts.csv`; place and day make the group, so that no split tears them apart."""
    picture, (first, _) = taught.picture, taught.words[0]
    seen = first.seen
    day = seen.seen_at.astimezone(wish.timezone).date()
    spot = f"{seen.place.lat:.3f},{seen.place.lon:.3f}" if seen.place else seen.source.id
    words = [f"{one.seen.id} {said.verdict.word} {said.verdict.reason or ''}".strip() for one, said in taught.words]
    return {
        "name": taught.name,
        "file": f"images/{taught.name}",
        "set": SET,
        "role": ROLE,
        "group": f"{SET}/{spot}/{day}",
        "width": picture.width,
        "height": picture.height,
        "sha256": picture.blurred_sha256 or "",
        "labelled": " ".join(kind.id for kind in catalog.kinds if kind.id in taught.lesson.labelled),
        "note": "; ".join(words),
    }


def _provenance(told: Told, wish: LessonWish) -> str:
    said: dict[str, Any] = {
        "made_at": wish.now.isoformat(),
        "made_by": wish.by,
        "judged_from": wish.judged_from and wish.judged_from.isoformat(),
        "judged_before": wish.judged_before and wish.judged_before.isoformat(),
        "pictures": told.pictures,
        "negatives": told.negatives,
        "gone": told.gone,
        "boxes": dict(sorted(told.boxes.items())),
        "weights_sha256": sorted(told.weights),
    }
    return json.dumps(said, indent=1) + "\n"
