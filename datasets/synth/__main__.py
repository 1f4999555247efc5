"""`python -m datasets synth`: render scenes into a data folder, or make the demo city's pictures and clip again."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tqdm import tqdm

from datasets.synth import book, clip, demo
from datasets.synth.grammar import KINDS
from datasets.synth.plates import Quality, RendererMissing


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m datasets synth", description=__doc__)
    top.add_argument("--out", type=Path, help="the data folder to write")
    top.add_argument("--scenes", type=int, default=10, help="how many seeds (default 10)")
    top.add_argument("--seed", type=int, default=0, help="the first seed")
    top.add_argument("--kind", choices=["mix", *KINDS], default="mix")
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
    order = book.Order(args.scenes, args.seed, args.kind, args.shots, not args.no_twins)
    quality = Quality(args.size[0], args.size[1], args.samples, args.threads)
    bar = tqdm(total=len(book.scenes_of(order)), desc="rendering", disable=not sys.stderr.isatty())

    def tell(facts: Mapping[str, object]) -> None:
        bar.update()
        bar.set_postfix_str(f"{facts['cpu_s']} CPU-s")

    pictures = book.make(order, args.out, quality, tell)
    bar.close()
    print(json.dumps({"folder": str(args.out), "pictures": pictures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
