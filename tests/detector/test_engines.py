"""One verb on every engine: what is chosen, what is refused, and that the boxes are the same."""

import importlib.util
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from detector.boxes import iou
from detector.distinct import distinct
from detector.engine import PROVIDERS, WANTED, EngineName, Share, choose, open_engine
from detector.errors import HashMismatch, NoEngine, UnreadableCard
from detector.images import open_photo
from detector.model import open_model
from detector.onnx_engine import open_onnx, options_of
from detector.processor import flags, multiplies_bytes
from detector.types import Detections, Image
from detector.weights import open_card
from tests.detector.build import a_card, a_constant_model

HAS_OPENVINO = importlib.util.find_spec("openvino") is not None
SHIPPED = Path("weights/current.toml")
BENCH = sorted(Path("tests/data/bench").glob("*.jpg"))

VNNI = {"avx512_vnni"}
needs_vnni = pytest.mark.skipif(not multiplies_bytes(flags()), reason="this processor has no VNNI")
needs_openvino = pytest.mark.skipif(not HAS_OPENVINO, reason="OpenVINO is not installed: requirements/openvino.txt")


def test_openvino_is_taken_by_itself_where_it_is_installed_and_the_card_has_a_file_for_it(tmp_path: Path) -> None:
    without, shipped = open_card(a_card(tmp_path)), open_card(SHIPPED)
    assert choose(shipped, "auto", has_openvino=True, processor=VNNI) == "openvino"
    assert choose(without, "auto", has_openvino=True, processor=VNNI) == "onnxruntime"
    assert choose(shipped, "onnxruntime", has_openvino=True, processor=VNNI) == "onnxruntime"


@pytest.mark.parametrize(
    ("processor", "wanted"),
    [
        ({"avx512f", "avx512_vnni"}, "onnxruntime-int8"),
        ({"avx2", "avx_vnni"}, "onnxruntime"),
        ({"avx2"}, "onnxruntime"),
        ({"avx512_vnni", "amx_int8"}, "onnxruntime"),
        (set(), "onnxruntime"),
    ],
)
def test_eight_bits_are_taken_by_themselves_where_they_were_measured_to_pay(
    tmp_path: Path, processor: set[str], wanted: str
) -> None:
    assert choose(open_card(SHIPPED), "auto", has_openvino=False, processor=processor) == wanted
    assert choose(open_card(a_card(tmp_path)), "auto", has_openvino=False, processor=processor) == "onnxruntime"


def test_an_engine_that_is_wanted_by_name_is_never_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(NoEngine, match="not installed"):
        choose(open_card(SHIPPED), "openvino", has_openvino=False)
    with pytest.raises(NoEngine, match="holds no file"):
        choose(open_card(a_card(tmp_path)), "openvino", has_openvino=True)
    with pytest.raises(NoEngine, match="no VNNI"):
        choose(open_card(SHIPPED), "onnxruntime-int8", processor={"avx2"})
    with pytest.raises(NoEngine, match="holds no file"):
        choose(open_card(a_card(tmp_path)), "onnxruntime-int8", processor=VNNI)
    for processor in ({*VNNI, "amx_int8"}, {"avx_vnni"}):
        assert choose(open_card(SHIPPED), "onnxruntime-int8", processor=processor) == "onnxruntime-int8"


