"""How thick a cord looks. A cord thinner than a pixel at the detector's input is nothing that could be learned."""

import numpy as np
from numpy.typing import NDArray

from datasets.synth.lens import Lens
from datasets.synth.scene import Scene, Tube
from datasets.synth.shots import THIN, Shot, window

INPUT_PX = 640
LEAST_PX = 1.2


def thick_enough(index: NDArray[np.uint16], scene: Scene, shot: Shot) -> bool:
    """Whether each cord that a shot of a plate with this `index` (H, W) shows is at least `LEAST_PX` wide."""
    shown = set(np.unique(window(index, shot.crop)).tolist())
    thin = [thing.id for thing in scene.things if thing.kind in THIN and thing.id in shown]
    plate = (index.shape[1], index.shape[0])
    return all(cord_px(scene, thing, shot, plate) >= LEAST_PX for thing in thin)


def cord_px(scene: Scene, thing: int, shot: Shot, plate: tuple[int, int]) -> float:
    """How many pixels wide the cords of a thing are where a shot's longer side is `INPUT_PX`: the median over them.

    Args:
        plate: width and height of the plate that the shot is a window of, pixels.
    """
    cords = [solid for solid in scene.solids if isinstance(solid, Tube) and solid.thing == thing]
    if not cords:
        return 0.0
    lens = Lens.of(scene.camera, *plate)
    widths = np.concatenate([2 * one.radius * lens.focal_px / lens.see(np.array(one.points))[1] for one in cords])
    x0, y0, x1, y1 = shot.crop
    return float(np.median(widths)) * INPUT_PX / max((x1 - x0) * plate[0], (y1 - y0) * plate[1])
