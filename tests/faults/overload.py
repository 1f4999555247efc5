"""K6: three times as much as can be done. What is acked is kept, the rest is refused early, cameras lose their oldest.

"Normal" is a full house: as many clients as there are places, each with its next photo as soon as the last is answered.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from benchmarks.figures import Figure
from benchmarks.posting import PICTURES
from benchmarks.rush import Phone, Reply, Request, a_form, at, pour, rush
from service.inference import PHOTOS_AT_ONCE
from tests.faults.inspector import missing
from tests.faults.ledger import Entry
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, create_key, damage, running
from tests.faults.pictures import Shot, draw

TITLE: Final = (
    "three times as much as can be done: nothing acked is lost, the rest is refused with a time to come again"
)
WAIT: Final = "at that load the 99th of 100 admitted waits, by what it waits in a full house"
COMMAND: Final = "make faults ONLY=K6"
OVER: Final = 3.0
LEAST_OVER: Final = 2.0
OF_NORMAL: Final = 2.0
CAMERAS: Final = 8
FRAMES_A_SECOND: Final = 16.0
PUSHERS: Final = 24
SENT_AGAIN: Final = 24
RUNS_S: Final = 1.0
"""A frame that is looked at while another is dropped is answered within this time."""

ORDERED_S: Final = 0.25
"""Of two frames that begin so far apart the first comes first, whatever threads do."""


@dataclass(slots=True)
class Senders:
    """Photos without end, each with bytes, a place and a key of its own, and frames of some cameras in turn."""

    photo_key: str
    frame_key: str
    pictures: Sequence[bytes] = field(
        default_factory=lambda: [file.read_bytes() for file in sorted(PICTURES.glob("*.jpg"))]
    )
    _photos: Iterator[int] = field(default_factory=itertools.count)
    _frames: Iterator[int] = field(default_factory=itertools.count)

    def photo(self) -> Request:
        """The next photo; it is about its number."""
        return self.photo_of(next(self._photos))

    def photo_of(self, number: int) -> Request:
        """The photo of a number, the same whenever it is sent."""
        shot = self.shot(number)
        headers = {"Authorization": f"Bearer {self.photo_key}", "Idempotency-Key": shot.key}
        return a_form("/api/photos", shot.jpeg, shot.form, headers, number)

    def shot(self, number: int) -> Shot:
        """What is sent under a number."""
        row, column = divmod(number, 200)
        body = self.pictures[number % len(self.pictures)] + number.to_bytes(4, "big")
        return Shot(f"k6-{number}", body, 31.0 + row * 0.004, 121.0 + column * 0.004)

    def frame(self) -> Request:
        """The next frame of the next camera, about which it is."""
        number = next(self._frames)
        second, camera = divmod(number, CAMERAS)
        minutes, seconds = divmod(second, 60)
        fields = {"taken_at": f"2026-03-02T{9 + minutes // 60:02}:{minutes % 60:02}:{seconds:02}+08:00"}
        headers = {"Authorization": f"Bearer {self.frame_key}"}
        return a_form(f"/api/cameras/k6-{camera}/frames", draw(number, (320, 192)), fields, headers, camera)


def measure(seconds: int = 10) -> Outcome:
    """A full house for so many seconds, then the overload for as many; all that was acked is read back."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        reader = create_key(data, "admin")["key"]
        senders = Senders(create_key(data, "inspector")["key"], create_key(data, "ops")["key"])
        with running(data) as service, service.client(reader) as client:
            for number in range(CAMERAS):
                pole = {"id": f"k6-{number}", "kind": "fixed", "lat": 32.0, "lon": 121.0 + number / 10}
                client.post("/api/cameras", json=pole).raise_for_status()
            told_round, broken = _overload(service, client, senders, seconds)
        scrub = {"after": "K6", "damage": damage(data)}
    rounds = [told_round]
    scope = (
        f"{told_round['offered']:.0f} photos a second where {told_round['a_second']:.0f} can be done: "
        f"{told_round['admitted']} admitted, {told_round['refused']} refused within {told_round['refused_p99_ms']:.0f} "
        f"ms (99 of 100); {told_round['dropped']} of {told_round['frames']} frames made room"
    )
    wait = Figure("K6-wait", WAIT, told_round["of_normal"], "times", OF_NORMAL, rounds, COMMAND, note=(
        f"{told_round['p99_s']} s against {told_round['normal_p99_s']} s"))  # fmt: skip
    return Outcome([broken_cases("K6", TITLE, broken, rounds, scope), wait], [scrub])


