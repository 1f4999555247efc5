"""The pixels of a Pillow picture as an array, packed once.

Pillow keeps four bytes a pixel, and `np.asarray` has it write three of them in small pieces that are then joined. Here
OpenCV packs them in one pass out of Pillow's own memory, to which the Arrow C data interface leads.
"""

import ctypes
from typing import Any, Final

import cv2
import numpy as np
from PIL.Image import Image as Picture

from detector.types import Image


class _Array(ctypes.Structure):
    """`struct ArrowArray`, see https://arrow.apache.org/docs/format/CDataInterface.html."""


_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

_address_in: Final = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
_bytes_at: Final = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int)(
    ("PyMemoryView_FromMemory", ctypes.pythonapi)
)
"""Not `np.ctypeslib.as_array`: that makes a type for each shape, and ctypes keeps its types for ever."""
_TO_READ: Final = 0x100
"""`PyBUF_READ`."""
_BYTES: Final = 4
_VALUES: Final = 1
"""Which buffer of an Arrow array holds values; the first tells which are missing."""


def as_array(picture: Picture) -> Image:
    """`(H, W, 3)` uint8 of an RGB picture that is loaded; an array of its own."""
    share: Any = getattr(picture, "__arrow_c_array__", None)
    if share is None or picture.mode != "RGB":
        return np.asarray(picture)
    try:
        _, capsule = share()  # it holds the pixels until nobody knows it any more
    except ValueError:  # they lie in several pieces
        return np.asarray(picture)
    array = _Array.from_address(_address_in(capsule, b"arrow_array"))
    size = picture.height, picture.width
    if (array.length, array.offset, array.n_children) != (size[0] * size[1], 0, 1):
        return np.asarray(picture)
    values = array.children[0].contents
    if (values.length, values.offset, values.n_buffers) != (_BYTES * array.length, 0, 2):
        return np.asarray(picture)
    pixels = np.frombuffer(_bytes_at(values.buffers[_VALUES], values.length, _TO_READ), np.uint8)
    return np.asarray(cv2.cvtColor(pixels.reshape(*size, _BYTES), cv2.COLOR_RGBA2RGB), np.uint8)
