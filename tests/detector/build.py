"""Builders for the detector's tests: photos of any kind, and models that always say the same."""

import hashlib
import io
import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image as Pictures

from detector.types import Image

KINDS = ("litter", "closed_bin", "flying_wire")

Row = tuple[float, float, float, float, float, float]
"""x0, y0, x1, y1 in pixels of the model's input, score, kind index."""


def a_picture(width: int = 320, height: int = 240) -> Image:
    """Smooth colours in which every corner differs: red grows to the right, green downwards."""
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(0, 250, width, dtype=np.uint8)[None, :]
    image[..., 1] = np.linspace(0, 250, height, dtype=np.uint8)[:, None]
    image[..., 2] = 60
    return image


def a_file(image: Image | None = None, form: str = "JPEG", **options: object) -> bytes:
    """The picture as file content in any format that Pillow writes."""
    out = io.BytesIO()
    Pictures.fromarray(a_picture() if image is None else image).save(out, form, **options)
    return out.getvalue()


Tag = int | str | float | tuple[float, ...]


def an_exif(
    *, orientation: int = 1, gps: Mapping[int, Tag] | None = None, camera: Mapping[int, Tag] | None = None
) -> bytes:
    """An Exif block as cameras write it, and as they should not: a NaN becomes something divided by nothing."""
    top: dict[int, Tag] = {0x0112: orientation, 0x8769: 0, 0x8825: 0}
    at = 8 + _directory_length(top)
    for tag, directory in ((0x8769, camera or {}), (0x8825, gps or {})):
        top[tag], at = at | 1 << 32, at + _directory_length(directory)
    blocks, at = b"", 8
    for directory in (top, camera or {}, gps or {}):
        blocks += _directory(directory, at)
        at = 8 + len(blocks)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + blocks


def _directory_length(tags: Mapping[int, Tag]) -> int:
    return len(_directory(tags, 0))


def _directory(tags: Mapping[int, Tag], at: int) -> bytes:
    values_at = at + 2 + 12 * len(tags) + 4
    entries, values = struct.pack("<H", len(tags)), b""
    for tag, value in tags.items():
        kind, count, raw = _packed(value)
        if len(raw) > 4:
            entries += struct.pack("<HHII", tag, kind, count, values_at + len(values))
            values += raw
        else:
            entries += struct.pack("<HHI", tag, kind, count) + raw.ljust(4, b"\0")
    return entries + bytes(4) + values


def _packed(value: Tag) -> tuple[int, int, bytes]:
    """Type, count and bytes of a value: texts, shorts, rationals, and longs marked by a bit beyond them."""
    if isinstance(value, str):
        return 2, len(value) + 1, value.encode() + b"\0"
    if isinstance(value, int):
        return (4, 1, struct.pack("<I", value & 0xFFFFFFFF)) if value >> 32 else (3, 1, struct.pack("<H", value))
    parts = value if isinstance(value, tuple) else (value,)
    pairs = [(1, 0) if math.isnan(part) else (round(part * 1000), 1000) for part in parts]
    return 5, len(pairs), b"".join(struct.pack("<II", *pair) for pair in pairs)


def a_card(
    folder: Path,
    rows: list[Row] | None = None,
    *,
    side: int = 640,
    thresholds: dict[str, float] | None = None,
    kinds: tuple[str, ...] = KINDS,
    weights: bytes | None = None,
    openvino: tuple[bytes, bytes] | None = None,
    eight_bit: bytes | None = None,
) -> Path:
    """A card with a model that finds `rows` on every picture, or has other `weights`, and files for more engines."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "tiny.onnx"
    file.write_bytes(weights or a_constant_model(rows or []))
    named = {"onnxruntime": file}
    if eight_bit:
        named["onnxruntime-int8"] = folder / "tiny.int8.onnx"
        named["onnxruntime-int8"].write_bytes(eight_bit)
    if openvino:
        named |= {"openvino": folder / "tiny.xml", "openvino-weights": folder / "tiny.bin"}
        for path, content in zip((folder / "tiny.xml", folder / "tiny.bin"), openvino, strict=True):
            path.write_bytes(content)
    scores = dict.fromkeys(kinds, 0.5) | (thresholds or {})
    card = folder / "tiny.toml"
    card.write_text(
        f"""name = "tiny"
version = "1"
kinds = {json.dumps(kinds)}
input = [{side}, {side}]
licence = "AGPL-3.0-or-later"
recipe_sha256 = "{"0" * 64}"
manifest_sha256 = "{"0" * 64}"
"""
        + "".join(_file(purpose, path) for purpose, path in named.items())
        + "[thresholds]\n"
        + "".join(f"{kind} = {score}\n" for kind, score in scores.items()),
        encoding="utf-8",
    )
    return card


def _file(purpose: str, path: Path) -> str:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return f'[[files]]\npath = "{path.name}"\nsha256 = "{sha256}"\nengine = "{purpose}"\n'


def a_constant_model(rows: list[Row]) -> bytes:
    """An ONNX file whose output is `rows` and one row without a score, whatever the input."""
    table = np.array([*rows, (0, 0, 1, 1, 0, 0)], np.float32)[None]  # (1, N, 6)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["rows", "zero"], ["output0"]),
    ]
    return _a_model(nodes, {"rows": table, "nothing": np.array(0, np.float32)})


def a_looking_model() -> bytes:
    """An ONNX file that boxes what is red in its input, so that a test sees where the picture's pixels went."""
    ends = [
        helper.make_node("ArgMax", [profile], [name], axis=0, keepdims=1, select_last_index=last)
        for name, profile, last in (
            ("first_x", "by_column", 0),
            ("first_y", "by_row", 0),
            ("last_x", "by_column", 1),
            ("last_y", "by_row", 1),
        )
    ]
    nodes = [
        helper.make_node("Mul", ["images", "weigh"], ["weighed"]),
        helper.make_node("ReduceSum", ["weighed", "batch_and_channel"], ["redness"], keepdims=0),  # (H, W)
        helper.make_node("Greater", ["redness", "half"], ["is_red"]),
        helper.make_node("Cast", ["is_red"], ["red"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["red", "rows"], ["by_column"], keepdims=0),  # (W,)
        helper.make_node("ReduceMax", ["red", "columns"], ["by_row"], keepdims=0),  # (H,)
        *ends,
        helper.make_node("Concat", ["first_x", "first_y", "last_x", "last_y"], ["corners"], axis=0),
        helper.make_node("Add", ["corners", "pixel_width"], ["edges"]),
        helper.make_node("Cast", ["edges"], ["box"], to=TensorProto.FLOAT),
        helper.make_node("Concat", ["box", "score_and_kind"], ["flat"], axis=0),
        helper.make_node("Reshape", ["flat", "shape"], ["output0"]),
    ]
    constants = {
        "weigh": np.array([1, -1, -1], np.float32).reshape(1, 3, 1, 1),
        "batch_and_channel": np.array([0, 1]),
        "half": np.array(0.5, np.float32),
        "rows": np.array([0]),
        "columns": np.array([1]),
        "pixel_width": np.array([0, 0, 1, 1]),
        "score_and_kind": np.array([0.9, 0], np.float32),
        "shape": np.array([1, 1, 6]),
    }
    return _a_model(nodes, constants)


def _a_model(nodes: list[onnx.NodeProto], constants: dict[str, np.ndarray]) -> bytes:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["B", 3, "H", "W"])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["B", "N", 6])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content
