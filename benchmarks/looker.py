"""One side of F1 in a process of its own: it looks at the same pictures whenever it is told to, and says what it cost.

Usage: `python -m benchmarks.looker SIDE CARD PICTURE...`, a side of `SIDES`; a line on stdin is a round, JSON on stdout
its result: CPU seconds of this process and its children since the last line, and the boxes.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from detector.engine import Wanted

Look = Callable[[Path], list[list[Any]]]
DEFAULT_SIDE: Final = 640
"""What ultralytics' configuration says for `imgsz`."""

MIN_SCORE: Final = 0.25
"""The default of ultralytics' `predict`; both sides give the boxes from here on."""


def ours(card: Path, engine: Wanted = "onnxruntime") -> Look:
    """From bytes to boxes as the service does it."""
    from detector.images import LOOKING_SIDE, open_photo
    from detector.model import open_model
    from detector.weights import open_card

    model = open_model(open_card(card), engine=engine)

    def look(picture: Path) -> list[list[Any]]:
        photo = open_photo(picture.read_bytes(), longest_side=LOOKING_SIDE)
        found = model.detect([photo.image], min_score=MIN_SCORE)[0]
        return [[one.kind, one.score, *(side / photo.scale for side in one.box.xyxy)] for one in found]

    return look


def int8(card: Path) -> Look:
    """The same with eight-bit weights."""
    return ours(card, "onnxruntime-int8")


def openvino(card: Path) -> Look:
    """The same by OpenVINO."""
    return ours(card, "openvino")


def ultralytics(card: Path, **wishes: Any) -> Look:
    """From a file to boxes by ultralytics' own `predict`, with as many pixels as the card asks for."""
    from training.reference import ultralytics_model

    model = ultralytics_model(card)

    def look(picture: Path) -> list[list[Any]]:
        results: Any = model.predict(str(picture), verbose=False, **wishes)
        result = results[0]
        rows = zip(result.boxes.cls.tolist(), result.boxes.conf.tolist(), result.boxes.xyxy.tolist(), strict=True)
        return [[result.names[int(kind)], score, *xyxy] for kind, score, xyxy in rows]

    return look


def untouched(card: Path) -> Look:
    """The same with as many pixels as `predict` takes when nobody says anything."""
    return ultralytics(card, imgsz=DEFAULT_SIDE)


SIDES: Final[dict[str, Callable[[Path], Look]]] = {
    "ours": ours,
    "int8": int8,
    "openvino": openvino,
    "ultralytics": ultralytics,
    "untouched": untouched,
}


def cpu_seconds() -> float:
    """User and system time of this process, all its threads and ended children."""
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


def main(side: str, card: str, pictures: Iterable[str]) -> None:
    """Warm up once, say so, then a round for each line."""
    look, files = SIDES[side](Path(card)), [Path(picture) for picture in pictures]
    for file in files[:3]:
        look(file)
    print(json.dumps({"ready": side}), flush=True)
    for _ in sys.stdin:
        begun = cpu_seconds()
        boxes = {file.name: look(file) for file in files}
        print(json.dumps({"cpu_s": cpu_seconds() - begun, "boxes": boxes}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
