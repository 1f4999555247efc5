"""Eight-bit weights for an engine, calibrated on pictures that the card was trained on, and what they lose.

For ONNX Runtime see `training.qdq`. For OpenVINO, NNCF looks at a few hundred pictures and chooses for each layer how
its numbers become whole numbers (min-max ranges with bias correction, as in R. Krishnamoorthi, "Quantizing deep
convolutional networks for efficient inference", 2018). What follows the last convolutions stays in float: there pixels
are computed, and a 128th of a picture is too coarse.
"""

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from datasets.formats import manifest as manifests
from datasets.records import Manifest, Sample
from detector.boxes import STRIDE
from detector.engine import Wanted, choose
from detector.images import LOOKING_SIDE, open_file
from detector.model import EngineModel, open_model
from detector.openvino_engine import quiet
from detector.weights import Card, WeightsFile, open_card
from training import card as cards
from training import frozen
from training.errors import TooMuchLost, WeightsUnreadable
from training.evaluate import Report, evaluate, refuse_trained
from training.findings import look
from training.provenance import all_real
from training.publish import mean_ap50

PICTURES: Final = 128
SEED: Final = 0
LOSS_ALLOWED: Final = 0.005
"""Of mean AP50 on the frozen test: half a point."""

EightBit = Literal["openvino", "onnxruntime-int8"]
FILES: Final[Mapping[EightBit, Mapping[str, str]]] = {
    "openvino": {"openvino": ".int8.xml", "openvino-weights": ".int8.bin"},
    "onnxruntime-int8": {"onnxruntime-int8": ".int8.onnx"},
}
"""For each engine, what its files are for and how their names end."""

BLOCKS: Final[Mapping[EightBit, str]] = {"openvino": "int8", "onnxruntime-int8": "int8_onnx"}
"""What the card calls the loss with an engine."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Mean AP50 on the frozen test, and AP50 by kind, in float and with eight bits."""

    mean_float: float
    mean_int8: float
    by_kind: Mapping[str, tuple[float, float]]

    @property
    def points(self) -> float:
        """Of mean AP50, a hundred to one.

        >>> Lost(0.7715, 0.7702, {}).points
        0.13
        """
        return round(100 * (self.mean_float - self.mean_int8), 2)

    def as_toml(self) -> dict[str, object]:
        """The lines of the card."""
        kinds = {kind: {"ap50_float": was, "ap50_int8": now} for kind, (was, now) in self.by_kind.items()}
        means = {"mean_ap50_float": self.mean_float, "mean_ap50_int8": self.mean_int8}
        return {**means, "points_lost": self.points, "kinds": kinds}


def quantise(card_path: Path, root: Path, *, pictures: int = PICTURES, engine: EightBit = "openvino") -> Lost:
    """Write `NAME.int8.onnx`, or `NAME.int8.xml` and `.bin`, beside a card and name them in it, with what they lose.

    Args:
        card_path: whose ONNX file is quantised.
        root: the data folder: `role=train` calibrates, `role=test` judges.
        pictures: to calibrate with.
        engine: that is to run it.

    Raises:
        TooMuchLost: more than half a point of mean AP50; the card stays as it was.
        NoEngine: OpenVINO is not installed (ImportError where NNCF is not), or the processor has no VNNI.
    """
    card = open_card(card_path)
    choose(_with_files(card, engine), engine)
    whole = manifests.read(root)
    test = whole.role("test")
    refuse_trained(test, cards.groups_of(card, card_path))
    chosen = calibrating(whole, cards.groups_of(card, card_path), pictures)
    model = open_model(card)
    inputs = [_input(model, root / s.file) for s in chosen]
    content = _quantised(engine, card.read("onnxruntime"), len(card.kinds), inputs)
    with TemporaryDirectory() as folder:
        trial = Path(folder) / card_path.name
        trial.write_bytes(card_path.read_bytes())
        (trial.parent / card.file("onnxruntime").name).write_bytes(card.read("onnxruntime"))
        _add_files(trial, engine, content)
        lost = _lost(trial, engine, test, root)
    if lost.mean_float - lost.mean_int8 > LOSS_ALLOWED:
        raise TooMuchLost(points=lost.points, allowed=100 * LOSS_ALLOWED)
    _add_files(card_path, engine, content)
    facts = {"calibrated_on": len(chosen), "manifest_sha256": whole.sha256, "frozen": frozen.name_of(test, root)}
    cards.lay(card_path, {BLOCKS[engine]: {**facts, **lost.as_toml()}})
    return lost


