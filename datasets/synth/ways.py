"""How a plate is photographed: which window of it, in which light, with which camera, all from one seed."""

from random import Random

from datasets.synth.shots import Extent, Shot

LIGHTS = ("day", "day", "day", "day", "dusk", "rain", "night", "lamps", "infrared")

_ASPECTS = ((16, 9), (16, 9), (4, 3), (4, 3), (1, 1), (3, 4))
_SIDES = (480, 640, 640, 800, 960)
_STRETCH = 1.8  # a window of a plate is scaled up by no more than this


def a_shot(rng: Random, size: tuple[int, int], spot: Extent | None = None, lights: tuple[str, ...] = LIGHTS) -> Shot:
    """A way to photograph a plate of `size`: window, light, lens and camera at random.

    Args:
        spot: the extent of a thing that a near window is laid round, in shares of the plate.
        lights: what to choose from.
    """
    crop = _window(rng, size, spot)
    wide, high = (crop[2] - crop[0]) * size[0], (crop[3] - crop[1]) * size[1]
    longest = min(rng.choice(_SIDES), _STRETCH * max(wide, high))
    scale = longest / max(wide, high)
    light = rng.choice(lights)
    poor = rng.random() < 0.2
    return Shot(
        crop=crop,
        size=(round(wide * scale), round(high * scale)),
        light=light,
        exposure=rng.uniform(0.75, 1.25),
        warmth=rng.uniform(0.92, 1.09),
        blur_px=rng.uniform(0.3, 1.1),
        noise=rng.uniform(0.003, 0.02),
        quality=rng.randint(28, 60) if rng.random() < 0.25 else rng.randint(60, 94),
        seed=rng.getrandbits(31),
        motion_px=rng.uniform(2, 6) if rng.random() < 0.12 else 0.0,
        drops=rng.randint(3, 25) if rng.random() < (0.5 if light == "rain" else 0.04) else 0,
        detail=rng.uniform(0.5, 0.8) if poor else 1.0,
    )


def _window(rng: Random, size: tuple[int, int], spot: Extent | None) -> Extent:
    """The whole plate, a near window round the spot, or a part of the plate; cut to a usual aspect."""
    draw = rng.random()
    if draw < 0.35:
        return _cut(rng, size, (0.5, 0.5), 1.0)
    if spot is not None and draw < 0.75:
        wide, high = spot[2] - spot[0], spot[3] - spot[1]
        middle = (
            (spot[0] + spot[2]) / 2 + rng.gauss(0, 0.15) * wide,
            (spot[1] + spot[3]) / 2 + rng.gauss(0, 0.15) * high,
        )
        return _cut(rng, size, middle, max(wide, high, 0.22) * rng.uniform(1.05, 2.2))
    return _cut(rng, size, (rng.uniform(0.25, 0.75), rng.uniform(0.3, 0.75)), rng.uniform(0.5, 0.95))


def _cut(rng: Random, size: tuple[int, int], middle: tuple[float, float], share: float) -> Extent:
    """A window of a usual aspect that holds `share` of the plate's height or width, moved inside the plate."""
    across, down = rng.choice(_ASPECTS)
    wide, high = size[0] * min(share, 1.0), size[1] * min(share, 1.0)
    if wide * down > high * across:
        wide = high * across / down
    else:
        high = wide * down / across
    sides = (wide / size[0], high / size[1])
    x0, y0 = (min(max(m - side / 2, 0.0), 1 - side) for m, side in zip(middle, sides, strict=True))
    return (x0, y0, x0 + sides[0], y0 + sides[1])
