"""A network in training behind the product's own path, so that it can be measured without an export."""

from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from detector.catalog import load_catalog
from detector.engine import EngineName, Rows
from detector.model import EngineModel
from detector.weights import Card, WeightsFile
from training.export import EndToEnd
from training.unpatched import DetectionModel

NOTHING: Final = "0" * 64


class TorchEngine:
    """Answers as ONNX Runtime does, by the network that would have been exported."""

    name: Final[EngineName] = "onnxruntime"
    sha256: Final = NOTHING

    def __init__(self, trained: DetectionModel, device: str) -> None:
        self._network = EndToEnd(trained).to(device).eval()
        self._device = device

    def run(self, pixels: NDArray[np.float32], least: float) -> Rows:  # noqa: ARG002  # as the exported file does
        """See `detector.engine.Engine.run`."""
        with torch.inference_mode():
            rows: torch.Tensor = self._network(torch.from_numpy(pixels).to(self._device))
        found: Rows = rows[0].cpu().numpy()
        return found


def as_model(trained: DetectionModel, side: int, device: str = "cpu") -> EngineModel:
    """The network as the product would run it.

    Args:
        trained: with its kinds as names.
        side: longest side of the input, pixels.
        device: where it runs.
    """
    named: Any = trained
    kinds = tuple(str(named.names[index]) for index in range(named.nc))
    known = load_catalog()
    return EngineModel(
        _card(kinds, side), TorchEngine(trained, device), tuple(known.condition_of(kind) for kind in kinds)
    )


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
