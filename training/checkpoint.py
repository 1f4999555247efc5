"""Reads an ultralytics checkpoint (`.pt`) without running anything that is in it.

Such a file is a pickle of a whole network object, and a pickle can name any function. Here every name that is not
one of a few that rebuild tensors becomes an inert object, which only remembers what it was given. The tensors are
then collected from where torch keeps them in a network.
"""

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import torch
from torch._utils import _rebuild_parameter, _rebuild_tensor_v2

from training.errors import WeightsUnreadable

STORAGES: Final = ("FloatStorage", "HalfStorage", "BFloat16Storage", "DoubleStorage", "LongStorage", "IntStorage")
KNOWN: Final[Mapping[tuple[str, str], Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor_v2,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    ("torch", "Size"): torch.Size,
    **{("torch", name): getattr(torch, name) for name in STORAGES},
}
BROKEN: Final = (
    RuntimeError, pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError, struct.error,
)  # fmt: skip


class _Inert:
    """Stands for any class or function that a checkpoint names."""

    def __new__(cls, *_: object, **__: object) -> "_Inert":
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        self.state: Mapping[str, Any] = {}

    def __setstate__(self, state: object) -> None:
        self.state = state if isinstance(state, dict) else {}

    def __setitem__(self, key: object, value: object) -> None:
        """An inert mapping forgets."""

    def append(self, value: object) -> None:
        """An inert list forgets."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return KNOWN.get((module, name), _Inert)


def _load(file: Any, **_: object) -> Any:
    return _Unpickler(file).load()


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What is taken from a checkpoint.

    Attributes:
        architecture: the name of the model file that its network was built from, such as `yolo26n.yaml`.
        tensors: weights and statistics by name, float32 where they are floats.
    """

    architecture: str
    tensors: Mapping[str, torch.Tensor]


def read(path: Path) -> Checkpoint:
    """The averaged network of a checkpoint if it has one, else the network.

    Raises:
        WeightsUnreadable: missing, no checkpoint, or no network in it.
    """
    if not path.is_file():
        raise WeightsUnreadable(path=str(path), why="no such file")
    _refuse_script(path)
    only_parsed: Any = SimpleNamespace(Unpickler=_Unpickler, load=_load, __name__="parsed")
    try:
        said = torch.load(path, map_location="cpu", pickle_module=only_parsed, weights_only=False)
    except BROKEN as error:
        raise WeightsUnreadable(path=str(path), why=str(error)) from error
    network = (said.get("ema") or said.get("model")) if isinstance(said, dict) else None
    if not isinstance(network, _Inert):
        raise WeightsUnreadable(path=str(path), why="no network in it")
    tensors = {name: _as_float(tensor) for name, tensor in _tensors(network, "")}
    described = network.state.get("yaml")
    architecture = str(described.get("yaml_file", "")) if isinstance(described, dict) else ""
    return Checkpoint(Path(architecture).name, tensors)


def _refuse_script(path: Path) -> None:
    """A TorchScript archive is code; `torch.load` would hand it to `torch.jit.load`, past the unpickler above."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if any(Path(name).name == "constants.pkl" for name in archive.namelist()):
            raise WeightsUnreadable(path=str(path), why="a TorchScript archive, which holds code")


def _as_float(tensor: torch.Tensor) -> torch.Tensor:
    tensor = tensor.detach()
    return tensor.float() if tensor.is_floating_point() else tensor


def _tensors(module: _Inert, prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    """As `state_dict` would name them."""
    for place in ("_parameters", "_buffers"):
        for name, tensor in module.state.get(place, {}).items():
            if isinstance(tensor, torch.Tensor):
                yield prefix + name, tensor
    for name, inner in module.state.get("_modules", {}).items():
        if isinstance(inner, _Inert):
            yield from _tensors(inner, f"{prefix}{name}.")