def test_a_processor_that_cannot_be_asked_can_do_nothing_special(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_bytes(b"model name : \xff\xfe\nflags : fpu avx512_vnni\n")
    assert "avx512_vnni" in flags(told)
    assert flags(tmp_path) == flags(tmp_path / "missing") == frozenset()


@pytest.mark.parametrize(("name", "provider"), [("cuda", "CUDA"), ("tensorrt", "Tensorrt")])
def test_a_graphics_card_that_is_not_there_is_told(tmp_path: Path, name: str, provider: str) -> None:
    if f"{provider}ExecutionProvider" in ort.get_available_providers():
        pytest.skip(f"this ONNX Runtime has {provider}")
    with pytest.raises(NoEngine, match="ExecutionProvider"):
        open_model(open_card(a_card(tmp_path)), engine=name)  # type: ignore[arg-type]  # one of WANTED, as a text
    assert name in WANTED


def test_where_no_graphics_card_answers_the_processor_looks_and_it_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if "CUDAExecutionProvider" in ort.get_available_providers():
        pytest.skip("this ONNX Runtime has CUDA")
    engine = open_engine(open_card(a_card(tmp_path)), "auto", Share(), has_cuda=True)
    assert engine.name == "onnxruntime"
    assert "no graphics card is used, onnxruntime looks instead" in caplog.text
    assert "CUDAExecutionProvider" in caplog.text


NO_LIBRARY = RuntimeError("CUDA_PATH is set but CUDA wasn't able to be loaded")
BAD_OPTION = ValueError("Specified provider options are no strings")
NO_ROOM = refusals.RuntimeException("BFCArena::AllocateRawInternal: Failed to allocate memory for 1677721600 bytes")
NO_CODE = refusals.Fail("CUDA error 209: no kernel image is available for execution on the device")
GONE = refusals.DeviceReset("CUDA error 719: the device was reset")


class _Computer:
    """ONNX Runtime as on a computer with a graphics card that fails; by the processor it is the real one."""

    def __init__(self, at_start: Exception | None = None, at_run: Exception | None = None) -> None:
        self._at_start, self._at_run = at_start, at_run
        self.shapes: list[tuple[int, ...]] = []

    def open(self, weights: bytes, options: ort.SessionOptions, *, providers: list[Any], **kept: Any) -> Any:
        names = [name for name, _ in providers]
        session = _OPEN(weights, options, providers=["CPUExecutionProvider"], **kept)
        if names == ["CPUExecutionProvider"]:
            return session
        if self._at_start is not None:
            raise self._at_start
        session.get_providers = lambda: names
        session.run = self._run
        return session

    def _run(self, _: None, fed: dict[str, Any]) -> list[Any]:
        self.shapes.extend(pixels.shape for pixels in fed.values())
        if self._at_run is not None:
            raise self._at_run
        return [np.zeros((1, 0, 6), np.float32)]


_OPEN = ort.InferenceSession


def _plug_in(patched: pytest.MonkeyPatch, computer: _Computer) -> _Computer:
    patched.setattr(ort, "InferenceSession", computer.open)
    patched.setattr(ort, "get_available_providers", lambda: list(PROVIDERS["tensorrt"]))
    return computer


FAILING = [
    _Computer(at_start=NO_LIBRARY),
    _Computer(at_start=BAD_OPTION),
    _Computer(at_run=NO_ROOM),
    _Computer(at_run=NO_CODE),
    _Computer(at_run=GONE),
]


@pytest.mark.parametrize("computer", FAILING)
def test_where_a_graphics_card_fails_in_any_way_the_processor_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, computer: _Computer
) -> None:
    _plug_in(monkeypatch, computer)
    engine = open_engine(open_card(a_card(tmp_path)), "auto", Share(), has_cuda=True)
    assert engine.name == "onnxruntime"
    assert caplog.text.count("no graphics card is used, onnxruntime looks instead: weights.no_engine") == 1


@pytest.mark.parametrize("name", ["cuda", "tensorrt"])
@pytest.mark.parametrize("computer", FAILING)
def test_a_graphics_card_that_is_wanted_by_name_and_fails_is_told_with_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, computer: _Computer, name: EngineName
) -> None:
    _plug_in(monkeypatch, computer)
    with pytest.raises(NoEngine, match=f"engine={name}, why=."):
        open_engine(open_card(a_card(tmp_path)), name, Share())


def test_a_graphics_card_meets_the_largest_picture_before_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer = _plug_in(monkeypatch, _Computer())
    engine = open_engine(open_card(a_card(tmp_path, side=100)), "auto", Share(), has_cuda=True)
    assert engine.name == "cuda"
    assert computer.shapes == [(1, 3, 128, 128), (1, 3, 32, 128), (1, 3, 128, 32)]


