"""The reviewers' queue: what waits, who has what before them, and what was looked at twice."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Select, delete, exists, func, insert, or_, select, update

from detector.types import Detection
from service.domain.review_queue import Waiting
from service.domain.states import State
from service.domain.verdict import Verdict, Word
from service.store.places import Row, detections_as_json, detections_from_json
from service.store.review_tables import review_leases, second_looks
from service.store.tables import observations, tickets, verdicts

MOST_WAITING: Final = 5000
"""Of a longer queue the oldest are put in order; the others come up as these are judged."""

_LATER: Final = exists().where(
    verdicts.c.observation_id == second_looks.c.observation_id, verdicts.c.at > second_looks.c.second_at
)


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A judged sighting that another reviewer judges as well, without knowing what the first one said.

    Attributes:
        condition, detections: before anybody judged it.
        second, second_by, second_at, agrees: None as long as nobody has looked again.
    """

    observation_id: str
    condition: str
    detections: tuple[Detection, ...]
    first: Verdict
    first_by: str
    first_at: datetime
    second: Verdict | None = None
    second_by: str | None = None
    second_at: datetime | None = None
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class LastWord:
    """What somebody said of a sighting after two reviewers had judged it."""

    verdict: Verdict
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much of what one reviewer judged was judged by another one as well, and how often both said the same."""

    reviewer: str
    looked_again: int
    agreed: int


class Reviews:
    """Rows of `review_leases` and `second_looks`, and questions over what waits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting(self, limit: int = MOST_WAITING) -> list[Waiting]:
        """The oldest unjudged sighting of each candidate or report that no reviewer has confirmed, oldest first."""
        return [_waiting(row) for row in self._connection.execute(_unjudged(limit)).mappings()]

    def held_by_others(self, holder: str, now: datetime) -> set[str]:
        """What somebody else has before them now."""
        query = select(review_leases.c.observation_id)
        return set(
            self._connection.execute(
                query.where(review_leases.c.holder != holder, review_leases.c.until > now)
            ).scalars()
        )

    def hold(self, observation_ids: Iterable[str], holder: str, until: datetime) -> None:
        """Give sightings to one reviewer until then, whoever had them."""
        ids = list(observation_ids)
        self._connection.execute(delete(review_leases).where(review_leases.c.observation_id.in_(ids)))
        if ids:
            rows = [{"observation_id": one, "holder": holder, "until": until} for one in ids]
            self._connection.execute(insert(review_leases), rows)

    def let_go(self, holder: str, keeping: Collection[str] = ()) -> int:
        """Take everything from one reviewer but for these; how much it was."""
        mine = (review_leases.c.holder == holder, review_leases.c.observation_id.not_in(list(keeping)))
        return self._connection.execute(delete(review_leases).where(*mine)).rowcount

    def forget(self, observation_id: str, now: datetime) -> None:
        """Nobody holds what was judged, nor what nobody asked for again in time."""
        over = or_(review_leases.c.observation_id == observation_id, review_leases.c.until <= now)
        self._connection.execute(delete(review_leases).where(over))

    def ask_again(self, look: SecondLook) -> None:
        """Keep that somebody else is to judge it as well; once for each sighting."""
        known = select(second_looks.c.observation_id).where(second_looks.c.observation_id == look.observation_id)
        if self._connection.execute(known).first() is None:
            self._connection.execute(insert(second_looks).values(**_columns(look)))

    def to_look_again(self, reviewer: str, since: datetime, limit: int) -> list[SecondLook]:
        """What others have judged since then and this reviewer is to judge as well, oldest first."""
        query = (
            select(second_looks)
            .where(second_looks.c.second_at.is_(None), second_looks.c.first_at >= since)
            .where(second_looks.c.first_by != reviewer)
            .order_by(second_looks.c.first_at, second_looks.c.observation_id)
            .limit(limit)
        )
        return [_look(row) for row in self._connection.execute(query).mappings()]

    def second_look(self, observation_id: str) -> SecondLook | None:
        """The second look at one sighting, None where nobody asks for one."""
        query = select(second_looks).where(second_looks.c.observation_id == observation_id)
        row = self._connection.execute(query).mappings().first()
        return _look(row) if row else None

    def looked_again(self, look: SecondLook) -> None:
        """Write down what the second reviewer said."""
        where = second_looks.c.observation_id == look.observation_id
        self._connection.execute(update(second_looks).where(where).values(**_columns(look)))

    def looks(
        self, limit: int, before: str | None = None, *, agrees: bool | None = None, settled: bool | None = None
    ) -> list[SecondLook]:
        """What was looked at twice, the newest sighting first; `before` is the last id on the page before.

        `settled`: whether anybody said anything after the second look.
        """
        query = select(second_looks).where(second_looks.c.second_at.is_not(None))
        if agrees is not None:
            query = query.where(second_looks.c.agrees == agrees)
        if settled is not None:
            query = query.where(_LATER if settled else ~_LATER)
        if before is not None:
            query = query.where(second_looks.c.observation_id < before)
        ordered = query.order_by(second_looks.c.observation_id.desc()).limit(limit)
        return [_look(row) for row in self._connection.execute(ordered).mappings()]

    def agreement(self, reviewer: str, since: datetime) -> tuple[int, int]:
        """How much of what this reviewer judged was judged twice since then, and how often both said the same."""
        query = select(func.count(), func.count().filter(second_looks.c.agrees)).where(
            second_looks.c.second_at >= since,
            or_(second_looks.c.first_by == reviewer, second_looks.c.second_by == reviewer),
        )
        looked, agreed = self._connection.execute(query).one()
        return looked, agreed

    def last_words(self, observation_ids: Collection[str]) -> dict[str, LastWord]:
        """Of these the ones that were judged after the second look, with what was said last."""
        words = (
            select(verdicts)
            .join(second_looks, second_looks.c.observation_id == verdicts.c.observation_id)
            .where(verdicts.c.observation_id.in_(list(observation_ids)), verdicts.c.at > second_looks.c.second_at)
            .order_by(verdicts.c.seq)
        )
        rows = self._connection.execute(words).mappings()
        return {row["observation_id"]: LastWord(_said(row), row["by"], row["at"]) for row in rows}

    def agreements(self, since: datetime) -> list[Agreement]:
        """Every reviewer of whose sightings two judged some since then, by name."""
        seen, agreed = Counter[str](), Counter[str]()
        for who in (second_looks.c.first_by, second_looks.c.second_by):
            tally = select(who, func.count(), func.count().filter(second_looks.c.agrees))
            for name, count, same in self._connection.execute(
                tally.where(second_looks.c.second_at >= since).group_by(who)
            ):
                seen[name] += count
                agreed[name] += same
        return [Agreement(name, seen[name], agreed[name]) for name in sorted(seen)]

    def words_of(self, reviewer: str, since: datetime) -> list[tuple[datetime, bool]]:
        """The moments of one reviewer's verdicts since then, each with whether it confirmed something."""
        query = select(verdicts.c.at, verdicts.c.verdict).where(verdicts.c.by == reviewer, verdicts.c.at >= since)
        first = [(row.at, row.verdict != Word.FALSE.value) for row in self._connection.execute(query)]
        again = select(second_looks.c.second_at).where(
            second_looks.c.second_by == reviewer, second_looks.c.second_at >= since
        )
        return first + [(at, False) for at in self._connection.execute(again).scalars()]

    def known(self, observation_ids: Collection[str]) -> set[str]:
        """Which of these ids are sightings."""
        query = select(observations.c.id).where(observations.c.id.in_(list(observation_ids)))
        return set(self._connection.execute(query).scalars())

    def still_to_judge(self, observation_ids: Collection[str], reviewer: str) -> set[str]:
        """Which of these this reviewer may judge: what waits, and what others have judged and nobody again."""
        ids = list(observation_ids)
        first = _unjudged(len(ids)).where(observations.c.id.in_(ids)).with_only_columns(observations.c.id)
        again = select(second_looks.c.observation_id).where(
            second_looks.c.observation_id.in_(ids),
            second_looks.c.second_at.is_(None),
            second_looks.c.first_by != reviewer,
        )
        return {one for query in (first, again) for one in self._connection.execute(query).scalars()}


