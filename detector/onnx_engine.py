"""ONNX Runtime: the engine that runs everywhere, and by CUDA and TensorRT where they are installed."""

from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from detector.engine import PROVIDERS, ROW, EngineName, Rows, Share
from detector.errors import NoEngine, UnreadableCard
from detector.weights import Card

_FEW_WARNINGS: Final = 3
_UNLOADABLE: Final = (
    refusals.Fail,
    refusals.InvalidArgument,
    refusals.InvalidGraph,
    refusals.InvalidProtobuf,
    refusals.NotImplemented,
    refusals.RuntimeException,
)


class OnnxEngine:
    """A detection network whose file also chooses the boxes, so that nothing is left to do."""

    def __init__(self, session: ort.InferenceSession, name: EngineName, sha256: str) -> None:
        self.name = name
        self.sha256 = sha256
        self._session = session
        self._input = session.get_inputs()[0].name

    def run(self, pixels: NDArray[np.float32], least: float) -> Rows:  # noqa: ARG002  # its rows are few anyway
        """See `Engine.run`; all 300 rows are given, whatever they score."""
        rows: Rows = self._session.run(None, {self._input: pixels})[0][0]
        return rows


def open_onnx(card: Card, name: EngineName, share: Share) -> OnnxEngine:
    """Load a card's ONNX file; see `detector.engine.open_engine`."""
    wanted = PROVIDERS[name]
    if missing := sorted(set(wanted) - set(ort.get_available_providers())):
        raise NoEngine(card=card.name, engine=name, why=f"this ONNX Runtime has no {missing[0]}")
    try:
        session = ort.InferenceSession(card.read("onnxruntime"), lean(share.threads), providers=list(wanted))
    except _UNLOADABLE as error:
        raise UnreadableCard(card=card.name, why=str(error)[:200]) from error
    shape = session.get_outputs()[0].shape
    if len(session.get_inputs()) != 1 or len(shape) != 3 or shape[2] not in (ROW, None):
        raise UnreadableCard(card=card.name, why=f"the output is (B, N, {ROW}), got {shape}")
    return OnnxEngine(session, name, card.sha256_of("onnxruntime"))


def lean(threads: int) -> ort.SessionOptions:
    """Options that keep a session small and its idle threads asleep."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _FEW_WARNINGS
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def giving_back(is_wanted: bool) -> ort.RunOptions | None:
    """For a run whose working memory goes back at once: the next picture may be a giant that needs the room."""
    if not is_wanted:
        return None
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
