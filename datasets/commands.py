"""What each verb of `python -m datasets` does; every one returns its exit code and prints JSON or a table."""

import argparse
import json
import os
import re
import sys
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from datasets import check as checks
from datasets import labels, report, shares, sheets
from datasets.errors import PictureMissing, UnknownSource
from datasets.fetch import Mirror, there
from datasets.fetch import fetch as fetch_all
from datasets.formats import manifest
from datasets.pictures import look
from datasets.records import Manifest, Sample
from datasets.sources import open_source
from datasets.stats import stats as count
from datasets.stats import table
from datasets.whole import write_bytes

if TYPE_CHECKING:
    from datasets.convert import Told

SAMPLES = "samples"


def check(args: argparse.Namespace) -> int:
    """Find broken pictures, bad boxes, gaps, leaks between roles and licences that forbid; 1 if any is serious."""
    bare, known = manifest.read(args.data), labels.read(args.labels)
    wrong = labels.refused(bare, known)
    found = bare if wrong else labels.extend(bare, known)
    bar = tqdm(total=len(found), desc="checking", disable=args.text_only or not sys.stderr.isatty())

    def opened(sample: Sample) -> checks.Looks | str:
        bar.update()
        return look(sample, args.data)

    faults = [checks.Fault("labels.refused", str(error.facts["file"]), {"why": error.facts["why"]}) for error in wrong]
    faults += checks.check(found, None if args.text_only else opened)
    bar.close()
    for fault in faults:
        print(report.line(fault))
    serious = sum(fault.serious for fault in faults)
    print(f"{len(found)} pictures, {serious} serious faults, {len(faults) - serious} remarks", file=sys.stderr)
    if args.report:
        print(f"report: {report.write(args.report, args.data, found, faults)}", file=sys.stderr)
    return 1 if serious else 0


def stats(args: argparse.Namespace) -> int:
    """Count pictures, negatives and boxes by source, role and kind; draw them with --plots."""
    found = manifest.read(args.data)
    print(json.dumps(count(found), indent=1) if args.json else table(found), end="" if not args.json else "\n")
    if args.plots:
        from datasets import plots  # needs matplotlib, which no other verb does

        for path in plots.write(args.plots, found, args.lang, args.format):
            print(f"plot: {path}", file=sys.stderr)
    return 0


def fetch(args: argparse.Namespace) -> int:
    """Fetch the pictures of a manifest, or the few `samples`, from their public repositories."""
    mirror = Mirror(args.mirror)
    if args.what != SAMPLES:
        return _fetch(Path(args.what), args.out or Path(args.what), mirror, args)
    with as_file(files("datasets") / SAMPLES) as root:
        return _fetch(root, args.out or _cache() / "data" / SAMPLES, mirror, args)


def _fetch(root: Path, out: Path, mirror: Mirror, args: argparse.Namespace) -> int:
    whole = manifest.read(root)
    wanted = whole.where(lambda sample: args.source in (None, sample.source))
    if not len(wanted):
        raise UnknownSource(name=args.source, known=sorted({sample.source for sample in whole}))
    if args.dry_run:
        print(json.dumps({"folder": str(out), **_would_fetch(wanted, out)}, indent=1))
        return 0
    failed = fetch_all(wanted, out, mirror)
    for error in failed:
        print(json.dumps({"error": {"code": error.code, "facts": dict(error.facts)}}))
    print(json.dumps({"folder": str(out), "pictures": len(wanted) - len(failed), "failed": len(failed)}))
    return 1 if failed else 0


def _would_fetch(wanted: Manifest, out: Path) -> dict[str, object]:
    """Counts; how many bytes a file has is only known when it is asked for."""
    present = there(wanted, out)
    sources = dict.fromkeys(sample.source for sample in wanted)
    each = {name: len(wanted.source(name)) - len(present.source(name)) for name in sources}
    return {"pictures": len(wanted), "there": len(present), "to_fetch": each, "bytes": None}


