"""The verbs that measure and decide: export, evaluate, measure, freeze, kfold, promote, document."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from datasets.formats import manifest as manifests
from datasets.records import Manifest
from detector.engine import WANTED
from training.places import cache_dir, shared_dir

WEIGHTS: Final = Path("weights")
FALLBACK: Final = 0.25
ROLES: Final = ("train", "test", "train_near_test", "all-real")
STREET: Final = "data/street"


def export(args: argparse.Namespace) -> int:
    """Export a run to ONNX, choose input size and thresholds on the held-out slice, measure, write the card."""
    from training import recipe
    from training.publish import Order, publish
    from training.run import open_run

    chosen = recipe.read(args.recipe)
    order = Order(args.out, args.version, args.inputs, args.note, args.keep_start)
    path, log = publish(chosen, open_run(chosen, cache_dir()), shared_dir(), order)
    print(json.dumps({"card": str(path), **log}, indent=1))
    return 0


def evaluate(args: argparse.Namespace) -> int:
    """Score weights, or a file of detections, on a data folder; needs no torch."""
    from detector.model import open_model
    from detector.weights import open_card
    from training.card import groups_of
    from training.evaluate import refuse_trained
    from training.findings import look, read
    from training.report import write

    whole = manifests.read(args.data)
    chosen = _chosen(whole, args.role, args.kind)
    if args.weights:
        card = open_card(args.weights)
        refuse_trained(chosen, groups_of(card, args.weights))
        findings = look(open_model(card, engine=args.engine), chosen, args.data)
        sha256, thresholds = card.sha256, dict(card.thresholds)
    else:
        findings, sha256, thresholds = read(args.detections, chosen), None, _shipped()
    shown = {kind: thresholds.get(kind, FALLBACK) for kind in whole.kinds}
    measured = _measured(chosen, findings, shown, args, {"card_sha256": sha256, "manifest_sha256": whole.sha256})
    if args.out:
        write(measured, args.out)
    print(json.dumps(measured.as_json()))
    return 0


def _measured(
    chosen: Manifest, findings: Any, shown: Mapping[str, float], args: argparse.Namespace, hashes: Mapping[str, Any]
) -> Any:
    from training import few, frozen
    from training.evaluate import evaluate as score
    from training.provenance import REAL, only_origin
    from training.report import Measured

    name, origin = frozen.name_of(chosen, args.data), only_origin(chosen)
    facts = {
        **hashes,
        "role": args.role,
        "frozen": name is not None,
        "frozen_list": name,
        "rendered": origin != REAL,
        "origin": origin,
        "one_by_one": few.one_by_one(chosen, findings, shown),
    }
    report = score(chosen, findings, shown, rounds=args.rounds)
    return Measured(chosen, args.data, findings, shown, report, facts)


def _chosen(whole: Manifest, role: str, kind: str | None) -> Manifest:
    from training.provenance import all_real

    chosen = all_real(whole) if role == "all-real" else whole.role(role)
    return chosen.labelled_for(kind) if kind else chosen


def _shipped() -> dict[str, float]:
    """The thresholds of the promoted card, by which a file of detections is judged."""
    from detector.weights import open_card

    current = WEIGHTS / "current.toml"
    return dict(open_card(current).thresholds) if current.is_file() else {}


def quantise(args: argparse.Namespace) -> int:
    """Add eight-bit weights to a card if they lose no more than half a point; for OpenVINO this needs NNCF."""
    from training.quantise import quantise as make_eight_bit

    lost = make_eight_bit(args.card, args.data or shared_dir() / STREET, pictures=args.pictures, engine=args.engine)
    print(json.dumps({"card": str(args.card), **lost.as_toml()}, indent=1))
    return 0


def table(args: argparse.Namespace) -> int:
    """Print kinds by sources by models as Markdown, from folders that `evaluate --out` wrote."""
    from training import comparison

    print(comparison.table(comparison.read([folder / "report.json" for folder in args.reports])), end="")
    return 0


def measure(args: argparse.Namespace) -> int:
    """Score a card on a test folder and write the numbers into it; made pictures get a line of their own."""
    from training.measured import write_into

    root = args.data or shared_dir() / STREET
    write_into(args.card, root, named=_as_a_stranger_writes(root))
    print(args.card)
    return 0


def _as_a_stranger_writes(path: Path) -> str:
    """A folder without the places of this machine."""
    for name, folder in (("SHARED", shared_dir()), ("CACHE", cache_dir())):
        if path.resolve().is_relative_to(folder.resolve()):
            return f"$STREETWARDEN_{name}/{path.resolve().relative_to(folder.resolve()).as_posix()}"
    return str(path)


def freeze(args: argparse.Namespace) -> int:
    """Write the count and hash of a test list, to be committed."""
    from training import frozen

    found = frozen.freeze(manifests.read(args.data).role(args.role), args.name)
    path = frozen.FOLDER / f"{args.name}.toml"
    path.write_text(found.as_toml(), encoding="utf-8")
    print(path)
    return 0


def kfold(args: argparse.Namespace) -> int:
    """Score a rare kind over all its real pictures, each by weights that never saw its group; resumable."""
    from training import recipe
    from training.kfold import Plan, run

    plan = Plan(args.kind, args.folds, args.epochs, args.stem_epochs, args.pictures, args.negatives)
    chosen = recipe.read(args.recipe)
    result = run(replace(chosen, start=args.start or chosen.start), plan, shared_dir(), cache_dir())
    if args.card:
        from training.card import lay, read

        lay(args.card, {"kfold": {**read(args.card).get("kfold", {}), args.kind: result}})
    print(json.dumps(result))
    return 0


def promote(args: argparse.Namespace) -> int:
    """Make a card the current one if it is better on the frozen tests and no slower; it will say why."""
    from training.promote import Terms
    from training.promote import promote as make_current

    root = args.data or shared_dir() / STREET
    terms = Terms(datetime.now(UTC).date(), args.allow_slower, args.allow_unfrozen)
    print(make_current(args.card, manifests.read(root).role("test"), root, terms))
    return 0


def document(args: argparse.Namespace) -> int:
    """Write docs/model: the card as pages in two languages, and what goes wrong on which pictures."""
    from training.paperwork import Places, write

    root = args.data or shared_dir() / STREET
    for path in write(Places(args.weights, root, args.docs, args.sheet)):
        print(path)
    return 0


def add(verbs: Any) -> None:
    """Teach these verbs to the command line."""
    verb = verbs.add_parser("export", help=export.__doc__)
    verb.add_argument("recipe", type=Path)
    verb.add_argument("--out", type=Path, default=WEIGHTS)
    verb.add_argument("--version", default="0.1.0")
    verb.add_argument("--inputs", type=int, nargs="+", default=[512], help="longest sides to choose from, pixels")
    verb.add_argument("--note", default="")
    verb.add_argument("--keep-start", type=float, default=0.0, help="share of the start's weights to keep, 0 to 1")
    verb.set_defaults(run=export)
    _add_evaluate(verbs.add_parser("evaluate", help=evaluate.__doc__))
    verb = verbs.add_parser("table", help=table.__doc__)
    verb.add_argument("reports", type=Path, nargs="+", help="folders, named as the models are to be called")
    verb.set_defaults(run=table)
    verb = verbs.add_parser("measure", help=measure.__doc__)
    verb.add_argument("card", type=Path)
    verb.add_argument("--data", type=Path, help="default: data/street of the shared folder")
    verb.set_defaults(run=measure)
    verb = verbs.add_parser("quantise", help=quantise.__doc__)
    verb.add_argument("card", type=Path)
    verb.add_argument("--data", type=Path, help="default: data/street of the shared folder")
    verb.add_argument("--pictures", type=int, default=128, help="to calibrate with (default: %(default)s)")
    engines = ("openvino", "onnxruntime-int8")
    verb.add_argument("--engine", choices=engines, default="openvino", help="that runs them (default: %(default)s)")
    verb.set_defaults(run=quantise)
    verb = verbs.add_parser("freeze", help=freeze.__doc__)
    verb.add_argument("name", help="of the list")
    verb.add_argument("--data", type=Path, required=True)
    verb.add_argument("--role", default="test", choices=ROLES[:3])
    verb.set_defaults(run=freeze)
    _add_kfold(verbs.add_parser("kfold", help=kfold.__doc__))
    verb = verbs.add_parser("promote", help=promote.__doc__)
    verb.add_argument("card", type=Path)
    verb.add_argument("--data", type=Path, help="default: data/street of the shared folder")
    verb.add_argument("--allow-slower", default="", metavar="REASON", help="why it may cost over a tenth more")
    verb.add_argument("--allow-unfrozen", default="", metavar="REASON", help="why another list than a frozen may judge")
    verb.set_defaults(run=promote)
    verb = verbs.add_parser("document", help=document.__doc__)
    verb.add_argument("--weights", type=Path, default=WEIGHTS / "current.toml")
    verb.add_argument("--data", type=Path, help="default: data/street of the shared folder")
    verb.add_argument("--docs", type=Path, default=Path("docs/model"))
    verb.add_argument("--sheet", type=Path, default=Path("build/contact_sheet.png"), help="with pixels, not for git")
    verb.set_defaults(run=document)


def _add_evaluate(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--data", type=Path, required=True, help="folder with kinds.txt, manifest.csv, images, labels")
    what = verb.add_mutually_exclusive_group(required=True)
    what.add_argument("--weights", type=Path, help="card")
    what.add_argument("--detections", type=Path, help="lines of `python -m detector detect --json --min-score 0.001`")
    verb.add_argument(
        "--engine", default="onnxruntime", choices=WANTED, help="that runs the card (default: %(default)s)"
    )
    verb.add_argument("--role", default="test", choices=ROLES, help="all-real: every photograph of train and test")
    verb.add_argument("--kind", help="only pictures that are labelled for this kind")
    verb.add_argument("--rounds", type=int, default=1000, help="draws for the interval of AP50; 0: none")
    verb.add_argument("--out", type=Path, help="folder for report.json, plots and failure sheets (not to be published)")
    verb.add_argument("--json", action="store_true", help="the only form there is")
    verb.set_defaults(run=evaluate)


def _add_kfold(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("recipe", type=Path)
    verb.add_argument("--kind", required=True)
    verb.add_argument("--start", help="weights that have seen no group of the kind; default: those of the recipe")
    verb.add_argument("--folds", type=int, default=5)
    verb.add_argument("--stem-epochs", type=int, default=6, help="without any group of the kind, once")
    verb.add_argument("--epochs", type=int, default=2, help="of each fold, going on from there")
    verb.add_argument("--pictures", type=int, default=640, help="drawn in an epoch")
    verb.add_argument("--negatives", type=int, default=150, help="pictures without the kind to score in all")
    verb.add_argument("--card", type=Path, help="write the result into this card")
    verb.set_defaults(run=kfold)
