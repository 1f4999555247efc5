"""`python -m training VERB`: train, evaluate, export, promote."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from training import offline
from training.errors import TrainingError
from training.run import cache_dir, open_run, shared_dir


def train(args: argparse.Namespace) -> int:
    """Train a recipe; with `--resume` go on from its last checkpoint."""
    from training import material, network, recipe
    from training.train import train as run_training

    chosen = recipe.read(args.recipe)
    run = open_run(chosen, cache_dir())
    found = material.gather(chosen, shared_dir())
    facts = {"recipe_sha256": chosen.sha256, "manifest_sha256": found.manifest_sha256, "groups": found.groups}
    run.facts.write_text(json.dumps({"recipe": str(args.recipe), "kinds": found.kinds, **facts}), encoding="utf-8")
    print(f"{len(found.pictures)} pictures; checkpoints and log in {run.folder}", file=sys.stderr, flush=True)
    model = network.start(chosen, found.kinds, shared_dir())
    run_training(model, found.pictures, chosen, run, resume=args.resume)
    print(run.weights)
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("train", help=train.__doc__)
    verb.add_argument("recipe", type=Path)
    verb.add_argument("--resume", action="store_true")
    verb.set_defaults(run=train)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 good, 1 a named failure, 2 wrong use."""
    args = parser().parse_args(argv)
    offline.prepare(cache_dir())
    try:
        return int(args.run(args))
    except TrainingError as error:
        print(json.dumps({"error": {"code": error.code, "facts": dict(error.facts)}}), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
