"""The walk of every camera's frames: one memory a camera, whether its frames are read, pushed or uploaded.

A memory follows what is in the register: a camera that was moved, or into whose picture something else was drawn,
begins anew. After a restart memories are empty; what they say again belongs to the tickets that are there.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from detector.decisions import SAID, Decision, Reason, Scene
from detector.locate import place_of
from detector.looks import Looks, View
from detector.observe import observe
from detector.passes import Passes
from detector.types import Detections, GeoPoint
from detector.zones import EVERYWHERE, Zones
from service.cameras.journal import Journal, write_together
from service.cameras.patience import Passer, Patient
from service.domain.observation import Told
from service.policies import InForce
from service.store import Store
from service.store.cameras import Camera, CameraKind

REMEMBERED: Final = 64
"""Frames of a camera that may be sent again without counting twice."""

MOST_CAMERAS: Final = 5000
SOON: Final[frozenset[Reason]] = frozenset({"too_few_hits", "not_yet_persistent", "missed"})


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """One look at one frame.

    Attributes:
        scene: with the frame's own place and heading where it has them.
        found: boxes in pixels of the frame.
        weights_sha256: of the model's file.
        view: the frame.
        name: the same for the same frame, None where no frame comes twice.
    """

    scene: Scene
    found: Detections
    weights_sha256: str
    view: View
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What was made of a look, and what there is to say."""

    decisions: tuple[Decision, ...]
    told: tuple[Told, ...]

    @property
    def is_pending(self) -> bool:
        """Whether it should soon be looked again."""
        return any(decision.reason in SOON for decision in self.decisions)


NOTHING: Final = Judged((), ())
State = tuple[object, ...]


@dataclass(slots=True, eq=False)
class _Walk:
    """One camera's memory."""

    journal: Journal
    lock: threading.Lock = field(default_factory=threading.Lock)
    state: State | None = None
    zones: Zones = EVERYWHERE
    memory: Looks | Passes | None = None
    recent: OrderedDict[str, Judged] = field(default_factory=OrderedDict)


