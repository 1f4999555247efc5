"""Observations as they are kept, with their ticket or the reason why they have none, and the words of reviewers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from detector.types import Box
from service.domain.audit import AuditLine
from service.domain.observation import Sighting, Source, SourceType
from service.domain.verdict import Verdict, Word
from service.errors import ObservationUnknown
from service.store.audit import Audit
from service.store.places import Row, detections_as_json, detections_from_json, place_columns, place_in
from service.store.tables import observations, verdicts

JUDGED: Final = "observation.judged"


class Result(StrEnum):
    """What a sighting did to the tickets."""

    OPENED = "opened"
    SEEN_AGAIN = "seen_again"


@dataclass(frozen=True, slots=True)
class Observation:
    """A sighting as it is kept.

    Attributes:
        result: what it did to the tickets, None where it has none.
        reason: the code that says why it has no ticket.
        verdict: the latest word of a reviewer.
    """

    seen: Sighting
    created_at: datetime
    ticket_id: str | None = None
    result: Result | None = None
    reason: str | None = None
    verdict: Word | None = None


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind a ticket: the picture of its latest sighting, and how many there are."""

    picture_id: str
    sightings: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """One reviewer's word; `was` holds the condition and the boxes before it."""

    observation_id: str
    verdict: Verdict
    by: str
    at: datetime
    was: Mapping[str, Any]


class Observations:
    """Rows of `observations` and of `verdicts`."""

    def __init__(self, connection: Connection, audit: Audit) -> None:
        self._connection = connection
        self._audit = audit

    def add(self, observation: Observation) -> None:
        """Keep an observation."""
        self._connection.execute(insert(observations).values(**observation_columns(observation)))

    def replace(self, observation: Observation) -> None:
        """Write all that may change about an observation: its boxes, condition, place, ticket and verdict."""
        where = observations.c.id == observation.seen.id
        self._connection.execute(update(observations).where(where).values(**observation_columns(observation)))

    def find(self, observation_id: str) -> Observation | None:
        """The observation of that id, None if there is none."""
        return next(iter(self._all(observations.c.id == observation_id)), None)

    def get(self, observation_id: str) -> Observation:
        """The observation of that id; ObservationUnknown if there is none."""
        found = self.find(observation_id)
        if found is None:
            raise ObservationUnknown(id=observation_id)
        return found

    def of_photo(self, photo_id: str) -> list[Observation]:
        """What was seen on one photo, by condition."""
        return self._all(observations.c.photo_id == photo_id)

    def of_picture(self, picture_id: str) -> list[Observation]:
        """What was seen on one picture, by condition."""
        return self._all(observations.c.picture_id == picture_id)

    def on_pictures(self, picture_ids: Collection[str]) -> list[Observation]:
        """All sightings on some pictures."""
        return self._all(observations.c.picture_id.in_(list(picture_ids)))

    def latest_picture(self, source_id: str) -> tuple[str, datetime] | None:
        """The last picture of one camera that is kept as evidence, and when it was taken."""
        query = (
            select(observations.c.picture_id, observations.c.seen_at)
            .where(observations.c.source_id == source_id)
            .order_by(observations.c.seen_at.desc())
            .limit(1)
        )
        row = self._connection.execute(query).first()
        return (row.picture_id, row.seen_at) if row else None

    def of_ticket(self, ticket_id: str, limit: int = 100) -> list[Observation]:
        """The latest sightings behind one ticket, newest first."""
        query = (
            select(observations)
            .where(observations.c.ticket_id == ticket_id)
            .order_by(observations.c.seen_at.desc(), observations.c.id.desc())
            .limit(limit)
        )
        return [observation_in(row) for row in self._connection.execute(query).mappings()]

    def count_of_ticket(self, ticket_id: str) -> int:
        """How many sightings stand behind one ticket."""
        query = select(func.count()).select_from(observations).where(observations.c.ticket_id == ticket_id)
        return self._connection.execute(query).scalar_one()

    def behind(self, ticket_ids: Iterable[str]) -> dict[str, Backing]:
        """For a list of tickets: how many sightings stand behind each, and the picture of the latest."""
        mine = observations.c.ticket_id.in_(list(ticket_ids))
        counted = func.count().over(partition_by=observations.c.ticket_id)
        newest = func.row_number().over(
            partition_by=observations.c.ticket_id, order_by=(observations.c.seen_at.desc(), observations.c.id.desc())
        )
        ranked = select(
            observations.c.ticket_id, observations.c.picture_id, counted.label("count"), newest.label("rank")
        ).where(mine)
        rows = ranked.subquery()
        found = self._connection.execute(select(rows).where(rows.c.rank == 1)).mappings()
        return {row["ticket_id"]: Backing(row["picture_id"], row["count"]) for row in found}

    def stands_alone(self, observation_id: str, ticket_id: str) -> bool:
        """Whether no other observation of that ticket stands, that is: none that was not judged false."""
        others = (
            select(observations.c.id)
            .where(observations.c.ticket_id == ticket_id, observations.c.id != observation_id)
            .where(or_(observations.c.verdict.is_(None), observations.c.verdict != Word.FALSE.value))
            .limit(1)
        )
        return self._connection.execute(others).first() is None

    def add_verdict(self, judgement: Judgement) -> None:
        """Keep a reviewer's word; earlier ones stay."""
        verdict = judgement.verdict
        self._connection.execute(
            insert(verdicts).values(
                observation_id=judgement.observation_id,
                verdict=verdict.word.value,
                reason=verdict.reason,
                condition=verdict.condition,
                xyxy=list(verdict.boxes[0].xyxy) if verdict.boxes else None,
                boxes=[list(box.xyxy) for box in verdict.boxes] or None,
                was=dict(judgement.was),
                by=judgement.by,
                at=judgement.at,
            )
        )
        facts = {"verdict": verdict.word.value, "condition": verdict.condition, "was": dict(judgement.was)}
        line = AuditLine(judgement.at, judgement.by, JUDGED, judgement.observation_id, verdict.reason, facts)
        self._audit.add(line)

    def verdicts_on(self, observation_id: str) -> list[Judgement]:
        """All words on one observation, oldest first."""
        query = select(verdicts).where(verdicts.c.observation_id == observation_id).order_by(verdicts.c.seq)
        return [_judgement(row) for row in self._connection.execute(query).mappings()]

    def judged(
        self, since: datetime | None, before: datetime | None, limit: int
    ) -> list[tuple[Observation, Judgement]]:
        """Sightings with the latest word on each, the last said first; of those said in that time."""
        latest = select(func.max(verdicts.c.seq)).group_by(verdicts.c.observation_id)
        query = select(verdicts).where(verdicts.c.seq.in_(latest)).order_by(verdicts.c.seq.desc()).limit(limit)
        if since is not None:
            query = query.where(verdicts.c.at >= since)
        if before is not None:
            query = query.where(verdicts.c.at < before)
        words = [_judgement(row) for row in self._connection.execute(query).mappings()]
        seen = self._all(observations.c.id.in_([word.observation_id for word in words]))
        by_id = {one.seen.id: one for one in seen}
        return [(by_id[word.observation_id], word) for word in words]

    def _all(self, where: ColumnElement[bool]) -> list[Observation]:
        query = select(observations).where(where).order_by(observations.c.condition, observations.c.id)
        return [observation_in(row) for row in self._connection.execute(query).mappings()]