def test_weights_that_are_no_network_are_not_blamed_on_the_graphics_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plug_in(monkeypatch, _Computer())
    with pytest.raises(UnreadableCard):
        open_engine(open_card(a_card(tmp_path, weights=b"not a graph")), "auto", Share(), has_cuda=True)


def test_the_processor_blames_nothing_but_the_weights_on_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stand_still(*_: Any, **__: Any) -> None:
        raise RuntimeError("pthread_setaffinity_np failed")

    monkeypatch.setattr(ort, "InferenceSession", stand_still)
    with pytest.raises(RuntimeError, match="affinity"):
        open_engine(open_card(a_card(tmp_path)), "onnxruntime", Share())


def test_tensorrt_keeps_what_it_built_where_only_its_owner_reads(tmp_path: Path) -> None:
    told = options_of("TensorrtExecutionProvider", tmp_path / "built")
    assert Path(told["trt_engine_cache_path"]).stat().st_mode & 0o777 == 0o700
    assert options_of("TensorrtExecutionProvider", None) == options_of("CPUExecutionProvider", tmp_path) == {}


def test_of_boxes_on_one_thing_the_best_of_each_kind_is_kept() -> None:
    boxes = np.float32([[0, 0, 10, 10], [1, 0, 11, 10], [1, 0, 11, 10], [300, 300, 400, 400]])
    scores = np.float32([[0.9, 0], [0.8, 0], [0.8, 0.7], [0.1, 0.2]])
    rows = distinct(np.concatenate([boxes, scores], axis=1).T, 0.15)
    assert rows[:, 4].tolist() == pytest.approx([0.9, 0.7, 0.2])
    assert rows[:, 5].tolist() == [0, 1, 1]
    assert rows[:, :4].tolist() == [[0, 0, 10, 10], [1, 0, 11, 10], [300, 300, 400, 400]]


def test_no_picture_has_more_than_300_boxes() -> None:
    dice = np.random.default_rng(1)
    corners = dice.uniform(0, 4000, (900, 2))
    raw = np.concatenate([corners, corners + 4, dice.uniform(0.1, 1, (900, 3))], axis=1).T.astype(np.float32)
    rows = distinct(raw, 0.001)
    assert len(rows) == 300
    assert (np.diff(rows[:, 4]) <= 0).all()


def test_nothing_is_found_where_nothing_scores() -> None:
    assert distinct(np.zeros((7, 50), np.float32), 0.25).shape == (0, 6)


@pytest.mark.parametrize(
    "small",
    [
        pytest.param("openvino", marks=needs_openvino),
        pytest.param("onnxruntime-int8", marks=needs_vnni),
    ],
)
def test_engines_with_eight_bits_find_the_same_things_on_a_street(small: EngineName) -> None:
    """Processors without instructions for eight bits round otherwise: what is found is held equal, not each pixel."""
    card, images = open_card(SHIPPED), [_bench(path) for path in BENCH]
    portable, fast = open_model(card), open_model(card, engine=small)
    met = [one for image in images for one in _met(portable.detect([image])[0], fast.detect([image], min_score=0.1)[0])]
    assert len(met) >= 20
    assert sum(met) >= 0.85 * len(met)


@needs_openvino
def test_threads_share_openvino_without_disturbing_each_other() -> None:
    model = open_model(open_card(SHIPPED), engine="openvino", share=Share(1, 2))
    images = [_bench(path) for path in BENCH[:3]]
    images.append(np.ascontiguousarray(images[0].transpose(1, 0, 2)))
    alone = [model.detect([image])[0].xyxy for image in images]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda i: model.detect([images[i % 4]])[0].xyxy, range(12)))
    assert all(np.allclose(box, alone[i % 4], atol=0.01) for i, box in enumerate(together))


