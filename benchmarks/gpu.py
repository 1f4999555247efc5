"""F1-gpu: one photo, and frames of many cameras at once, on a graphics card against the processor of the same machine.

It measures time that passes, since a graphics card spends none of the processor's. Where no card starts, the rows say
why and hold no number.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnxruntime as ort

from benchmarks.agreement import agreement
from benchmarks.figures import Figure, Reference
from benchmarks.looker import MIN_SCORE
from benchmarks.per_photo import here
from benchmarks.posting import CARD, PICTURES
from detector.engine import PROVIDERS, EngineName, Share
from detector.errors import NoEngine
from detector.images import LOOKING_SIDE, open_photo
from detector.model import EngineModel, open_model
from detector.onnx_engine import lean, options_of
from detector.weights import Card, open_card

CARDS: Final[tuple[EngineName, ...]] = ("cuda", "tensorrt")
ROUNDS: Final = 7
BATCHES: Final = (1, 4, 16, 64)
FRAME: Final = (384, 640)
"""Height and width that the model gets of a 16:9 frame."""

COMMAND: Final = "make bench ONLY=F1-gpu"
ONE: Final = (
    "time per 1080p photo alone, from bytes to boxes, on a graphics card, by the fastest engine on the processor"
)
MANY: Final = "frames a second that a graphics card looks at, many cameras' at once"

Boxes = Mapping[str, Sequence[Sequence[Any]]]


def measure() -> list[Figure]:
    """CUDA and TensorRT where they start, each against the processor in turn."""
    card, cores = open_card(CARD), os.cpu_count() or 1
    pictures = {path.name: path.read_bytes() for path in sorted(PICTURES.glob("*.jpg"))}
    usual = list(here())[-1]
    processor = open_model(card, engine=usual, share=Share(cores))
    with TemporaryDirectory(prefix="bench-") as folder:
        return [figure for name in CARDS for figure in _card_figures(name, card, processor, pictures, Path(folder))]


def _card_figures(
    name: EngineName, card: Card, processor: EngineModel, pictures: Mapping[str, bytes], cache: Path
) -> list[Figure]:
    row = "F1-gpu" if name == "cuda" else f"F1-gpu-{name}"
    try:
        begun = time.monotonic()
        model = open_model(card, engine=name, cache=cache)
        opened_s = time.monotonic() - begun
    except NoEngine as error:
        return [Figure(row, ONE, None, "of it", None, [], COMMAND, note=str(error.facts["why"]))]
    sides = {"card": model, "processor": processor}
    rounds = [{f"{side}_ms": _per_photo(one, pictures) for side, one in sides.items()} for _ in range(ROUNDS)]
    same = agreement(_boxes(model, pictures), _boxes(processor, pictures), MIN_SCORE)
    note = f"{same[0]} of {same[1]} boxes the same at IoU 0.9; ready after {opened_s:.0f} s"
    return [
        one_photo(row, rounds, processor.engine.name, note),
        many_frames(f"{row}-frames", list(_batches(name, card, cache))),
    ]


def one_photo(row: str, rounds: Sequence[Mapping[str, float]], against: str, note: str) -> Figure:
    """What the rounds say: the median of the card's time as a part of the processor's."""
    value = statistics.median(one["card_ms"] / one["processor_ms"] for one in rounds)
    ours, theirs = (statistics.median(one[f"{side}_ms"] for one in rounds) for side in ("card", "processor"))
    reference = Reference(against, ort.__version__, round(theirs, 2))
    told = f"{ours:.1f} against {theirs:.1f} ms; {note}"
    return Figure(row, ONE, round(value, 3), "of it", None, rounds, COMMAND, reference=reference, note=told)


def many_frames(row: str, batches: Sequence[Mapping[str, float]]) -> Figure:
    """The best of the batches that were tried; frames one by one beside it.

    >>> many_frames("F1-gpu-frames", [{"batch": 1, "a_second": 400.0}, {"batch": 16, "a_second": 1600.0}]).value
    1600.0
    """
    best = max(batches, key=lambda one: one["a_second"])
    note = f"{best['batch']:g} at once; one by one {batches[0]['a_second']:.0f} a second"
    return Figure(row, MANY, round(best["a_second"], 1), "a second", None, batches, COMMAND, "at_least", note=note)


def _batches(name: EngineName, card: Card, cache: Path) -> Iterator[dict[str, float]]:
    ways = [(provider, options_of(provider, cache)) for provider in PROVIDERS[name]]
    session = ort.InferenceSession(card.read("onnxruntime"), lean(1), providers=ways, enable_fallback=False)
    name_in = session.get_inputs()[0].name
    noise = np.random.default_rng(1).random((max(BATCHES), 3, *FRAME), np.float32)
    for batch in BATCHES:
        took_s = _middle(partial(session.run, None, {name_in: noise[:batch]}))
        yield {"batch": batch, "a_second": round(batch / took_s, 1)}


def _middle(work: Callable[[], object]) -> float:
    """The median of seconds that a piece of work takes, once it is warm."""
    work()
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def _per_photo(model: EngineModel, pictures: Mapping[str, bytes]) -> float:
    begun = time.perf_counter()
    for data in pictures.values():
        model.detect([open_photo(data, longest_side=LOOKING_SIDE).image], min_score=MIN_SCORE)
    return round(1000 * (time.perf_counter() - begun) / len(pictures), 2)


def _boxes(model: EngineModel, pictures: Mapping[str, bytes]) -> Boxes:
    opened = {name: open_photo(data, longest_side=LOOKING_SIDE) for name, data in pictures.items()}
    return {
        name: [[one.kind, one.score, *one.box.xyxy] for one in model.detect([photo.image], min_score=MIN_SCORE)[0]]
        for name, photo in opened.items()
    }