def observation_columns(observation: Observation) -> dict[str, object]:
    """The row of an observation."""
    seen = observation.seen
    return {
        "id": seen.id,
        "condition": seen.condition,
        "score": seen.score,
        "detections": detections_as_json(seen.detections),
        "seen_at": seen.seen_at,
        **place_columns(seen.place, seen.place_source),
        "source_type": seen.source.type.value,
        "source_id": seen.source.id,
        "fixed": seen.source.fixed,
        "by_person": seen.source.by_person,
        "photo_id": seen.photo_id,
        "picture_id": seen.picture_id,
        "weights_sha256": seen.weights_sha256,
        "zone": seen.zone,
        "ticket_id": observation.ticket_id,
        "outcome": observation.result.value if observation.result else None,
        "reason": observation.reason,
        "verdict": observation.verdict.value if observation.verdict else None,
        "created_at": observation.created_at,
    }


def observation_in(row: Row) -> Observation:
    """The observation in a row."""
    seen = Sighting(
        id=row["id"],
        condition=row["condition"],
        detections=detections_from_json(row["detections"]),
        seen_at=row["seen_at"],
        place=place_in(row),
        place_source=row["place_source"],
        source=Source(SourceType(row["source_type"]), row["source_id"], row["fixed"], row["by_person"]),
        picture_id=row["picture_id"],
        photo_id=row["photo_id"],
        weights_sha256=row["weights_sha256"],
        zone=row["zone"],
    )
    return Observation(
        seen=seen,
        created_at=row["created_at"],
        ticket_id=row["ticket_id"],
        result=Result(row["outcome"]) if row["outcome"] else None,
        reason=row["reason"],
        verdict=Word(row["verdict"]) if row["verdict"] else None,
    )


def _judgement(row: Row) -> Judgement:
    told = row["boxes"] or ([row["xyxy"]] if row["xyxy"] else [])
    boxes = tuple(Box(*xyxy) for xyxy in told)
    verdict = Verdict(Word(row["verdict"]), row["reason"], row["condition"], boxes)
    return Judgement(row["observation_id"], verdict, row["by"], row["at"], row["was"])
