"""A network in training behind the product's own path, so that it can be measured without an export."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from detector.catalog import load_catalog
from detector.model import OnnxModel
from detector.weights import Card, WeightsFile
from training.export import EndToEnd
from training.unpatched import DetectionModel

NOTHING: Final = "0" * 64


class TorchSession:
    """Answers as a session of ONNX Runtime does, by the network that would have been exported."""

    def __init__(self, trained: DetectionModel, device: str) -> None:
        self._network = EndToEnd(trained).to(device).eval()
        self._device = device

    def get_inputs(self) -> Sequence[Any]:
        """One, as in the exported file."""
        return [SimpleNamespace(name="images")]

    def run(self, _: object, fed: Mapping[str, NDArray[np.float32]]) -> Sequence[NDArray[np.float32]]:
        """`(B, 3, H, W)` to one array `(B, N, 6)`."""
        with torch.inference_mode():
            rows: torch.Tensor = self._network(torch.from_numpy(fed["images"]).to(self._device))
        return [rows.cpu().numpy()]


def as_model(trained: DetectionModel, side: int, device: str = "cpu") -> OnnxModel:
    """The network as the product would run it.

    Args:
        trained: with its kinds as names.
        side: longest side of the input, pixels.
        device: where it runs.
    """
    named: Any = trained
    kinds = tuple(str(named.names[index]) for index in range(named.nc))
    known = load_catalog()
    session: Any = TorchSession(trained, device)
    return OnnxModel(_card(kinds, side), session, tuple(known.condition_of(kind) for kind in kinds))


def _card(kinds: tuple[str, ...], side: int) -> Card:
    return Card(
        name="trial",
        version="0",
        kinds=kinds,
        input=(side, side),
        licence="",
        recipe_sha256=NOTHING,
        manifest_sha256=NOTHING,
        files=(WeightsFile("trial", NOTHING, "onnxruntime"),),
        thresholds=MappingProxyType(dict.fromkeys(kinds, 0.5)),
        metrics=MappingProxyType({}),
        folder=Path(),
        sha256=NOTHING,
    )
