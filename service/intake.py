"""The walk of a picture: its bytes are made safe, the model looks, sightings become tickets, one answer goes out.

A photo is kept before it is looked at; what cuts the walk off there is made up for at the next start. A frame is kept
only if it led to an observation.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from detector.decisions import Scene
from detector.images import LOOKING_SIDE, encode_jpeg, open_photo
from detector.images import Photo as OpenedPhoto
from detector.looks import View, shown
from detector.types import Detection, Detections, Frame, GeoPoint, Image
from service.accounts.names import actor_of
from service.bulk import ingest_many
from service.cameras.walk import Judged, Looked, Walks
from service.clock import Clock
from service.domain.after_photos import Taken
from service.domain.observation import Look, Sighting, Source, SourceType, sightings_on, sightings_told
from service.domain.policy import Policy
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import ConditionUnknown
from service.evidence import Evidence
from service.eye import Eye, Sight
from service.inference import Lane, Pool
from service.ingest import Outcome, admit_photo, ingest, look_at, place_photo
from service.policies import InForce
from service.sent import FrameLed, Measures, SentFrame, SentPhoto, Shot, Shown
from service.store import Store
from service.store.cameras import Camera, CameraKind, Frames
from service.store.ids import new_id, stable_id
from service.store.photos import Photo, PhotoStatus
from service.store.pictures import Picture
from service.turns import Turns

JPEG_QUALITY: Final = 90
"""Of the frames that are kept as evidence."""

Answer = Mapping[str, Any]
Tell = Callable[[Photo, Picture, Sequence[Detection], Sequence[Outcome]], Answer]
JudgePost = Callable[[Camera, Image, datetime], str | None]


@dataclass(frozen=True, slots=True, eq=False)
class _Posted:
    """A pushed frame that was opened, and looked at unless there is `trouble`; boxes in pixels of `opened.image`."""

    opened: OpenedPhoto
    found: Detections
    weights_sha256: str
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Pictures in, tickets out. `tell` writes the answer that a sender gets now and on every retry."""

    store: Store
    evidence: Evidence
    eye: Eye
    pool: Pool
    in_force: InForce
    clock: Clock
    tell: Tell
    walks: Walks = field(init=False)
    _turns: Turns = field(default_factory=Turns)

    def __post_init__(self) -> None:
        object.__setattr__(self, "walks", Walks(self.store, self.in_force))

    @property
    def policy(self) -> Policy:
        """The policy that holds now."""
        return self.in_force()

    def photo(self, sent: SentPhoto) -> tuple[Answer, bool]:
        """Take a photo in and say whether it is new; what it led to survives a power cut on return.

        Raises:
            IdempotencyMismatch: its key came with another request.
            PhotoError: the bytes are no photo that can be used; nothing is kept.
            ConditionUnknown, Busy, StorageFull: nothing is lost, and it may be sent again.
        """
        if sent.condition is not None and sent.condition not in self.policy.rules:
            raise ConditionUnknown(condition=sent.condition)
        request_sha256 = sent.request_sha256
        if (told := self._told_before(sent, request_sha256)) is not None:
            return told, False
        turn = self._turns.of(f"{sent.actor.id} {sent.key}") if sent.key else nullcontext()
        with self.pool.photos.one(), turn, self.pool.turns.turn():
            if (told := self._told_before(sent, request_sha256)) is not None:
                return told, False
            opened = self._open(sent.data, self.eye.photo_side)
            photo, picture = self._described(sent, opened, request_sha256)
            with self.store.write() as rows:
                kept = admit_photo(rows, photo, picture)
            return self.finish(kept.id, opened), True

    def finish(self, photo_id: str, opened: OpenedPhoto | None = None) -> Answer:
        """Look at a photo that is kept and make its tickets; what was finished before is answered as it was.

        Raises:
            PhotoUnknown, EvidenceUnknown: it, or its bytes, are not there.
            Busy: the service stops; the photo is finished at the next start.
        """
        with self._turns.of(photo_id):
            with self.store.read() as rows:
                photo = rows.photos.get(photo_id)
                picture = rows.pictures.get(photo.picture_id)
                actor = actor_of(rows.connection, photo.actor, photo.actor_role)
            if photo.answer is not None:
                return photo.answer
            opened = opened or self._open(self.evidence.read(picture.original_sha256), self.eye.photo_side)
            sight = self.eye.look(opened, Lane.PHOTO)
            seen = sightings_on(
                look_at(photo), sight.detections, told=photo.condition, weights_sha256=sight.weights_sha256
            )
            with self.store.write() as rows:
                outcomes = ingest(rows, seen, actor=actor, policy=self.policy, now=self.clock())
                answer = self.tell(photo, picture, sight.detections, outcomes)
                rows.photos.finish(photo.id, answer)
            return answer

    def place(self, photo_id: str, place: GeoPoint, actor: Actor) -> None:
        """Give a photo the place that it came without; PhotoUnknown, PhotoPlaced."""
        self.finish(photo_id)
        with self.store.write() as rows:
            place_photo(rows, photo_id, place, actor=actor, policy=self.policy, now=self.clock())

    def unfinished(self, for_longer_than: timedelta | None = None) -> list[str]:
        """Ids of photos that are kept and were not looked at to the end, all or those that have waited so long."""
        before = None if for_longer_than is None else self.clock() - for_longer_than
        with self.store.read() as rows:
            return [photo.id for photo in rows.photos.unfinished(before)]

    def shot(self, data: bytes, actor: Actor, picture_id: str | None = None) -> Shot:
        """Make a picture's bytes safe without a look at it; its row is still to be written. PhotoError, StorageFull.

        `picture_id` is the one that a retry gives again.
        """
        with self.pool.photos.one():
            opened = self._open(data)
            picture = self._picture(data, _measures(opened), actor, self.clock())
        picture = replace(picture, id=picture_id or picture.id)
        return Shot(picture, Taken(opened.place, "exif" if opened.place else None, opened.taken_at))

    def frame(self, sent: SentFrame, actor: Actor, judge: JudgePost | None = None) -> FrameLed:
        """Look at a frame that was pushed; PhotoError, Busy, StorageFull, Dropped if newer ones pushed it out.

        `judge` says before the look why a picture of that camera is not to be analysed.
        """
        is_stream = sent.camera.frames is Frames.STREAM

        def look() -> _Posted:
            opened = self._open(sent.data)
            trouble = judge(sent.camera, opened.image, sent.taken_at) if judge else None
            if trouble is not None:
                return _Posted(opened, Detections.none(), "", trouble)
            return _Posted(opened, *self.eye.see(opened.image, followed=is_stream))

        with self.pool.frames.one():
            posted = self.pool.run(look, Lane.FRAME, sent.camera.id)
            opened = posted.opened
            if posted.trouble is not None:
                return _not_analysed(sent, opened, posted.trouble)
            sent = replace(
                sent, place=sent.place or opened.place, heading_deg=_first(sent.heading_deg, opened.heading_deg)
            )
            found = posted.found.on_original(opened.scale, opened.width, opened.height)
            scene = Scene(sent.camera.id, sent.taken_at, sent.place, sent.heading_deg)
            name = f"{sent.taken_at.isoformat()} {hashlib.sha256(sent.data).hexdigest()}"
            view = View((opened.width, opened.height), opened.image)
            looked = Looked(scene, found, posted.weights_sha256, view, name)
            judged = self._judge(sent.camera, looked, is_stream=is_stream)
            sight = Sight(tuple(shown(found, self.eye.thresholds)), posted.weights_sha256)
            return self.keep([self.made_of(sent, _measures(opened), sight, actor, judged)])[0]

    def look_at(self, camera: Camera, frame: Frame) -> tuple[FrameLed, Judged]:
        """Look at the next frame of a stream that the service reads, and keep it; Dropped, Busy, StorageFull.

        What could not be kept is said again by one of the next frames.
        """
        next_one = self.see_next(camera, frame)
        with self._kept_or_said_again(camera.id):
            return self.keep([next_one])[0], next_one.judged

    def see_next(self, camera: Camera, frame: Frame) -> Shown:
        """Look at the next frame of a stream and say what there is to keep of it; Dropped, Busy, StorageFull."""
        found, weights_sha256 = self.eye.follow(frame.image, camera.id)
        scene = Scene(camera.id, frame.taken_at, frame.place, frame.heading_deg, frame.clock_s)
        judged = self._judge(camera, Looked(scene, found, weights_sha256, View.of(frame.image)), is_stream=True)
        data = encode_jpeg(frame.image, JPEG_QUALITY) if judged.told else b""
        sent = SentFrame(data, camera, frame.taken_at, frame.place, frame.heading_deg)
        height, width = frame.image.shape[:2]
        actor = Actor(camera.id, camera.id, Role.CAMERA, camera_id=camera.id)
        sight = Sight(tuple(shown(found, self.eye.thresholds)), weights_sha256)
        with self._kept_or_said_again(camera.id):
            return self.made_of(sent, Measures("image/jpeg", width, height), sight, actor, judged)

    @contextmanager
    def _kept_or_said_again(self, camera_id: str) -> Iterator[None]:
        try:
            yield
        except Exception:
            self.walks.begin_anew(camera_id)
            raise

    def keep(self, frames: Sequence[Shown]) -> list[FrameLed]:
        """Keep frames of one camera together, with what they lead to and why; the same tickets as one by one.

        Raises:
            TicketChanged: somebody moved one of the tickets meanwhile; nothing is kept, and it may be tried again.
            Busy, StorageFull: the same.
        """
        seen = [one for frame in frames for one in frame.seen]
        outcomes: Iterator[Outcome] = iter(self._ingested(frames, seen) if seen else ())
        kept = [replace(frame.led, outcomes=tuple(islice(outcomes, len(frame.seen)))) for frame in frames]
        for frame in frames:
            self.walks.note(frame.camera_id, frame.taken_at, frame.judged, [one.id for one in frame.seen])
        return kept

    def _ingested(self, frames: Sequence[Shown], seen: Sequence[Sighting]) -> Sequence[Outcome]:
        way = ingest if len(frames) == 1 else ingest_many
        with self.store.write() as rows:
            for frame in frames:
                if frame.picture is not None:
                    rows.pictures.add(frame.picture)
            return way(rows, seen, actor=frames[0].actor, policy=self.policy, now=self.clock())

    def _judge(self, camera: Camera, looked: Looked, *, is_stream: bool) -> Judged:
        return (
            self.walks.stream(camera, looked, self.eye.thresholds) if is_stream else self.walks.chosen(camera, looked)
        )

    def made_of(self, sent: SentFrame, measures: Measures, sight: Sight, actor: Actor, judged: Judged) -> Shown:
        """Make what there is to say of a frame into sightings; then it is evidence, and its bytes are made safe."""
        place, place_source = _place_of_frame(sent)
        sha256 = hashlib.sha256(sent.data).hexdigest()
        picture_id = stable_id("pic", sent.taken_at, sent.camera.id, sha256, _spot(place))
        source = Source(SourceType.CAMERA, sent.camera.id, fixed=sent.camera.kind is CameraKind.FIXED)
        look = Look(source, picture_id, sent.taken_at, place, place_source)
        seen = sightings_told(look, judged.told, sight.weights_sha256)
        picture = replace(self._picture(sent.data, measures, actor, self.clock()), id=picture_id) if seen else None
        led = FrameLed(
            sha256=sha256,
            width=measures.width,
            height=measures.height,
            place=place,
            detections=sight.detections,
            picture_id=picture_id if seen else None,
            outcomes=(),
            decisions=judged.decisions,
        )
        return Shown(sent.camera.id, sent.taken_at, actor, judged, picture, seen, led)

    def _told_before(self, sent: SentPhoto, request_sha256: str) -> Answer | None:
        """What was answered when this photo came before; None if it did not, or was cut off."""
        if sent.key is None:
            return None
        with self.store.read() as rows:
            earlier = rows.photos.sent_before(sent.actor.id, sent.key, request_sha256)
        return None if earlier is None else earlier.answer

    def _open(self, data: bytes, longest_side: int = LOOKING_SIDE) -> OpenedPhoto:
        with self.pool.decoding():
            return open_photo(data, timezone=self.policy.timezone, longest_side=longest_side)

    def _picture(self, data: bytes, measures: Measures, actor: Actor, now: datetime) -> Picture:
        return Picture(
            id=new_id("pic", now),
            original_sha256=self.evidence.write(data),
            original_type=measures.media_type,
            width=measures.width,
            height=measures.height,
            by=actor.id,
            created_at=now,
        )

    def _described(self, sent: SentPhoto, opened: OpenedPhoto, request_sha256: str) -> tuple[Photo, Picture]:
        now = self.clock()
        picture = self._picture(sent.data, _measures(opened), sent.actor, now)
        place = sent.place or opened.place
        photo = Photo(
            id=new_id("pho", now),
            status=PhotoStatus.STORED,
            actor=sent.actor.id,
            actor_role=sent.actor.role,
            key=sent.key,
            request_sha256=request_sha256,
            picture_id=picture.id,
            place=place,
            place_source=None if place is None else sent.place_source if sent.place else "exif",
            taken_at=sent.taken_at or opened.taken_at or now,
            time_source="form" if sent.taken_at else "exif" if opened.taken_at else "received",
            condition=sent.condition,
            note=sent.note,
            created_at=now,
        )
        return photo, picture


def _first(told: float | None, else_: float | None) -> float | None:
    return else_ if told is None else told


def _not_analysed(sent: SentFrame, opened: OpenedPhoto, trouble: str) -> FrameLed:
    sha256, (place, _) = hashlib.sha256(sent.data).hexdigest(), _place_of_frame(sent)
    return FrameLed(sha256, opened.width, opened.height, place, (), None, (), trouble=trouble)


def _measures(opened: OpenedPhoto) -> Measures:
    return Measures(f"image/{opened.format}", opened.width, opened.height)


def _place_of_frame(sent: SentFrame) -> tuple[GeoPoint | None, str | None]:
    """A camera that does not move stands where the register says, unless a frame says otherwise."""
    if sent.place is not None:
        return sent.place, "form"
    if sent.camera.kind is CameraKind.FIXED and sent.camera.place is not None:
        return sent.camera.place, "camera"
    return None, None


def _spot(place: GeoPoint | None) -> str:
    """Where a frame was taken, as a part of what makes two frames the same."""
    return "" if place is None else f"{place.lat:.6f},{place.lon:.6f}"
