"""`python -m datasets VERB`: check, stats, fetch, split, convert, synth. Answers are JSON on stdout."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path

from tqdm import tqdm

from datasets import check as checks
from datasets import split as splits
from datasets.errors import DatasetError
from datasets.fetch import GITHUB, Mirror
from datasets.fetch import fetch as fetch_all
from datasets.formats import coco, manifest, yolo
from datasets.pictures import look
from datasets.records import Sample
from datasets.stats import stats as count

SAMPLES = "samples"


def check(args: argparse.Namespace) -> int:
    """Find broken pictures, bad boxes, leaks between roles and licences that forbid; 1 if any is serious."""
    found = manifest.read(args.data)
    bar = tqdm(total=len(found), desc="checking", disable=args.text_only or not sys.stderr.isatty())

    def opened(sample: Sample) -> checks.Looks | str:
        bar.update()
        return look(sample, args.data)

    faults = checks.check(found, None if args.text_only else opened)
    bar.close()
    for fault in faults:
        print(json.dumps({"code": fault.code, "file": fault.file, "serious": fault.serious, **fault.facts}))
    serious = sum(fault.serious for fault in faults)
    print(f"{len(found)} pictures, {serious} serious faults, {len(faults) - serious} remarks", file=sys.stderr)
    return 1 if serious else 0


def stats(args: argparse.Namespace) -> int:
    """Count pictures, negatives and boxes by source, role and kind."""
    print(json.dumps(count(manifest.read(args.data)), indent=1))
    return 0


def fetch(args: argparse.Namespace) -> int:
    """Fetch the pictures of a manifest, or the few `samples`, from their public repositories."""
    mirror = Mirror(args.mirror)
    if args.what != SAMPLES:
        return _fetch(Path(args.what), args.out or Path(args.what), mirror, args.source)
    with as_file(files("datasets") / SAMPLES) as root:
        return _fetch(root, args.out or _cache() / "data" / SAMPLES, mirror, args.source)


def _fetch(root: Path, out: Path, mirror: Mirror, source: str | None) -> int:
    wanted = manifest.read(root).where(lambda sample: source in (None, sample.source))
    failed = fetch_all(wanted, out, mirror)
    for error in failed:
        print(json.dumps({"error": {"code": error.code, "facts": dict(error.facts)}}))
    print(json.dumps({"folder": str(out), "pictures": len(wanted) - len(failed), "failed": len(failed)}))
    return 1 if failed else 0


def _cache() -> Path:
    return Path(os.environ.get("STREETWARDEN_CACHE") or "~/.cache/streetwarden").expanduser()


def split(args: argparse.Namespace) -> int:
    """Hold out whole groups of the training pictures; prints both lists of files."""
    kept, held = splits.hold_out(manifest.read(args.data).role("train"), args.share, seed=args.seed)
    print(json.dumps({"kept": [sample.file for sample in kept], "held": [sample.file for sample in held]}))
    return 0


def convert(args: argparse.Namespace) -> int:
    """A data folder to COCO, or a COCO file to YOLO labels with `kinds.txt`."""
    if args.to == "coco":
        coco.write(args.out, manifest.read(args.source))
        return 0
    kinds, labels = coco.read(args.source)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "kinds.txt").write_text("".join(f"{kind}\n" for kind in kinds), encoding="utf-8")
    for file, found in labels.items():
        yolo.write((args.out / "labels" / file).with_suffix(".txt"), found, kinds)
    return 0


def synth(args: argparse.Namespace) -> int:
    """Render scenes; its own flags follow, see `synth --help`."""
    from datasets.synth.__main__ import main as render  # its imports are not needed by the other verbs

    return render(args.rest)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m datasets", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    add = partial(_verb, verbs)
    one = add(check)
    one.add_argument("data", type=Path, help="folder with kinds.txt, manifest.csv, images, labels")
    one.add_argument("--text-only", action="store_true", help="leave the pixels out")
    add(stats).add_argument("data", type=Path)
    one = add(fetch)
    one.add_argument("what", help="`samples`, or a folder with a manifest")
    one.add_argument("--out", type=Path, help="default: the folder itself; samples go to the cache")
    one.add_argument("--source", help="only this set")
    one.add_argument("--mirror", default=GITHUB, help="base address of raw files")
    one = add(split)
    one.add_argument("data", type=Path)
    one.add_argument("--share", type=float, default=0.1)
    one.add_argument("--seed", default="split")
    one = add(convert)
    one.add_argument("source", type=Path)
    one.add_argument("out", type=Path)
    one.add_argument("--to", choices=("coco", "yolo"), required=True)
    add(synth)
    return top


def _verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", run: object) -> argparse.ArgumentParser:
    name, told = getattr(run, "__name__", ""), getattr(run, "__doc__", "")
    verb = verbs.add_parser(name, help=told, description=told)
    verb.set_defaults(run=run)
    return verb


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 good, 1 faults found or a named failure, 2 wrong use."""
    given = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_args(given[:1] if given[:1] == ["synth"] else given)
    args.rest = given[1:]
    try:
        return int(args.run(args))
    except (DatasetError, ValueError) as error:
        code, facts = getattr(error, "code", "usage"), dict(getattr(error, "facts", {"why": str(error)}))
        print(json.dumps({"error": {"code": code, "facts": facts}}), file=sys.stderr)
        return 1 if isinstance(error, DatasetError) else 2


if __name__ == "__main__":
    sys.exit(main())
