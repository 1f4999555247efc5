"""`python -m training VERB`: train, export, evaluate, promote, document ... Only JSON or a path on stdout."""

import argparse
import json
import sys
from collections.abc import Sequence

from datasets.errors import DatasetError
from detector.errors import DetectorError
from training import making, measuring, offline
from training.errors import TrainingError
from training.places import cache_dir
from training.plates import command as plates


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    making.add(verbs)
    plates.add(verbs)
    measuring.add(verbs)
    return top


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
