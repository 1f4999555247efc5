"""`python -m datasets VERB`: check, compose, convert, fetch, sheet, split, stats, synth. Errors are JSON on stderr."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from datasets.commands import check, compose, convert, fetch, sheet, split, stats, synth
from datasets.errors import DatasetError
from datasets.fetch import GITHUB
from datasets.labels import FOLDER as OWN_LABELS
from datasets.records import ROLES

FORMATS = ("street", "coco", "cvat", "voc", "yolo")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m datasets", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    add = partial(_verb, verbs)
    one = add(check)
    one.add_argument("data", type=Path, help="folder with kinds.txt, manifest.csv, images, labels")
    one.add_argument("--text-only", action="store_true", help="leave the pixels out")
    one.add_argument("--labels", type=Path, default=OWN_LABELS, help="our own labels to lay over it; default: shipped")
    one.add_argument("--report", type=Path, metavar="DIR", help="write index.html with pictures of what is wrong")
    one = add(stats)
    one.add_argument("data", type=Path)
    one.add_argument("--json", action="store_true", help="by source, role and kind")
    one.add_argument("--plots", type=Path, metavar="DIR", help="draw sizes, shapes, places and counts")
    one.add_argument("--lang", choices=("zh", "en"), default="en", help="of the plots")
    one.add_argument("--format", choices=("png", "svg"), default="png")
    _sheet(add(sheet))
    one = add(fetch)
    one.add_argument("what", help="`samples`, or a folder with a manifest")
    one.add_argument("--out", type=Path, help="default: the folder itself; samples go to the cache")
    one.add_argument("--source", help="only this set")
    one.add_argument("--dry-run", action="store_true", help="tell what would be fetched, ask nothing of the net")
    one.add_argument("--mirror", default=GITHUB, help="base address of raw files")
    _split(add(split))
    _convert(add(convert))
    one = add(compose)
    one.add_argument("--data", type=Path, required=True, help="data folder with the photographs")
    one.add_argument("--pictures", type=int, default=1500)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--out", type=Path, required=True, help="data folder to make or to go on with")
    add(synth)
    return top


def _sheet(one: argparse.ArgumentParser) -> None:
    one.add_argument("data", type=Path)
    which = one.add_mutually_exclusive_group()
    which.add_argument("--kind", help="pictures with a box of this kind; default: all")
    which.add_argument("--missing", metavar="KIND", help="pictures labelled for this kind that have none")
    one.add_argument("--role", choices=ROLES)
    one.add_argument("--crops", action="store_true", help="single boxes instead of whole pictures")
    one.add_argument("--columns", type=int, default=6)
    one.add_argument("--tile", type=int, default=240, metavar="PIXELS")
    one.add_argument("--most", type=int, default=60, metavar="TILES")
    one.add_argument("--seed", default="sheet", help="another text shows others")
    one.add_argument("--out", type=Path, required=True, metavar="FILE.png")


def _split(one: argparse.ArgumentParser) -> None:
    one.add_argument("data", type=Path)
    for role, share in (("train", 0.7), ("val", 0.15), ("test", 0.15)):
        one.add_argument(f"--{role}", type=float, default=share, metavar="SHARE", help=f"default {share}")
    one.add_argument("--seed", default="split", help="another text gives another split")
    one.add_argument("--unfreeze", action="store_true", help="let the rows of the test move too")
    one.add_argument("--text-only", action="store_true", help="do not keep look-alikes together")
    one.add_argument("--out", type=Path, metavar="FILE", help="write manifest.csv anew, here; default: only tell")


def _convert(one: argparse.ArgumentParser) -> None:
    one.add_argument("data", type=Path, help="the set to read: its folder, or its main file")
    one.add_argument("out", type=Path, help="a folder that is not there yet")
    one.add_argument("--from", dest="form", choices=FORMATS, required=True, help="street: this project's own layout")
    one.add_argument("--to", choices=FORMATS, required=True)
    one.add_argument("--pictures", choices=("copy", "link", "none"), default="copy")
    told = one.add_argument_group("what a foreign set does not say", "for pictures without a row in facts.csv")
    told.add_argument("--labelled", metavar="KIND,KIND", help="kinds of which every instance is boxed, everywhere")
    told.add_argument("--classes", metavar="CLASS=KIND,...", help="rename classes; nothing after = drops one")
    told.add_argument("--source", metavar="CARD", help="take the words of a card in datasets/sources")
    told.add_argument("--name", help="what the set is called")
    told.add_argument("--role", choices=ROLES, default="train", help="of pictures that are in no part")
    told.add_argument("--group", metavar="PATTERN", help="regular expression; its first group is the place and day")
    told.add_argument("--licence")
    told.add_argument("--credit")


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    told = run.__doc__ or ""
    verb = verbs.add_parser(run.__name__, help=told.splitlines()[0], description=told)
    verb.set_defaults(run=run)
    return verb


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 good, 1 faults found or a named failure, 2 wrong use."""
    given = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_args(given[:1] if given[:1] == ["synth"] else given)
    args.rest = given[1:]
    try:
        return int(args.run(args))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except DatasetError as error:
        return _failed(1, error.code, dict(error.facts))
    except OSError as error:
        return _failed(1, "dataset.disk", {"file": str(error.filename or ""), "why": error.strerror or str(error)})
    except ValueError as error:
        return _failed(2, "usage", {"why": str(error)})
    except KeyboardInterrupt:
        return _failed(130, "dataset.stopped", {})


def _failed(status: int, code: str, facts: dict[str, object]) -> int:
    print(json.dumps({"error": {"code": code, "facts": facts}}, ensure_ascii=False, default=str), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
