"""The detector's own command: `python -m detector detect PATH...` and `… observe SOURCE --post URL --key-file F`."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from detector.annotate import Language
from detector.catalog import load_catalog
from detector.detect import Copies, Looked, find, look
from detector.edge_command import add_observe, observe
from detector.engine import WANTED, Share
from detector.errors import DetectorError
from detector.images import LOOKING_SIDE
from detector.model import open_model
from detector.tiles import LOOKING_CLOSER_SIDE, open_tiled
from detector.weights import open_card

GOOD, FAILED, WRONG_USE = 0, 1, 2
WEIGHTS: Final = Path("weights/current.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status: 0, 1 if a picture failed, 2 for wrong use."""
    told = _parser().parse_args(arguments)
    try:
        return _detect(told) if told.verb == "detect" else observe(told, told.weights or _weights())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m detector", description="Find street conditions on pictures.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    detect = verbs.add_parser(
        "detect",
        help="look at pictures and say what is on them",
        description="Look at JPEG, PNG and WebP pictures. Exit status: 0, 1 if a picture failed, 2 for wrong use.",
    )
    detect.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a folder or a quoted pattern")
    detect.add_argument("--weights", type=Path, metavar="CARD", help=f"a weights card (default: {WEIGHTS})")
    detect.add_argument("--min-score", type=_score, metavar="S", help="one score for all kinds instead of the card's")
    detect.add_argument("--json", action="store_true", help="a JSON line a picture, and nothing else, on stdout")
    detect.add_argument("--save", type=Path, metavar="DIR", help="write copies with the boxes drawn")
    detect.add_argument("--lang", choices=("zh", "en"), default="en", help="language of names (default: en)")
    detect.add_argument("--engine", choices=WANTED, default="auto", help="(default: %(default)s)")
    detect.add_argument("--closer", action="store_true", help="look twice at large pictures, for small things")
    detect.add_argument("--threads", type=_count, default=os.cpu_count() or 1, help="threads a picture")
    add_observe(verbs)
    return parser


def _detect(told: argparse.Namespace) -> int:
    pictures = find(told.paths)
    if not pictures:
        return _refuse(f"no JPEG, PNG or WebP picture in {', '.join(told.paths)}")
    catalog = load_catalog()
    copies = Copies(told.save, catalog, told.lang) if told.save else None
    try:
        card, share = open_card(told.weights or _weights()), Share(told.threads)
        opening = partial(open_model, card, engine=told.engine, share=share, catalog=catalog)
        finder, side = (open_tiled(opening), LOOKING_CLOSER_SIDE) if told.closer else (opening(), LOOKING_SIDE)
    except DetectorError as error:
        return _refuse(str(error))
    shown = tqdm(
        look(finder, pictures, told.min_score, copies, side), total=len(pictures), disable=not sys.stderr.isatty()
    )
    failed = boxes = 0
    try:
        for looked in shown:
            failed += looked.error is not None
            boxes += len(looked.detections or ())
            tqdm.write(_as_json(looked) if told.json else _as_text(looked, told.lang), file=sys.stdout)
            sys.stdout.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        return _refuse(f"{error.strerror}: {error.filename}")
    if not told.json and len(pictures) > 1:
        print(f"\n{len(pictures) - failed} pictures, {boxes} boxes, {failed} failed")
    missing = all(not picture.path.exists() for picture in pictures)
    return WRONG_USE if missing else FAILED if failed else GOOD


def _weights() -> Path:
    """The card that the environment names, or the shipped one, from the current folder or from beside the package."""
    named = os.environ.get("STREETWARDEN_WEIGHTS")
    beside = Path(__file__).resolve().parent.parent / WEIGHTS
    return Path(named) if named else WEIGHTS if WEIGHTS.exists() else beside


def _as_json(looked: Looked) -> str:
    line: dict[str, Any] = {"file": str(looked.path)}
    if looked.error:
        line["error"] = {"code": looked.error.code, "facts": looked.error.facts}
    else:
        line |= {"width": looked.width, "height": looked.height, "detections": list(_rows(looked))}
    return json.dumps(line, ensure_ascii=False)


def _rows(looked: Looked) -> Iterable[dict[str, Any]]:
    for detection in looked.detections or ():
        yield {
            "kind": detection.kind,
            "condition": detection.condition,
            "score": round(detection.score, 5),
            "xyxy": [round(side, 2) for side in detection.box.xyxy],
        }


def _as_text(looked: Looked, language: Language) -> str:
    if looked.error:
        return f"{looked.path}: {looked.error}"
    catalog = load_catalog()
    lines = [f"{looked.path}  {looked.width} x {looked.height}"]
    for detection in looked.detections or ():
        name = getattr(catalog.kind(detection.kind).name, language)
        x0, y0, x1, y1 = (round(side) for side in detection.box.xyxy)
        lines.append(f"  {detection.score:.2f}  {name}  ({x0}, {y0}) to ({x1}, {y1})")
    return "\n".join(lines)


def _score(text: str) -> float:
    score = float(text)
    if not 0 <= score <= 1:
        raise argparse.ArgumentTypeError("a score is in [0, 1]")
    return score


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _refuse(why: str) -> int:
    print(f"python -m detector: {why}", file=sys.stderr)
    return WRONG_USE


if __name__ == "__main__":
    sys.exit(main())
