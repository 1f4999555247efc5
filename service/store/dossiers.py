"""Numbers read off small ads, where each was read, and what people said about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from detector.types import GeoPoint
from service.domain.dossiers import DossierState, Said, Word
from service.errors.papers import DossierUnknown
from service.store.locks import lock
from service.store.paper_tables import ad_numbers, ad_readings, ad_words
from service.store.places import Row, place_in
from service.store.tables import observations, pictures, tickets


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is kept about one number; `readings` are sightings on which it was read, `first` and `last` when."""

    number: str
    state: DossierState
    changed_at: datetime
    readings: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One sighting on which a number was read; `sha256` is that of the original picture."""

    observation_id: str
    ticket_id: str | None
    ticket: str | None
    seen_at: datetime
    place: GeoPoint | None
    picture_id: str
    sha256: str
    by: str
    at: datetime


class Dossiers:
    """Rows of `ad_numbers`, `ad_readings` and `ad_words`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, number: str, now: datetime) -> DossierState:
        """Have a dossier of that number, and let nobody else decide about it until the end; where it stands."""
        lock(self._connection, [f"number {number}"])
        state = self._connection.execute(select(ad_numbers.c.state).where(ad_numbers.c.number == number)).scalar()
        if state is not None:
            return DossierState(state)
        row = {"number": number, "state": DossierState.DOUBTFUL.value, "created_at": now, "changed_at": now}
        self._connection.execute(insert(ad_numbers).values(**row))
        return DossierState.DOUBTFUL

    def set_state(self, number: str, state: DossierState, now: datetime) -> None:
        """Write where a number stands."""
        query = update(ad_numbers).where(ad_numbers.c.number == number).values(state=state.value, changed_at=now)
        self._connection.execute(query)

    def add_reading(self, number: str, observation_id: str, by: str, now: datetime) -> bool:
        """Keep that a number was read on a sighting; False if that is known."""
        mine = (ad_readings.c.number == number, ad_readings.c.observation_id == observation_id)
        if self._connection.execute(select(ad_readings.c.number).where(*mine)).first() is not None:
            return False
        row = {"number": number, "observation_id": observation_id, "by": by, "at": now}
        self._connection.execute(insert(ad_readings).values(**row))
        return True

    def add_word(self, number: str, said: Said) -> None:
        """Keep what somebody said; earlier words stay."""
        row = {"word": said.word.value, "reason": said.reason, "by_id": said.by_id, "by": said.by, "at": said.at}
        self._connection.execute(insert(ad_words).values(number=number, **row))

    def words(self, number: str) -> list[Said]:
        """What people said about a number, oldest first."""
        query = select(ad_words).where(ad_words.c.number == number).order_by(ad_words.c.seq)
        rows = self._connection.execute(query).mappings()
        return [Said(Word(row["word"]), row["by_id"], row["by"], row["at"], row["reason"]) for row in rows]

    def readings(self, number: str) -> list[Reading]:
        """Where a number was read, oldest sighting first."""
        query = (
            select(
                observations,
                tickets.c.number.label("ticket"),
                pictures.c.original_sha256,
                ad_readings.c.by.label("read_by"),
                ad_readings.c.at.label("read_at"),
            )
            .join(ad_readings, ad_readings.c.observation_id == observations.c.id)
            .join(pictures, pictures.c.id == observations.c.picture_id)
            .join(tickets, tickets.c.id == observations.c.ticket_id, isouter=True)
            .where(ad_readings.c.number == number)
            .order_by(observations.c.seen_at, observations.c.id)
        )
        return [_reading(row) for row in self._connection.execute(query).mappings()]

    def get(self, number: str) -> Dossier:
        """The dossier of a number; DossierUnknown if there is none."""
        row = self._connection.execute(_dossiers().where(ad_numbers.c.number == number)).mappings().first()
        if row is None:
            raise DossierUnknown(number=number)
        return _dossier(row)

    def page(self, state: DossierState | None = None, limit: int = 50, before: str | None = None) -> list[Dossier]:
        """Dossiers, the one that changed last first; `before` is the number of the last one on the page before."""
        query = _dossiers().order_by(ad_numbers.c.changed_at.desc(), ad_numbers.c.number.desc()).limit(limit)
        if state is not None:
            query = query.where(ad_numbers.c.state == state.value)
        if before is not None:
            last = self.get(before)
            same = (ad_numbers.c.changed_at == last.changed_at) & (ad_numbers.c.number < last.number)
            query = query.where((ad_numbers.c.changed_at < last.changed_at) | same)
        return [_dossier(row) for row in self._connection.execute(query).mappings()]


def _dossiers() -> Any:
    seen = (
        select(
            ad_readings.c.number,
            func.count().label("readings"),
            func.min(observations.c.seen_at).label("first"),
            func.max(observations.c.seen_at).label("last"),
        )
        .join(observations, observations.c.id == ad_readings.c.observation_id)
        .group_by(ad_readings.c.number)
        .subquery()
    )
    return select(
        ad_numbers.c.number, ad_numbers.c.state, ad_numbers.c.changed_at, seen.c.readings, seen.c.first, seen.c.last
    ).join(seen, seen.c.number == ad_numbers.c.number, isouter=True)


def _dossier(row: Row) -> Dossier:
    plain = {name: row[name] for name in ("number", "changed_at", "first", "last")}
    return Dossier(**plain, state=DossierState(row["state"]), readings=row["readings"] or 0)


def _reading(row: Row) -> Reading:
    return Reading(
        observation_id=row["id"],
        ticket_id=row["ticket_id"],
        ticket=row["ticket"],
        seen_at=row["seen_at"],
        place=place_in(row),
        picture_id=row["picture_id"],
        sha256=row["original_sha256"],
        by=row["read_by"],
        at=row["read_at"],
    )
