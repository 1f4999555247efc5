"""ONNX Runtime: the engine that runs everywhere, and by CUDA and TensorRT where they are installed.

ONNX Runtime itself goes on by the processor, with a line on stdout, where a graphics card does not start. Here that is
`NoEngine`: who named a card is told that it is not used, and `auto` decides what looks instead.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from detector.boxes import STRIDE
from detector.distinct import distinct
from detector.engine import PROVIDERS, ROW, EngineName, Rows, Share
from detector.errors import NoEngine, UnreadableCard
from detector.weights import Card, Purpose

EIGHT_BIT: Final = "onnxruntime-int8"
_FEW_WARNINGS: Final = 3
_UNLOADABLE: Final = (
    refusals.EPFail,
    refusals.Fail,
    refusals.InvalidArgument,
    refusals.InvalidGraph,
    refusals.InvalidProtobuf,
    refusals.NotImplemented,
    refusals.RuntimeException,
)

_NO_MODEL: Final = (refusals.InvalidGraph, refusals.InvalidProtobuf)
"""Of these, what is about the file, whatever is to run it."""

_NO_CARD: Final = (*_UNLOADABLE, refusals.DeviceReset, refusals.EngineError, RuntimeError, ValueError)
"""What is raised where a graphics card fails: by ONNX Runtime, and as the plain two by what loads the libraries."""


class OnnxEngine:
    """A detection network whose file also chooses the boxes; with eight-bit weights it stops before, as OpenVINO's."""

    def __init__(self, session: ort.InferenceSession, name: EngineName, sha256: str) -> None:
        self.name = name
        self.sha256 = sha256
        self._session = session
        self._input = session.get_inputs()[0].name

    def run(self, pixels: NDArray[np.float32], least: float) -> Rows:
        """See `Engine.run`; where the file chooses, all 300 rows are given, whatever they score."""
        answer: Rows = self._session.run(None, {self._input: pixels})[0][0]
        return distinct(answer, least) if self.name == EIGHT_BIT else answer


def open_onnx(card: Card, name: EngineName, share: Share, cache: Path | None = None) -> OnnxEngine:
    """Load a card's ONNX file; see `detector.engine.open_engine`."""
    purpose: Purpose = EIGHT_BIT if name == EIGHT_BIT else "onnxruntime"
    wanted, sha256 = PROVIDERS[name], card.sha256_of(purpose)
    if missing := sorted(set(wanted) - set(ort.get_available_providers())):
        raise NoEngine(card=card.name, engine=name, why=f"this ONNX Runtime has no {missing[0]}")
    kept = None if cache is None else cache / "tensorrt" / f"{sha256[:16]}-{ort.__version__}"
    ways = [(one, options_of(one, kept)) for one in wanted]
    weights = card.read(purpose)
    with _refusing(card, name):
        session = ort.InferenceSession(weights, lean(share.threads), providers=ways, enable_fallback=False)
    if (why := left_out(wanted, session.get_providers())) is not None:
        raise NoEngine(card=card.name, engine=name, why=why)
    shape = session.get_outputs()[0].shape
    at, values = (1, 4 + len(card.kinds)) if name == EIGHT_BIT else (2, ROW)
    if len(session.get_inputs()) != 1 or len(shape) != 3 or shape[at] not in (values, None):
        raise UnreadableCard(card=card.name, why=f"side {at} of the output is {values} of three, got {shape}")
    engine = OnnxEngine(session, name, sha256)
    if not is_processor(name):
        with _refusing(card, name):
            _meet_all_shapes(engine, max(card.input))
    return engine


def is_processor(name: EngineName) -> bool:
    """Whether an engine needs no graphics card."""
    return PROVIDERS[name] == PROVIDERS["onnxruntime"]


@contextmanager
def _refusing(card: Card, name: EngineName) -> Iterator[None]:
    """Tell what ONNX Runtime raises within as an error with a code: of the weights, or of a graphics card."""
    try:
        yield
    except _NO_CARD as error:
        why = str(error)[:200]
        if not is_processor(name) and not isinstance(error, _NO_MODEL):
            raise NoEngine(card=card.name, engine=name, why=why) from error
        if isinstance(error, _UNLOADABLE):
            raise UnreadableCard(card=card.name, why=why) from error
        raise


def left_out(wanted: Sequence[str], started: Sequence[str]) -> str | None:
    """Why a session does not run where it was meant to; None if it does.

    >>> left_out(("CUDAExecutionProvider", "CPUExecutionProvider"), ["CUDAExecutionProvider", "CPUExecutionProvider"])
    >>> left_out(("CUDAExecutionProvider", "CPUExecutionProvider"), ["CPUExecutionProvider"])
    'CUDAExecutionProvider did not start: there is no graphics card, or its driver, CUDA or cuDNN is missing'
    """
    if started and started[0] == wanted[0]:
        return None
    return f"{wanted[0]} did not start: there is no graphics card, or its driver, CUDA or cuDNN is missing"


def options_of(provider: str, kept: Path | None) -> dict[str, Any]:
    """How a provider is to work: boxes as everywhere, no search of minutes for each new shape of a picture.

    Args:
        provider: as ONNX Runtime names it.
        kept: where TensorRT may keep what it built for these weights, if anywhere; made where it is missing.
    """
    if provider == "CUDAExecutionProvider":
        return {"cudnn_conv_algo_search": "HEURISTIC", "arena_extend_strategy": "kSameAsRequested", "use_tf32": "0"}
    if provider != "TensorrtExecutionProvider" or kept is None:
        return {}
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "trt_engine_cache_enable": "True",
        "trt_engine_cache_path": str(kept),
        "trt_timing_cache_enable": "True",
        "trt_timing_cache_path": str(kept),
    }


def _meet_all_shapes(engine: OnnxEngine, side: int) -> None:
    """Run the extremes of what will come: a graphics card without room for them, or code for the network, fails now.

    TensorRT builds anew for a shape outside of what it has met: having met these, it lets no photo wait.
    """
    side = -(-side // STRIDE) * STRIDE
    for height, width in ((side, side), (STRIDE, side), (side, STRIDE)):
        engine.run(np.zeros((1, 3, height, width), np.float32), 1.0)


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
