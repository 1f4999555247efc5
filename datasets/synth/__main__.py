"""`python -m datasets synth`: render scenes into a data folder, or make the demo city's pictures and clip again."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tqdm import tqdm

from datasets.synth import book, clip, demo, unseen, weather
from datasets.synth.grammar import KINDS
from datasets.synth.plates import Quality, RendererMissing
from datasets.synth.ways import LIGHTS


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m datasets synth", description=__doc__)
    top.add_argument("--out", type=Path, help="the data folder to write")
    top.add_argument("--scenes", type=int, default=10, help="how many seeds (default 10)")
    top.add_argument("--seed", type=int, default=0, help="the first seed")
    top.add_argument("--kind", nargs="+", choices=["mix", *KINDS], default=["mix"], help="each seed of every kind")
    top.add_argument("--lights", nargs="+", choices=sorted(weather.LIGHTS), help="what shots choose from (default all)")
    top.add_argument("--unseen", action="store_true", help="grammars and assets held out for testing; role test")
    top.add_argument("--reshoot", type=Path, metavar="PLATES", help="photograph the plates of a folder; renders none")
    top.add_argument("--shots", type=int, default=2, help="pictures a plate (default 2)")
    top.add_argument("--no-twins", action="store_true", help="leave out the same street with the work done")
    top.add_argument("--size", type=int, nargs=2, default=(960, 540), metavar=("W", "H"))
    top.add_argument("--samples", type=int, default=6, help="samples a pixel (default 6)")
    top.add_argument("--threads", type=int, default=2)
    top.add_argument("--demo", action="store_true", help="the demo city's pictures, the benchmark's and the clip")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; 0 good, 2 wrong use or no renderer. It resumes: what is rendered already is not rendered again."""
    args = parser().parse_args(argv)
    if not args.demo and args.out is None:
        parser().error("--out or --demo is needed")
    if args.unseen and not set(args.kind) <= {"mix", *unseen.KINDS}:
        parser().error(f"--unseen has the kinds {sorted(unseen.KINDS)}")
    try:
        return _demo(args.threads) if args.demo else _book(args)
    except RendererMissing as error:
        print(error, file=sys.stderr)
        return 2


def _demo(threads: int) -> int:
    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    demo.make(tell, threads)
    clip.make(demo.CITY / "clip.mp4", tell, threads)
    return 0


def _book(args: argparse.Namespace) -> int:
    order = book.Order(
        scenes=args.scenes,
        seed=args.seed,
        kinds=tuple(args.kind),
        shots=args.shots,
        twins=not args.no_twins,
        lights=tuple(args.lights or LIGHTS),
        unseen=args.unseen,
    )
    quality = Quality(args.size[0], args.size[1], args.samples, args.threads)
    bar = tqdm(total=book.plates_of(order, args.reshoot), desc="rendering", disable=not sys.stderr.isatty())

    def tell(facts: Mapping[str, object]) -> None:
        bar.update()
        bar.set_postfix_str(f"{facts['cpu_s']} CPU-s")

    if args.reshoot:
        pictures = book.reshoot(args.reshoot, order, args.out, tell)
    else:
        pictures = book.make(order, args.out, quality, tell)
    bar.close()
    print(json.dumps({"folder": str(args.out), "pictures": pictures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
