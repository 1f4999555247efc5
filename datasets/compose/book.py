"""Makes a data folder of composed pictures: which photographs, under which names, resumable."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from datasets import labels as own
from datasets.compose.closeups import close, nearer
from datasets.compose.composing import compose
from datasets.compose.flyers import Sheet
from datasets.compose.pictures import open_picture, save_picture
from datasets.compose.scraps import gather
from datasets.compose.surfaces import RULERS_M
from datasets.formats import manifest as manifests
from datasets.formats import yolo
from datasets.records import Manifest, Sample

SET: Final = "composed"
VERSION: Final = 3
"""Of the drawing: pictures of another version are never gone on with, nor listed beside these."""
NOTE: Final = "composed on {file} {sha256} group {groups}"
SAID: Final = re.compile(r"^composed on (?P<file>\S+) (?P<sha256>\w*) group (?P<groups>.+)$")
CURRENT: Final = f"images/{SET}/v{VERSION}_"
WALLS_SHARE: Final = 0.8
"""Share of pictures on photographs that already show walls with marks, as long as there are others."""
DONOR: Final = 0.6
NEARER, CLOSE = 0.5, 0.6
"""Share of pictures that show a part of the photograph, near the wall, and chance of a close-up of what was hung."""
QUALITY: Final = (74, 93)


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to make: on which photograph, with real paper of which group (or none)."""

    photo: Sample
    donor: str | None
    seed: int
    index: int

    @property
    def file(self) -> str:
        """Where the picture lies: named after all that decides it, so that other labels never meet old pixels."""
        known = (self.photo.sha256, sorted(self.photo.labelled), self.photo.labels, self.donor)
        return f"{_prefix(self.seed)}{self.index:05d}_{hashlib.sha256(repr(known).encode()).hexdigest()[:8]}.jpg"


def _prefix(seed: int) -> str:
    return f"{CURRENT}{seed:04d}_"


def origins(sample: Sample) -> frozenset[str]:
    """The groups of all photographs that a picture shows anything of; a picture that is not composed shows its own.

    Whoever holds a group out must leave out every composed picture that has it among its origins.
    """
    said = SAID.match(sample.note)
    return frozenset(said["groups"].split(" + ")) if said and sample.source == SET else frozenset({sample.group})


def photographs(manifest: Manifest) -> tuple[list[Sample], list[Sample]]:
    """Training photographs on which every paper ad is boxed and a wall or bin is known: with marks, and others."""
    fit = [
        sample
        for sample in manifest.role("train").labelled_for("paper_ad")
        if any(label.kind in RULERS_M for label in sample.labels)
    ]
    marked = [sample for sample in fit if sample.count("spray_mark") or sample.count("paper_ad")]
    return marked, [sample for sample in fit if sample not in marked]


def plan(manifest: Manifest, donors: Sequence[str], many: int, seed: int) -> Iterator[Job]:
    """The pictures of a seed in order; a longer plan begins with the shorter one."""
    marked, plain = photographs(manifest)
    rounds = {
        True: _rounds(marked, np.random.default_rng([seed, 1])),
        False: _rounds(plain, np.random.default_rng([seed, 2])),
    }
    rng = np.random.default_rng([seed, 3])
    for index in range(many):
        on_marked, from_donor, which = rng.random() < WALLS_SHARE, rng.random() < DONOR, int(rng.integers(2**31))
        photo = next(rounds[(on_marked or not plain) and bool(marked)], None)
        if photo is None:
            return
        donor = donors[which % len(donors)] if donors and from_donor else None
        yield Job(photo, donor, seed, index)


def _rounds(samples: Sequence[Sample], rng: np.random.Generator) -> Iterator[Sample]:
    while samples:
        yield from (samples[int(i)] for i in rng.permutation(len(samples)))


def run(data: Path, out: Path, many: int, seed: int, bar: Callable[[int], object]) -> int:
    """Compose what is not there yet and list all of it; returns how many pictures the folder has.

    Args:
        data: a data folder with photographs.
        out: the data folder to make or to go on with; pictures of other seeds stay listed.
        many: pictures of this seed.
        seed: decides everything; the same photographs, labels and fonts give the same pictures.
        bar: is told 1 after each picture.
    """
    manifest = own.extend(manifests.read(data), own.read())
    scraps = gather(manifest.role("train").labelled_for("paper_ad"), data)
    others = (sample for sample in _listed(out) if sample.file.startswith(CURRENT))
    made = {sample.file: sample for sample in others if not sample.file.startswith(_prefix(seed))}
    for job in plan(manifest, sorted(scraps), many, seed):
        made[job.file] = _make(job, scraps.get(job.donor or "", []), (data, out), manifest.kinds)
        bar(1)
    manifests.write(out, manifest.kinds, [made[file] for file in sorted(made)])
    return len(made)


def _listed(out: Path) -> Manifest | tuple[Sample, ...]:
    return manifests.read(out) if (out / "manifest.csv").is_file() else ()


def _make(job: Job, scraps: Sequence[Sheet], roots: tuple[Path, Path], kinds: Sequence[str]) -> Sample:
    data, out = roots
    path, listed = out / job.file, manifests.labels_path(out, job.file)
    if not (path.is_file() and listed.is_file()):
        rng = np.random.default_rng([job.seed, job.index])
        photo, known = open_picture(data / job.photo.file), job.photo.labels
        if rng.random() < NEARER:
            photo, known = nearer(photo, known, rng) or (photo, known)
        picture, labels = compose(photo, known, job.photo.labelled, scraps, rng)
        if rng.random() < CLOSE:
            picture, labels = close(picture, labels, labels[len(known) :], rng) or (picture, labels)
        yolo.write(listed, labels, kinds)
        save_picture(path, picture, int(rng.integers(*QUALITY)))
    groups = sorted({job.photo.group} | ({job.donor} if job.donor else set()))
    note = NOTE.format(file=job.photo.file, sha256=job.photo.sha256, groups=" + ".join(groups))
    made = replace(job.photo, file=job.file, source=SET, role="train", group=f"{SET}/{job.photo.group}", note=note)
    with Image.open(path) as picture_file:
        width, height = picture_file.size
    raw = path.read_bytes()
    made = replace(made, width=width, height=height, sha256=hashlib.sha256(raw).hexdigest())
    return replace(made, labels=yolo.read(listed, kinds))