class Walks:
    """The memories of all cameras of this process."""

    def __init__(self, store: Store, in_force: InForce) -> None:
        self._store, self._in_force = store, in_force
        self._lock = threading.Lock()
        self._walks: OrderedDict[str, _Walk] = OrderedDict()

    def chosen(self, camera: Camera, looked: Looked) -> Judged:
        """What a frame shows that its sender chose: all of it, but for what the zones leave out."""
        walk = self._walk_of(camera.id)
        with walk.lock:
            self._follow_register(walk, camera, MappingProxyType({}))
            found = observe(looked.scene, looked.found, looked.weights_sha256, zones=walk.zones, view=looked.view)
            return Judged(found, self._told(camera, looked, found, walk.zones))

    def stream(self, camera: Camera, looked: Looked, thresholds: Mapping[str, float]) -> Judged:
        """What the next frame of a stream adds to what is remembered; the same frame again adds nothing.

        Args:
            camera: as the register has it now.
            looked: at what is worth following, see `detector.looks.worth_following`.
            thresholds: the scores from which the model's card shows a box, by kind.
        """
        walk = self._walk_of(camera.id)
        with walk.lock:
            memory = self._follow_register(walk, camera, thresholds)
            if looked.name is not None and looked.name in walk.recent:
                return walk.recent[looked.name]
            scene = _scene(camera, looked.scene)
            decisions = memory.see(scene, looked.found, looked.weights_sha256, view=looked.view)
            judged = Judged(decisions, self._told(camera, looked, decisions, walk.zones))
            if looked.name is not None:
                walk.recent[looked.name] = judged
                while len(walk.recent) > REMEMBERED:
                    walk.recent.popitem(last=False)
            return judged

    def note(self, camera_id: str, at: datetime, judged: Judged, observation_ids: Sequence[str]) -> None:
        """Remember why; `observation_ids` are those of `judged.told`, in that order."""
        said = iter(observation_ids)
        walk = self._walk_of(camera_id)
        with walk.lock:
            for decision in judged.decisions:
                is_said = decision.reason in SAID and decision.observation is not None
                walk.journal.note(at, decision, next(said, None) if is_said else None)
            walk.journal.write(self._store)

    def begin_anew(self, camera_id: str) -> None:
        """Forget what a camera's frames showed: what was said of it last could not be kept, and is to be said again."""
        walk = self._walk_of(camera_id)
        with walk.lock:
            walk.memory = None

    def skipped(self, camera_id: str, at: datetime, reason: str) -> None:
        """A frame was not looked at, and why: `unchanged`, `dropped`, or the code of a camera's trouble."""
        walk = self._walk_of(camera_id)
        with walk.lock:
            walk.journal.skipped(at, reason)
            walk.journal.write(self._store)

    def write(self, camera_id: str | None = None) -> None:
        """Keep all that is remembered of why, of one camera or of all."""
        with self._lock:
            walks = [walk for name, walk in self._walks.items() if camera_id in (None, name)]
        with ExitStack() as held:
            for walk in walks:
                held.enter_context(walk.lock)
            write_together([walk.journal for walk in walks], self._store)

    def _walk_of(self, camera_id: str) -> _Walk:
        with self._lock:
            walk = self._walks.setdefault(camera_id, _Walk(Journal(camera_id)))
            self._walks.move_to_end(camera_id)
            while len(self._walks) > MOST_CAMERAS:
                self._walks.popitem(last=False)
            return walk

    def _follow_register(self, walk: _Walk, camera: Camera, thresholds: Mapping[str, float]) -> Looks | Passes:
        """The memory, begun anew where the register or the zones are no longer what it was begun with."""
        with self._store.read() as rows:
            version = rows.zones.version_of(camera.id)
            mounted = (camera.kind, camera.place, camera.heading_deg, camera.pose)
            state: State = (version, *mounted, tuple(sorted(thresholds.items())))
            if walk.memory is not None and walk.state == state:
                return walk.memory
            kept = rows.zones.newest(camera.id)
        walk.zones = kept.zones if kept else EVERYWHERE
        walk.memory = self._memory(camera, walk.zones, thresholds)
        walk.state = state
        return walk.memory

    def _memory(self, camera: Camera, zones: Zones, thresholds: Mapping[str, float]) -> Looks | Passes:
        if camera.kind is CameraKind.FIXED:
            return Looks(Patient(self._in_force), zones, thresholds)
        return Passes(Passer(self._in_force), camera.pose, camera.heading_deg or 0.0, zones, thresholds)

    def _told(self, camera: Camera, looked: Looked, decisions: Sequence[Decision], zones: Zones) -> tuple[Told, ...]:
        return tuple(
            _told(camera, looked, decision, zones) for decision in decisions if decision.observation is not None
        )


def _told(camera: Camera, looked: Looked, decision: Decision, zones: Zones) -> Told:
    """What there is to say, with the best place that is known for it."""
    said = decision.observation
    assert said is not None  # noqa: S101  # only what was said is told
    place = _place(camera, looked, decision, zones)
    return Told(
        condition=said.condition,
        detections=said.detections,
        zone=said.zone,
        part=said.zone or ("" if said.spot is None else f"spot {said.spot}"),
        place=place,
        place_source=None if place is None else "camera",
        is_lasting=decision.is_lasting,
    )


def _place(camera: Camera, looked: Looked, decision: Decision, zones: Zones) -> GeoPoint | None:
    said = decision.observation
    if said is None or said.spot is not None:
        return said.scene.place if said else None
    if (drawn := zones.place_of(said.zone)) is not None:
        return drawn
    scene = _scene(camera, looked.scene)
    if camera.pose is None or scene.place is None:
        return None
    heading = scene.heading_deg
    if camera.kind is CameraKind.MOVING and heading is not None:
        heading += camera.heading_deg or 0.0
    x0, _, x1, y1 = said.detections[0].box.xyxy
    return (
        None if heading is None else place_of(camera.pose, scene.place, heading, looked.view.size, ((x0 + x1) / 2, y1))
    )


def _scene(camera: Camera, scene: Scene) -> Scene:
    """The scene, where a camera that stands still says nothing else, at its own place and heading."""
    if camera.kind is CameraKind.MOVING:
        return scene
    heading = camera.heading_deg if scene.heading_deg is None else scene.heading_deg
    return replace(scene, place=scene.place or camera.place, heading_deg=heading)
