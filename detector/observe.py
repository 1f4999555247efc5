"""From detections to observations: what one picture shows of each condition, and when a fixed camera may say so.

A person's photo says it at once. A fixed camera says it when a condition has lasted (`detector.looks`), and again from
time to time; a moving one when enough frames of one pass put it at one place (`detector.passes`). Every decision
leaves a reason.
"""

from collections.abc import Sequence

from detector.decisions import (
    FIXED_CAMERA,
    SAID,
    Decision,
    Observation,
    Persistence,
    Reason,
    Scene,
    Thing,
    make_observation,
    of_box,
)
from detector.looks import Looks, View
from detector.types import Detections
from detector.zones import EVERYWHERE, Placed, Zones

__all__ = [
    "FIXED_CAMERA",
    "SAID",
    "Decision",
    "Looks",
    "Observation",
    "Persistence",
    "Reason",
    "Scene",
    "Thing",
    "View",
    "observe",
]


def observe(
    scene: Scene,
    detections: Detections,
    weights_sha256: str,
    *,
    zones: Zones = EVERYWHERE,
    view: View | None = None,
) -> tuple[Decision, ...]:
    """Everything that a picture shows, a decision a condition and zone, in that order; closed bins make none.

    Args:
        scene: of the picture.
        detections: what the model saw, at what it needs to show a box.
        weights_sha256: of the model's file.
        zones: what is drawn into the picture.
        view: the picture's size, needed where something is drawn.
    """
    width, height = view.size if view else (1.0, 1.0)
    found: dict[tuple[str, str | None], list[Placed]] = {}
    for placed in zones.sort(detections, width, height):
        if placed.detection.condition is not None:
            found.setdefault((placed.detection.condition, placed.zone), []).append(placed)
    return tuple(
        _at_once(scene, key, found[key], weights_sha256)
        for key in sorted(found, key=lambda key: (key[0], key[1] or ""))
    )


def _at_once(scene: Scene, key: tuple[str, str | None], placed: Sequence[Placed], weights_sha256: str) -> Decision:
    condition, zone = key
    things = tuple(of_box(one.detection, one.refusal or "seen") for one in placed)
    boxes = [one.detection for one in placed if one.refusal is None]
    if not boxes:
        return Decision(condition, things[0].reason, None, zone, things)
    return Decision(condition, "seen", make_observation(scene, condition, boxes, weights_sha256, zone), zone, things)
