"""`python -m benchmarks [--only F1]`: measure against the references; build/bench.json, whose other rows stay."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import (
    at_once,
    bulk,
    city,
    following,
    footprint,
    gate,
    gpu,
    install,
    lists,
    per_photo,
    review,
    serving,
    small_things,
    start,
    streams,
    threads,
    way,
    with_ray,
)
from benchmarks.figures import Figure, Machine, say, write_figures

RESULT: Final = Path("build/bench.json")
FIGURES: Final[dict[str, Callable[[], list[Figure]]]] = {
    "F1": per_photo.measure,
    "F1-gpu": gpu.measure,
    "F1-profile": way.measure,
    "F2": serving.measure,
    "F3": at_once.measure,
    "F3-threads": threads.measure,
    "F4": footprint.measure,
    "F5": start.measure,
    "F6": install.measure,
    "F7": streams.measure,
    "F8": streams.measure_decoding,
    "F9": gate.measure,
    "F10": bulk.measure,
    "F12": with_ray.measure,
    "F13": small_things.measure,
    "F14": following.measure,
    "F15": city.measure,
    "R1": review.measure,
    "R2": lists.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is wanted; a missed target is told, and is no error of the benchmark."""
    wish = _parser().parse_args(arguments)
    print(f"on {Machine.here()}", flush=True)
    figures = []
    for name in FIGURES if wish.only is None else (wish.only,):
        print(f"{name} …", flush=True)
        for figure in FIGURES[name]():
            figures.append(figure)
            print(say(figure), flush=True)
    write_figures(RESULT, figures, alone=wish.only is not None)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=sorted(FIGURES))
    return parser


if __name__ == "__main__":
    sys.exit(main())
