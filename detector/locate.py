"""Where on the ground a box stands, seen from a camera of known height, pitch, heading and opening angle.

The ground is taken for flat and the lens for a pinhole without distortion, whose horizon lies level:

    f = (width / 2) / tan(fov / 2)                        pixels
    x = (u - width / 2) / f,   y = (v - height / 2) / f   the ray through the pixel (u, v)
    down    = y cos(pitch) + sin(pitch)                   of the ray, per unit along the camera's axis
    forward = height_m (cos(pitch) - y sin(pitch)) / down
    right   = height_m x / down

(inverse perspective mapping: Mallot et al., Biological Cybernetics 64, 1991; the pinhole as in Hartley and Zisserman,
Multiple View Geometry, chapter 6). Seen under the angle a below the horizon, a point lies height / tan(a) ahead, so an
error da of that angle moves it by height / sin(a)^2 da: metres near the camera, and without bound at the horizon. A
kerb or a slope of 10 cm moves it by 0.1 / tan(a).
"""

import math
from dataclasses import dataclass
from typing import Final

from detector.types import GeoPoint

EARTH_RADIUS_M: Final = 6_371_008.8

ANGLE_ERROR_DEG: Final = 1.0
"""How far pitch and heading may be off together: mounting, springs, and a box's lower edge."""

HEIGHT_ERROR_M: Final = 0.15
"""Kerbs, slopes and a loaded car."""

POSITION_ERROR_M: Final = 5.0
"""Of a vehicle whose receiver does not say how good it is."""

WORST_M: Final = 30.0
"""A projection that may be farther off says nothing."""

UNPOSED_M: Final = 30.0
"""How far from the vehicle a thing may be that no pose puts on the ground."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How a camera is mounted.

    Attributes:
        height_m: above the ground, (0, 50].
        pitch_deg: of its axis below the horizon, (-30, 90].
        fov_deg: horizontal opening angle, (1, 170).
    """

    height_m: float
    pitch_deg: float
    fov_deg: float

    def __post_init__(self) -> None:
        if not (0 < self.height_m <= 50 and -30 < self.pitch_deg <= 90 and 1 < self.fov_deg < 170):
            raise ValueError(f"a camera hangs at 0-50 m, looks -30 to 90 degrees down and opens 1-170, got {self}")


@dataclass(frozen=True, slots=True)
class Offset:
    """A place on the ground as seen from right under the camera, metres, and how far off it may be."""

    forward_m: float
    right_m: float
    accuracy_m: float


def on_ground(pose: Pose, width: float, height: float, u: float, v: float) -> Offset | None:
    """Where the ray through a pixel meets the ground, None at and above the horizon.

    Args:
        pose: of the camera.
        width: of the picture, pixels.
        height: of the picture, pixels.
        u: to the right, pixels.
        v: downwards, pixels.

    >>> camera = Pose(height_m=2, pitch_deg=45, fov_deg=90)
    >>> seen = on_ground(camera, 1280, 720, 640, 360)
    >>> round(seen.forward_m, 2), seen.right_m, on_ground(Pose(2, 0, 90), 1280, 720, 640, 360)
    (2.0, 0.0, None)
    """
    focal = width / 2 / math.tan(math.radians(pose.fov_deg) / 2)
    x, y = (u - width / 2) / focal, (v - height / 2) / focal
    pitch = math.radians(pose.pitch_deg)
    down, ahead = y * math.cos(pitch) + math.sin(pitch), math.cos(pitch) - y * math.sin(pitch)
    if down <= 1e-6:
        return None
    forward_m, right_m = pose.height_m * ahead / down, pose.height_m * x / down
    return Offset(forward_m, right_m, _error_m(pose.height_m, math.hypot(forward_m, right_m)))


def place_of(
    pose: Pose | None, camera: GeoPoint, heading_deg: float | None, size: tuple[float, float], feet: tuple[float, float]
) -> GeoPoint | None:
    """Where a box stands; None where it is too far away to say.

    Without pose or heading the camera's own position stands for it, with a larger accuracy.

    Args:
        pose: of the camera, None where unknown.
        camera: where it is.
        heading_deg: of its axis, clockwise from north.
        size: (width, height) of the picture, pixels.
        feet: the bottom centre of the box, pixels.
    """
    own_m = POSITION_ERROR_M if camera.accuracy_m is None else camera.accuracy_m
    if pose is None or heading_deg is None:
        return GeoPoint(camera.lat, camera.lon, math.hypot(own_m, UNPOSED_M))
    seen = on_ground(pose, *size, *feet)
    if seen is None or seen.accuracy_m > WORST_M:
        return None
    east_m, north_m = turned(seen, heading_deg)
    return moved(camera, east_m, north_m, math.hypot(own_m, seen.accuracy_m))


def turned(seen: Offset, heading_deg: float) -> tuple[float, float]:
    """Metres to the east and to the north of what is seen by a camera with that heading.

    >>> [round(metres, 6) for metres in turned(Offset(10, 2, 1), 90)]
    [10.0, -2.0]
    """
    heading = math.radians(heading_deg)
    east_m = seen.forward_m * math.sin(heading) + seen.right_m * math.cos(heading)
    return east_m, seen.forward_m * math.cos(heading) - seen.right_m * math.sin(heading)


def moved(place: GeoPoint, east_m: float, north_m: float, accuracy_m: float) -> GeoPoint:
    """A place so many metres away, on the plane that touches the earth there; within 1 mm at 100 m off the poles."""
    lat = place.lat + math.degrees(north_m / EARTH_RADIUS_M)
    around = max(1e-9, math.cos(math.radians(place.lat)))
    lon = place.lon + math.degrees(east_m / EARTH_RADIUS_M / around)
    return GeoPoint(max(-90.0, min(90.0, lat)), (lon + 180) % 360 - 180, accuracy_m)


def apart_m(a: GeoPoint, b: GeoPoint) -> float:
    """Metres between two near places, on the plane that touches the earth there.

    >>> round(apart_m(GeoPoint(31.23, 121.47), GeoPoint(31.23045, 121.47)))
    50
    """
    return math.hypot(*between(a, b))


def between(start: GeoPoint, end: GeoPoint) -> tuple[float, float]:
    """Metres to the east and to the north from one near place to another."""
    around = math.cos(math.radians((start.lat + end.lat) / 2))
    east = math.radians((end.lon - start.lon + 180) % 360 - 180) * around * EARTH_RADIUS_M
    return east, math.radians(end.lat - start.lat) * EARTH_RADIUS_M


def course_deg(start: GeoPoint, end: GeoPoint) -> float:
    """The heading from one near place to another, clockwise from north, in [0, 360).

    >>> round(course_deg(GeoPoint(31, 121), GeoPoint(31, 121.001)))
    90
    """
    return math.degrees(math.atan2(*between(start, end))) % 360


def _error_m(height_m: float, distance_m: float) -> float:
    """The bound of the module's docstring, plus the sideways shift that a wrong heading gives."""
    sight_m = math.hypot(height_m, distance_m)
    along_m = sight_m**2 / height_m * math.radians(ANGLE_ERROR_DEG)
    across_m = distance_m * math.radians(ANGLE_ERROR_DEG)
    uneven_m = HEIGHT_ERROR_M * distance_m / height_m
    return math.hypot(along_m, across_m, uneven_m)
