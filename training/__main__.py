"""`python -m training VERB`: train, export, evaluate, promote, document. Only JSON or a path on stdout."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from datasets.errors import DatasetError
from datasets.formats import manifest as manifests
from detector.errors import DetectorError
from training import making, offline
from training.errors import TrainingError
from training.places import cache_dir, shared_dir

WEIGHTS = Path("weights")
FALLBACK = 0.25


def export(args: argparse.Namespace) -> int:
    """Export a run to ONNX, choose input size and thresholds on the held-out slice, measure, write the card."""
    from training import recipe
    from training.publish import Order, publish
    from training.run import open_run

    chosen = recipe.read(args.recipe)
    order = Order(args.out, args.version, args.inputs, args.note)
    path, log = publish(chosen, open_run(chosen, cache_dir()), shared_dir(), order)
    print(json.dumps({"card": str(path), **log}, indent=1))
    return 0


def evaluate(args: argparse.Namespace) -> int:
    """Score weights, or a file of detections, on a data folder; needs no torch."""
    from detector.model import open_model
    from detector.weights import open_card
    from training.card import groups_of
    from training.evaluate import evaluate as score
    from training.evaluate import refuse_trained
    from training.findings import look, read

    whole = manifests.read(args.data)
    chosen = whole.role(args.role)
    if args.weights:
        card = open_card(args.weights)
        refuse_trained(chosen, groups_of(card, args.weights))
        findings = look(open_model(card), chosen, args.data)
        sha256, thresholds = card.sha256, dict(card.thresholds)
    else:
        findings, sha256, thresholds = read(args.detections, chosen), None, _shipped()
    report = score(chosen, findings, {kind: thresholds.get(kind, FALLBACK) for kind in whole.kinds})
    print(json.dumps({"card_sha256": sha256, "manifest_sha256": whole.sha256, **report.as_json()}))
    return 0


def _shipped() -> dict[str, float]:
    """The thresholds of the promoted card, by which a file of detections is judged."""
    from detector.weights import open_card

    current = WEIGHTS / "current.toml"
    return dict(open_card(current).thresholds) if current.is_file() else {}


def promote(args: argparse.Namespace) -> int:
    """Make a card the current one if it is better on the frozen tests."""
    from training.promote import promote as make_current

    root = args.data or shared_dir() / "data/street"
    print(make_current(args.card, manifests.read(root).role("test"), root))
    return 0


def document(args: argparse.Namespace) -> int:
    """Write docs/model: the card as a page, and 24 random test pictures with what was missed on them."""
    from training.paperwork import Places, write

    root = args.data or shared_dir() / "data/street"
    for path in write(Places(args.weights, root, args.docs, args.sheet)):
        print(path)
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    making.add(verbs)
    _add_making(verbs)
    verb = verbs.add_parser("evaluate", help=evaluate.__doc__)
    verb.add_argument("--data", type=Path, required=True, help="folder with kinds.txt, manifest.csv, images, labels")
    what = verb.add_mutually_exclusive_group(required=True)
    what.add_argument("--weights", type=Path, help="card")
    what.add_argument("--detections", type=Path, help="lines of `python -m detector detect --json --min-score 0.001`")
    verb.add_argument("--role", default="test", choices=("train", "test", "train_near_test"))
    verb.add_argument("--json", action="store_true", help="the only form there is")
    verb.set_defaults(run=evaluate)
    verb = verbs.add_parser("promote", help=promote.__doc__)
    verb.add_argument("card", type=Path)
    verb.add_argument("--data", type=Path, help="default: data/street of the shared folder")
    verb.set_defaults(run=promote)
    verb = verbs.add_parser("document", help=document.__doc__)
    verb.add_argument("--weights", type=Path, default=WEIGHTS / "current.toml")
    verb.add_argument("--data", type=Path, help="default: data/street of the shared folder")
    verb.add_argument("--docs", type=Path, default=Path("docs/model"))
    verb.add_argument("--sheet", type=Path, default=Path("build/contact_sheet.png"), help="with pixels, not for git")
    verb.set_defaults(run=document)
    return top


def _add_making(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = verbs.add_parser("export", help=export.__doc__)
    verb.add_argument("recipe", type=Path)
    verb.add_argument("--out", type=Path, default=WEIGHTS)
    verb.add_argument("--version", default="0.1.0")
    verb.add_argument("--inputs", type=int, nargs="+", default=[512], help="longest sides to choose from, pixels")
    verb.add_argument("--note", default="")
    verb.set_defaults(run=export)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 good, 1 a named failure, 2 wrong use."""
    args = parser().parse_args(argv)
    offline.prepare(cache_dir())
    try:
        return int(args.run(args))
    except (TrainingError, DatasetError, DetectorError) as error:
        print(json.dumps({"error": {"code": error.code, "facts": dict(error.facts)}}), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