def _overload(
    service: Outside, client: httpx.Client, senders: Senders, seconds: int
) -> tuple[dict[str, Any], list[str]]:
    """What came of the full house and of the overload, and what is broken."""
    normal = rush(service.url, PHOTOS_AT_ONCE, seconds, senders.photo)
    a_second = len(_acked(normal)) / _lasted_s(normal)
    before = counted(client)
    with ThreadPoolExecutor(1) as beside:
        pushed = beside.submit(pour, service.url, FRAMES_A_SECOND, seconds, senders.frame, phones=PUSHERS)
        over = pour(service.url, OVER * a_second, seconds, senders.photo)
        frames = pushed.result()
    counts = {name: after - before[name] for name, after in counted(client).items()}
    acked, refused = _acked(over), [one for one in over if one.status == 503]
    offered = len(over) / max(seconds, max(one.begun_s for one in over) - min(one.begun_s for one in over))
    p99_s, normal_p99_s = (at([one.took_s for one in some], 0.99) for some in (acked, _acked(normal)))
    told = {
        "a_second": round(a_second, 1),
        "offered": round(offered, 1),
        "admitted": len(acked),
        "refused": len(refused),
        "refused_p99_ms": round(1000 * at([one.took_s for one in refused] or [0.0], 0.99), 1),
        "normal_p99_s": round(normal_p99_s, 3),
        "p99_s": round(p99_s, 3),
        "of_normal": round(p99_s / normal_p99_s, 2),
        "frames": len(frames),
        "dropped": counts["dropped"],
        "counts": counts,
    }
    broken = [f"only {offered:.0f} photos a second were offered"] if offered < LEAST_OVER * a_second else []
    broken += _unanswered(over, 201) + _unanswered(frames, 200) + _miscounted(counts, over, frames)
    broken += [] if counts["frame"] else overtaken(frames)
    broken += missing(client, [_entry(senders, one) for one in _acked(normal) + acked])
    broken += _refused_for_good(service, senders, refused)
    return told, broken


def counted(client: httpx.Client) -> dict[str, int]:
    """What the service says of itself: frames that made room, and photos and frames that found none."""
    text = client.get("/metrics").text
    found = dict(re.findall(r'^streetwarden_(?:frames|refused)_total\{\w+="(\w+)"\} (\S+)$', text, re.MULTILINE))
    return {name: int(float(found.get(name, 0))) for name in ("dropped", "photo", "frame")}


def overtaken(frames: Sequence[Reply]) -> list[str]:
    """Frames that were dropped while an older one of their camera still waited: a sentence each."""
    return [
        f"a frame of camera {lost.request.about} made room for one that is {lost.begun_s - kept.begun_s:.1f} s older"
        for lost in frames
        if lost.status == 503
        for kept in frames
        if kept.status == 200
        and kept.request.about == lost.request.about
        and kept.begun_s < lost.begun_s - ORDERED_S
        and kept.begun_s + kept.took_s > lost.begun_s + lost.took_s + RUNS_S
    ]


def _acked(replies: Sequence[Reply]) -> list[Reply]:
    return [one for one in replies if one.status == 201]


def _lasted_s(replies: Sequence[Reply]) -> float:
    return max(one.begun_s + one.took_s for one in replies) - min(one.begun_s for one in replies)


def _unanswered(replies: Sequence[Reply], good: int) -> list[str]:
    """Answers that are neither good nor tell when to come again."""
    return [
        f"{one.request.path}: {one.status} {one.body[:100]!r}"
        for one in replies
        if one.status != good and not (one.status == 503 and one.retry_after_s)
    ]


def _miscounted(counts: dict[str, int], photos: Sequence[Reply], frames: Sequence[Reply]) -> list[str]:
    """A photo that is refused never had a place, and each frame that is not looked at is counted."""
    lost = [sum(one.status == 503 for one in some) for some in (photos, frames)]
    broken = [] if counts["photo"] == lost[0] else [f"{lost[0]} photos refused, {counts['photo']} counted"]
    unseen = counts["dropped"] + counts["frame"]
    return broken + ([] if unseen == lost[1] else [f"{lost[1]} frames not looked at, {unseen} counted"])


def _entry(senders: Senders, reply: Reply) -> Entry:
    shot = senders.shot(reply.request.about)
    return Entry(shot, hashlib.sha256(shot.jpeg).hexdigest(), json.loads(reply.body))


def _refused_for_good(service: Outside, senders: Senders, refused: Sequence[Reply]) -> list[str]:
    """Some of those who were refused come again after the rush, and are taken in."""
    phone = Phone(service.url)
    replies = [phone.send(senders.photo_of(one.request.about)) for one in refused[:SENT_AGAIN]]
    phone.close()
    return [f"{one.request.path}: {one.status} after the rush" for one in replies if one.status != 201]