def sheet(args: argparse.Namespace) -> int:
    """Make a contact sheet: pictures of a kind, crops of its boxes, or pictures surely without it."""
    found = manifest.read(args.data)
    if args.role:
        found = found.role(args.role)
    grid = sheets.Grid(args.columns, args.tile, args.most)
    chosen = sheets.pictures_of(found, args.missing or args.kind, without=bool(args.missing))
    if args.crops:
        tiles = list(sheets.crops(args.data, chosen, args.kind, grid, args.seed))
    else:
        tiles = list(sheets.whole(args.data, chosen, grid, args.seed))
    write_bytes(args.out, sheets.compose(tiles, grid))
    print(json.dumps({"file": str(args.out), "tiles": len(tiles), "pictures": len(chosen)}))
    return 0


def _cache() -> Path:
    return Path(os.environ.get("STREETWARDEN_CACHE") or "~/.cache/streetwarden").expanduser()


def split(args: argparse.Namespace) -> int:
    """Part a set by place and day into train, val and test, balanced over kinds; frozen test rows stay."""
    found = manifest.read(args.data)
    roles = shares.part(
        found,
        {"train": args.train, "val": args.val, "test": args.test},
        seed=args.seed,
        marks={} if args.text_only else _marks(found, args.data),
        unfreeze=args.unfreeze,
    )
    moved = sum(roles[sample.file] != sample.role for sample in found)
    print(json.dumps({"moved": moved, "sides": shares.counted(found, roles)}, indent=1))
    if args.out:
        write_bytes(args.out, manifest.with_roles(args.data, roles))
    return 0


def _marks(found: Manifest, root: Path) -> dict[str, int]:
    bar = tqdm(found, desc="looking for look-alikes", disable=not sys.stderr.isatty())
    looks = {sample.file: look(sample, root) for sample in bar}
    broken = [file for file, seen in looks.items() if isinstance(seen, str)]
    if broken:
        raise PictureMissing(file=broken[0], pictures=len(broken), why="run `check`, or split with --text-only")
    marks = {file: seen.print64 for file, seen in looks.items() if isinstance(seen, checks.Looks)}
    return {file: mark for file, mark in marks.items() if mark is not None}


def convert(args: argparse.Namespace) -> int:
    """Turn a set into another format; what the other cannot carry goes into `facts.csv` and comes back."""
    from datasets import convert as conversion  # needs PyYAML, which no other verb does

    loaded = conversion.load(args.form, args.data, _told(args))
    conversion.save(loaded, args.to, args.out, pictures=args.pictures)
    boxes = sum(len(sample.labels) for sample in loaded.samples)
    told = {"folder": str(args.out), "pictures": len(loaded.samples), "boxes": boxes, "kinds": list(loaded.kinds)}
    print(json.dumps(told | {"left_out": {shape: times for shape, times in loaded.left_out.items() if times}}))
    return 0


def _told(args: argparse.Namespace) -> "Told":
    """A card's words where `--source` names one; a flag wins."""
    from datasets.convert import Told, as_carded

    start = as_carded(open_source(args.source)) if args.source else Told("foreign")
    return replace(
        start,
        name=args.name or start.name,
        labelled=frozenset(_words(args.labelled)) or start.labelled,
        classes={**start.classes, **dict(map(_pair, _words(args.classes)))},
        role=args.role,
        group=_pattern(args.group),
        licence=args.licence or start.licence,
        credit=args.credit or start.credit,
    )


def _pattern(given: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(given) if given else None
    except re.error as error:
        raise ValueError(f"--group is no pattern: {error}") from error


def _words(given: str | None) -> list[str]:
    return [word.strip() for word in (given or "").split(",") if word.strip()]


def _pair(given: str) -> tuple[str, str]:
    """`class=kind`; nothing after the sign drops the class."""
    name, sign, kind = given.rpartition("=")
    if not sign:
        raise ValueError(f"--classes takes class=kind, got {given!r}")
    return name.strip(), kind.strip()


def synth(args: argparse.Namespace) -> int:
    """Render scenes; its own flags follow, see `synth --help`."""
    from datasets.synth.__main__ import main as render  # its imports are not needed by the other verbs

    return render(args.rest)


def compose(args: argparse.Namespace) -> int:
    """Hang drawn and real paper ads on training photographs; goes on where it stopped."""
    from datasets.compose.book import run  # its imports are not needed by the other verbs

    with tqdm(total=args.pictures, desc="composing", disable=not sys.stderr.isatty()) as bar:
        pictures = run(args.data, args.out, args.pictures, args.seed, bar.update)
    print(json.dumps({"folder": str(args.out), "pictures": pictures}))
    return 0