def test_changed_eight_bit_weights_never_run(tmp_path: Path) -> None:
    card = _copied(tmp_path)
    (tmp_path / f"{open_card(card).name}.int8.onnx").write_bytes(b"other")
    with pytest.raises(HashMismatch):
        open_onnx(open_card(card), "onnxruntime-int8", Share())


def test_an_eight_bit_file_that_chooses_boxes_itself_is_refused(tmp_path: Path) -> None:
    card = open_card(a_card(tmp_path, eight_bit=a_constant_model([(1, 1, 9, 9, 0.9, 0)])))
    with pytest.raises(UnreadableCard, match="side 1 of the output is 7"):
        open_onnx(card, "onnxruntime-int8", Share())


@needs_openvino
@pytest.mark.parametrize("purpose", ["openvino", "openvino-weights"])
def test_a_changed_graph_or_changed_weights_never_run(tmp_path: Path, purpose: str) -> None:
    card = _copied(tmp_path)
    file = tmp_path / next(one.path for one in open_card(card).files if one.engine == purpose)
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(HashMismatch):
        open_model(open_card(card), engine="openvino")


@needs_openvino
def test_a_graph_that_is_no_detection_model_is_refused(tmp_path: Path) -> None:
    card = a_card(tmp_path, openvino=(b"<net/>", b"\0"))
    with pytest.raises(UnreadableCard):
        open_model(open_card(card), engine="openvino")


@needs_openvino
def test_openvino_reports_to_nobody_even_where_its_reporter_is_installed(tmp_path: Path) -> None:
    said = _run_alone(tmp_path, _ALONE)
    assert said == {"sockets": [], "reported": False, "boxes": True}


_REPORTER = "import pathlib\npathlib.Path(__file__).with_name('imported').touch()\nclass Telemetry: ...\n"
_ALONE = """
import json, sys
asked = []
sys.addaudithook(lambda event, _: asked.append(event) if event.startswith(("socket.", "urllib.")) else None)
import numpy as np
from pathlib import Path
from detector.model import open_model
from detector.weights import open_card
model = open_model(open_card(Path("weights/current.toml")), engine="openvino")
model.detect([np.zeros((360, 640, 3), np.uint8)])
reported = any(name.startswith("openvino_telemetry") and loaded for name, loaded in sys.modules.items())
reported = reported or (Path(sys.argv[1]) / "openvino_telemetry" / "imported").exists()
print(json.dumps({"sockets": asked, "reported": reported, "boxes": model.engine.name == "openvino"}))
"""


def _run_alone(folder: Path, program: str) -> dict[str, object]:
    """In a process that no build server seems to run, in a home without any consent, with a reporter on its path."""
    reporter = folder / "openvino_telemetry"
    reporter.mkdir()
    (reporter / "__init__.py").write_text(_REPORTER)
    (reporter / "backend").mkdir()
    (reporter / "backend" / "__init__.py").write_text("backend_ga4 = None\n")
    env = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{folder}:{os.environ.get('PYTHONPATH', '')}",
    }
    ended = subprocess.run(
        [sys.executable, "-c", program, str(folder)], env=env, capture_output=True, text=True, timeout=120, check=True
    )
    told: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    return told


def _met(wanted: Detections, found: Detections) -> list[bool]:
    """Of each wanted box, whether one of its kind was found at nearly the same place."""
    near = iou(wanted.xyxy, found.xyxy) > 0.5  # (N, M)
    same = np.array([[kind == other for other in found.kinds] for kind in wanted.kinds], bool).reshape(near.shape)
    return list((near & same).any(axis=1))


def _copied(folder: Path) -> Path:
    for file in open_card(SHIPPED).files:
        if file.engine != "safetensors":
            (folder / file.path).write_bytes((SHIPPED.parent / file.path).read_bytes())
    card = folder / SHIPPED.name
    card.write_bytes(SHIPPED.read_bytes())
    return card


def _bench(path: Path) -> Image:
    return open_photo(path.read_bytes(), longest_side=960).image