def _with_files(card: Card, engine: EightBit) -> Card:
    """The card as it is to become, by which is told before the minutes of work whether this computer can judge it."""
    to_be = (WeightsFile(card.name + end, card.sha256, purpose) for purpose, end in FILES[engine].items())
    return replace(card, files=(*card.files, *to_be))


def _quantised(engine: EightBit, onnx: bytes, kinds: int, inputs: Sequence[NDArray[np.float32]]) -> Mapping[str, bytes]:
    if engine == "openvino":
        return _eight_bit(onnx, kinds, inputs)
    from training import qdq

    return {engine: qdq.eight_bit(onnx, kinds, inputs)}


def _add_files(card_path: Path, engine: EightBit, content: Mapping[str, bytes]) -> None:
    """Write the contents beside a card, and name them in it instead of earlier ones."""
    said = cards.read(card_path)
    files = [one for one in said["files"] if one["engine"] not in FILES[engine]]
    for purpose, end in FILES[engine].items():
        name = f"{said['name']}{end}"
        (card_path.parent / name).write_bytes(content[purpose])
        files.append({"path": name, "sha256": hashlib.sha256(content[purpose]).hexdigest(), "engine": purpose})
    cards.lay(card_path, {"files": files})


def calibrating(whole: Manifest, trained_on: frozenset[str], count: int) -> Sequence[Sample]:
    """Photographs of `role=train` whose group the card was trained on, always the same ones."""
    known = [sample for sample in all_real(whole.role("train")) if sample.group in trained_on]
    return random.Random(SEED).sample(known, min(count, len(known)))  # noqa: S311  # a choice of pictures


def _input(model: EngineModel, path: Path) -> NDArray[np.float32]:
    """`(1, 3, H, W)` as the product itself fills it."""
    return model.filled(open_file(path, longest_side=LOOKING_SIDE).image).copy()


def _eight_bit(onnx: bytes, kinds: int, inputs: Sequence[NDArray[np.float32]]) -> dict[str, bytes]:
    """The graph up to the raw answers with eight-bit weights, as the two contents that OpenVINO reads."""
    openvino = quiet()
    import nncf
    from openvino._offline_transformations import apply_moc_transformations

    whole = openvino.Core().read_model(onnx)
    raw = _raw_answers(whole, kinds)
    network = openvino.Model([raw.output(0)], whole.get_parameters(), "street")
    longest = max(max(one.shape[2:]) for one in inputs)
    network.reshape([1, 3, (STRIDE, longest), (STRIDE, longest)])
    apply_moc_transformations(network, cf=True, smart_reshape=False)  # so that NNCF knows an activation when it sees it
    head = re.escape(raw.get_friendly_name().rpartition("/")[0])
    small = nncf.quantize(
        network,
        nncf.Dataset(inputs),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(inputs),
        ignored_scope=nncf.IgnoredScope(patterns=[f".*{head}/(?!cv2|cv3).*"], validate=False),
    )
    return _contents(openvino, small)


def _raw_answers(network: Any, kinds: int) -> Any:
    """The operation that joins boxes and scores, `(B, 4 + kinds, A)`: what comes after only chooses among them."""
    joined = [one for one in network.get_ordered_ops() if one.get_type_name() == "Concat"]
    for one in joined:
        shape = one.output(0).get_partial_shape()
        if shape.rank.is_static and len(shape) == 3 and str(shape[1]) == str(4 + kinds):
            return one
    raise WeightsUnreadable(card="", why=f"no operation gives (B, {4 + kinds}, A)")


def _contents(openvino: Any, network: Any) -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "street.xml"
        openvino.save_model(network, path, compress_to_fp16=True)
        return {"openvino": path.read_bytes(), "openvino-weights": path.with_suffix(".bin").read_bytes()}


def _lost(card_path: Path, small: EightBit, test: Manifest, root: Path) -> Lost:
    card = open_card(card_path)
    engines: tuple[Wanted, Wanted] = ("onnxruntime", small)
    was, now = (
        evaluate(test, look(open_model(card, engine=engine), test, root), card.thresholds) for engine in engines
    )
    kinds = {kind: (_ap50(was, kind), _ap50(now, kind)) for kind, score in was.per_kind.items() if score.measurable}
    return Lost(round(mean_ap50(was), 4), round(mean_ap50(now), 4), kinds)


def _ap50(report: Report, kind: str) -> float:
    return round(report.per_kind[kind].ap50 or 0.0, 4)
