"""The verbs that make weights: train, prove, ablate, mine, pseudo. Nothing is imported before it is needed."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from datasets.formats import manifest as manifests
from training.places import cache_dir, shared_dir

if TYPE_CHECKING:
    from datasets.records import Manifest
    from training.recipe import Recipe
    from training.run import Run


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs to the command line."""
    verb = verbs.add_parser("train", help=train.__doc__)
    verb.add_argument("recipe", type=Path)
    verb.add_argument("--resume", action="store_true")
    verb.add_argument("--packed", type=Path, help="folder of parts that `pack` wrote, instead of the data")
    verb.set_defaults(run=train)
    verb = verbs.add_parser("pack", help=pack.__doc__)
    verb.add_argument("recipe", type=Path)
    verb.add_argument("--out", type=Path, required=True, help="folder for the parts")
    verb.add_argument("--quality", type=int, default=55, help="of AVIF, 1 to 100")
    verb.add_argument("--part-mb", type=int, default=30, help="a part is closed when it has grown to this")
    verb.set_defaults(run=pack)
    verb = verbs.add_parser("mine", help=mine.__doc__)
    verb.add_argument("card", type=Path)
    verb.add_argument("recipe", type=Path, help="that the list is for: its data, without what it holds out")
    verb.add_argument("--out", type=Path, required=True, help="CSV, beside the recipes")
    verb.set_defaults(run=mine)
    verb = verbs.add_parser("prove", help=prove.__doc__)
    verb.add_argument("recipe", type=Path, help='with data = "drawn"')
    verb.add_argument("--least", type=float, required=True, help="mean AP50 to reach on newly drawn pictures")
    verb.set_defaults(run=prove)
    verb = verbs.add_parser("ablate", help=ablate.__doc__)
    verb.add_argument("plan", type=Path)
    verb.add_argument("--out", type=Path, default=Path("build/ablations"), help="folder for JSON, table and plots")
    verb.add_argument("--short", type=int, help="so many pictures a run, only to see that the plan works")
    verb.set_defaults(run=ablate)
    _add_pseudo(verbs)


def _add_pseudo(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = verbs.add_parser("pseudo", help=pseudo.__doc__)
    verb.add_argument("card", type=Path, help="of the teacher")
    verb.add_argument("recipe", type=Path, help="that the list is for: its data, without what it holds out")
    verb.add_argument("--kinds", nargs="+", required=True, help="kinds to fill in")
    verb.add_argument("--high", type=float, default=0.6, help="a box counts from this score on")
    verb.add_argument("--low", type=float, default=0.2, help="from here to --high the kind stays unknown")
    verb.add_argument("--out", type=Path, required=True, help="CSV, beside the recipes")
    verb.set_defaults(run=pseudo)


def train(args: argparse.Namespace) -> int:
    """Train a recipe; with --resume go on from its last checkpoint."""
    from training import recipe

    print(_trained(recipe.read(args.recipe), resume=args.resume, packed=args.packed).weights)
    return 0


def pack(args: argparse.Namespace) -> int:
    """Write the pictures of a recipe as small files, to train it where the data are not."""
    from training import material, packed, recipe

    chosen = recipe.read(args.recipe)
    found = material.gather(chosen, shared_dir(), cache_dir())
    size = args.part_mb << 20
    for part in packed.write(found, chosen, args.out, quality=args.quality, part_bytes=size, makers=chosen.makers):
        print(part)
    return 0


def _trained(chosen: "Recipe", *, resume: bool, packed: Path | None = None) -> "Run":
    from training import material, network
    from training import packed as packs
    from training.run import open_run
    from training.train import train as run_training

    run = open_run(chosen, cache_dir())
    found = packs.read(packed, chosen) if packed else material.gather(chosen, shared_dir(), cache_dir())
    if resume and (changed := run.changed_since(found.facts(chosen))):
        print(f"goes on with other data than it began with: {', '.join(changed)}", file=sys.stderr, flush=True)
        run.log(changed=" ".join(changed))
    if not resume:
        run.forget()
    run.facts.write_text(json.dumps(found.facts(chosen)), encoding="utf-8")
    print(f"{len(found.pictures)} pictures; checkpoints and log in {run.folder}", file=sys.stderr, flush=True)
    run_training(network.start(chosen, found.kinds, shared_dir()), found.pictures, chosen, run, resume=resume)
    return run


def prove(args: argparse.Namespace) -> int:
    """Train a recipe on drawn pictures and fail unless it finds things on newly drawn ones."""
    from training import material, network, proof, recipe, trial

    chosen = recipe.read(args.recipe)
    run = _trained(chosen, resume=False)
    fresh = material.draw(count=64, size_px=chosen.keep_px, seed=chosen.seed + 1)
    found = proof.average_precisions(trial.as_model(network.load(run.weights), max(chosen.sizes)), fresh)
    print(json.dumps({"mean_ap50": proof.require(found, args.least), "least": args.least, "ap50": found}))
    return 0


def ablate(args: argparse.Namespace) -> int:
    """Train and measure every run of a plan that has no result yet; write JSON, a table and a plot for each test."""
    from training import ablate as ablations
    from training import ablation_table

    plan = ablations.read(args.plan)
    plan = ablations.shortened(plan, args.short) if args.short else plan
    results = []
    for number, result in enumerate(ablations.run_all(plan, ablations.Places(shared_dir(), cache_dir())), 1):
        results.append(result)
        ablations.write(results, args.out)
        (args.out / "ablations.md").write_text(ablation_table.table(results), encoding="utf-8")
        print(f"{number}/{len(plan.trials)} {result['row']}, seed {result['seed']}", file=sys.stderr, flush=True)
    for place in results[0]["measured"]:
        ablation_table.plot(results, place, args.out / f"{place.replace('/', '-').replace(' ', '-')}.png")
    print(args.out / "ablations.json")
    return 0


def _trained_on(path: Path) -> "tuple[Manifest, Path]":
    """The real pictures that a recipe trains on, and where they lie."""
    from training import recipe
    from training.sources import parts

    chosen = recipe.read(path)
    root = shared_dir() / chosen.data
    kept, _ = parts(manifests.read(root), chosen.hold_out)
    return kept, root


def mine(args: argparse.Namespace) -> int:
    """List the training pictures on which weights cry wolf, with how much oftener they should be drawn."""
    from detector.model import open_model
    from detector.weights import open_card
    from training import repeat_weights
    from training.findings import look
    from training.mine import hard

    card = open_card(args.card)
    kept, root = _trained_on(args.recipe)
    found = list(hard(kept, look(open_model(card), kept, root), card.thresholds))
    repeat_weights.write(found, args.out)
    print(f"{len(found)} of {len(kept)} pictures have false alarms", file=sys.stderr)
    print(args.out)
    return 0


def pseudo(args: argparse.Namespace) -> int:
    """List a teacher's sure boxes of kinds that training pictures are not labelled for."""
    from detector.model import open_model
    from detector.weights import open_card
    from training.findings import look
    from training.pseudo import sure, write

    kept, root = _trained_on(args.recipe)
    unknown = kept.where(lambda sample: bool(sample.labelled and set(args.kinds) - sample.labelled))
    found = look(open_model(open_card(args.card)), unknown, root)
    guesses = list(sure(unknown, found, args.kinds, high=args.high, low=args.low))
    write(guesses, args.out)
    pictures = len({guess.sha256 for guess in guesses})
    print(f"{len(guesses)} boxes on {pictures} of {len(unknown)} pictures", file=sys.stderr)
    print(args.out)
    return 0
