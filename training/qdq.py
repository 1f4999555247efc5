"""Eight-bit weights for ONNX Runtime on a processor with VNNI: which layers of an exported network get them.

Only where whole numbers are cheaper: the first layers have few channels and so many pixels that the activation between
them costs more than it saves, and so have the branches that name kinds, which also lose the most. The last
convolutions, and what follows them, stay in float as for OpenVINO.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from training.errors import WeightsUnreadable

NETWORK: Final = "/network/"
"""Where `training.export.EndToEnd` keeps the network; what lies outside chooses among its answers."""

EXACT_LAYERS: Final = 3
"""The first so many layers stay in float."""

OPERATIONS: Final = ("Conv", "Sigmoid", "Mul", "Add", "Concat", "MaxPool", "Resize", "Split")
LAYER: Final = re.compile(r"/network/model\.(\d+)/(.*)")
BOX_BRANCH: Final = re.compile(r"cv2\.\d+/cv2\.\d+\.[01]/.*")


class _Pictures(CalibrationDataReader):  # type: ignore[misc]  # ONNX Runtime has no types
    """What ONNX Runtime asks for one by one."""

    def __init__(self, name: str, inputs: Sequence[NDArray[np.float32]]) -> None:
        self._left: Iterator[dict[str, NDArray[np.float32]]] = iter([{name: one} for one in inputs])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._left, None)


def eight_bit(content: bytes, kinds: int, inputs: Sequence[NDArray[np.float32]]) -> bytes:
    """The graph up to the raw answers `(B, 4 + kinds, A)`, with eight-bit weights by channel.

    Args:
        content: an ONNX file that `training.export.to_onnx` wrote.
        kinds: that it knows.
        inputs: `(1, 3, H, W)` each, to see how large numbers become.

    Raises:
        WeightsUnreadable: it was written by something else.
    """
    network = raw(onnx.load_from_string(content), kinds)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "int8.onnx"
        quantize_static(
            network,
            path,
            _Pictures(network.graph.input[0].name, inputs),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(OPERATIONS),
            nodes_to_quantize=_cheaper(network.graph),
            per_channel=True,
            activation_type=QuantType.QUInt8,  # with signed weights the one pair that VNNI multiplies
            weight_type=QuantType.QInt8,
        )
        return path.read_bytes()


def raw(model: Any, kinds: int) -> Any:
    """The part of an exported model that answers; what only chooses among the answers is left out.

    Raises:
        WeightsUnreadable: not one value leads from the network to the rest.
    """
    inside = [one for one in model.graph.node if one.name.startswith(NETWORK)]
    made = {name for one in inside if one.op_type != "Constant" for name in one.output}
    used = {name for one in model.graph.node if not one.name.startswith(NETWORK) for name in one.input}
    if len(made & used) != 1:
        raise WeightsUnreadable(card="", why=f"one value leads out of {NETWORK}, got {len(made & used)}")
    needed, kept = set(made & used), []
    for one in reversed(model.graph.node):
        if needed & set(one.output):
            kept.append(one)
            needed |= set(one.input)
    answer = onnx.helper.make_tensor_value_info(
        (made & used).pop(), onnx.TensorProto.FLOAT, ["batch", 4 + kinds, "anchors"]
    )
    weights = [one for one in model.graph.initializer if one.name in needed]
    graph = onnx.helper.make_graph(kept[::-1], "street", list(model.graph.input), [answer], weights)
    cut = onnx.helper.make_model(graph, opset_imports=model.opset_import, producer_name=model.producer_name)
    cut.ir_version = model.ir_version
    onnx.checker.check_model(cut)
    return cut


def _cheaper(graph: Any) -> list[str]:
    """Names of the operations that get eight bits."""
    head = graph.node[-1].name.rpartition("/")[0]
    return [one.name for one in graph.node if _is_cheaper(one.name, head)]


def _is_cheaper(name: str, head: str) -> bool:
    found = LAYER.fullmatch(name)
    if found is None or int(found[1]) < EXACT_LAYERS:
        return False
    return not name.startswith(f"{head}/") or BOX_BRANCH.fullmatch(found[2]) is not None