def _unjudged(limit: int) -> Select[tuple[object, ...]]:
    other = observations.alias()
    unjudged = select(func.min(other.c.id)).where(other.c.ticket_id == tickets.c.id, other.c.verdict.is_(None))
    confirmed = exists().where(
        other.c.ticket_id == tickets.c.id, other.c.verdict.is_not(None), other.c.verdict != Word.FALSE.value
    )
    seen = observations.c
    return (
        select(seen.id, seen.condition, seen.score, seen.by_person, tickets.c.opened_at)
        .join(tickets, tickets.c.id == seen.ticket_id)
        .where(tickets.c.state.in_([State.CANDIDATE.value, State.REPORTED.value]))
        .where(seen.id == unjudged.scalar_subquery(), ~confirmed)
        .order_by(seen.id)
        .limit(limit)
    )


def _waiting(row: Row) -> Waiting:
    return Waiting(row["id"], row["condition"], row["score"], row["by_person"], row["opened_at"])


def _columns(look: SecondLook) -> dict[str, object]:
    told = {f"first_{name}": value for name, value in _word(look.first).items()}
    told |= {f"second_{name}": value for name, value in _word(look.second).items()} if look.second else {}
    plain = ("observation_id", "condition", "first_by", "first_at", "second_by", "second_at", "agrees")
    return {
        **told,
        **{name: getattr(look, name) for name in plain},
        "detections": detections_as_json(look.detections),
    }


def _word(verdict: Verdict) -> dict[str, object]:
    return {"verdict": verdict.word.value, "reason": verdict.reason, "condition": verdict.condition}


def _look(row: Row) -> SecondLook:
    plain = ("observation_id", "condition", "first_by", "first_at", "second_by", "second_at", "agrees")
    return SecondLook(
        **{name: row[name] for name in plain},
        detections=detections_from_json(row["detections"]),
        first=_verdict(row, "first"),
        second=_verdict(row, "second") if row["second_verdict"] else None,
    )


def _verdict(row: Row, which: str) -> Verdict:
    return _bare(row[f"{which}_verdict"], row[f"{which}_reason"], row[f"{which}_condition"])


def _said(row: Row) -> Verdict:
    return _bare(row["verdict"], row["reason"], row["condition"])


def _bare(word: str, reason: str | None, condition: str | None) -> Verdict:
    """A word without its boxes, which a second look does not compare."""
    return Verdict(Word.TRUE if word == Word.OTHER_BOX else Word(word), reason, condition)
