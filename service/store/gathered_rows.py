"""What a gathering of very many sightings reads beside tickets: each thing once, then from memory."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy import Connection, select

from detector.types import GeoPoint
from service.domain.gates import Record
from service.domain.observation import Sighting
from service.domain.premises import Bounds, Premises
from service.domain.routing import Grid
from service.store.among import among
from service.store.audit import Audit
from service.store.observations import Observation, Observations, Result, observation_columns, observation_in
from service.store.pending import Pending
from service.store.premises import PremisesRows
from service.store.records import Opening, Records
from service.store.tables import observations
from service.store.units import Units

TILE_DEG: Final = 0.005
"""Premises are read by squares of so many degrees, about 500 m, and one around."""


class GatheredObservations(Observations):
    """Observations of these sightings, in memory."""

    def __init__(self, connection: Connection, audit: Audit, pending: Pending) -> None:
        super().__init__(connection, audit)
        self._pending = pending
        self._known: dict[str, Observation] = {}
        self._asked: set[str] = set()
        self._opened: dict[tuple[str, str], list[Opening]] = defaultdict(list)

    def gather(self, sightings: Iterable[Sighting]) -> None:
        """Read those that are kept already."""
        self._asked = {seen.id for seen in sightings}
        kept = select(observations).where(among(self._connection, observations.c.id, self._asked))
        for row in self._connection.execute(kept).mappings():
            self._known[row["id"]] = observation_in(row)

    def find(self, observation_id: str) -> Observation | None:
        """The observation of that id, None if there is none."""
        if observation_id in self._asked:
            return self._known.get(observation_id)
        return super().find(observation_id)

    def add(self, observation: Observation) -> None:
        """Keep an observation until all are written."""
        seen = observation.seen
        self._known[seen.id] = observation
        self._pending.rows[observations].append(observation_columns(observation))
        if observation.result is Result.OPENED:
            self._opened[seen.source.id, seen.condition].append(Opening(seen.seen_at, seen.zone, seen.place))

    def opened_by(self, source_id: str, condition: str) -> Sequence[Opening]:
        """What that source has opened in this transaction."""
        return self._opened.get((source_id, condition), ())


class GatheredRecords(Records):
    """The past of each source, read once, and what this transaction adds to it."""

    def __init__(self, connection: Connection, added: GatheredObservations, filed: dict[str, GeoPoint]) -> None:
        super().__init__(connection)
        self._added = added
        self._filed = filed
        self._filed_before: dict[datetime, dict[str, GeoPoint]] = {}
        self._words: dict[tuple[str, str, int], Record] = {}
        self._openings: dict[tuple[str, str], tuple[datetime, list[Opening]]] = {}

    def of_source(self, source_id: str, condition: str, last: int) -> Record:
        """What `Records.of_source` finds; no sighting adds a verdict."""
        asked = source_id, condition, last
        if asked not in self._words:
            self._words[asked] = super().of_source(*asked)
        return self._words[asked]

    def openings(self, source_id: str, condition: str, since: datetime) -> list[Opening]:
        """What `Records.openings` finds, as it stands now."""
        asked = source_id, condition
        read_since, before = self._openings.get(asked, (None, []))
        if read_since is None or since < read_since:
            before = super().openings(source_id, condition, since)
            self._openings[asked] = since, before
        return [one for one in (*before, *self._added.opened_by(*asked)) if one.seen_at > since]

    def filed_by_itself(self, since: datetime) -> dict[str, GeoPoint]:
        """What `Records.filed_by_itself` finds, as it stands now."""
        if since not in self._filed_before:
            self._filed_before[since] = super().filed_by_itself(since)
        return self._filed_before[since] | self._filed


class GatheredUnits(Units):
    """Duty grids, read once."""

    @cached_property
    def _grids(self) -> list[Grid]:
        return super().grids()

    def grids(self) -> list[Grid]:
        """All grids that have not ended, by id."""
        return self._grids


class GatheredPremises(PremisesRows):
    """Premises around the sightings, each neighbourhood read once; a city that has none is asked once."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._tiles: dict[tuple[int, int], list[Premises]] = {}
        self._larger: dict[Bounds, list[Premises]] = {}
        self._around: dict[tuple[GeoPoint, float], list[Premises]] = {}

    @cached_property
    def _any(self) -> bool:
        return bool(self.page(limit=1))

    def around(self, place: GeoPoint, radius_m: float = 0.0) -> list[Premises]:
        """What `PremisesRows.around` finds."""
        if not self._any:
            return []
        asked = place, radius_m
        if asked not in self._around:
            self._around[asked] = super().around(place, radius_m)
        return self._around[asked]

    def over(self, bounds: Bounds) -> list[Premises]:
        """What `PremisesRows.over` finds."""
        south, west, north, east = bounds
        if max(north - south, east - west) > TILE_DEG:
            if bounds not in self._larger:
                self._larger[bounds] = super().over(bounds)
            return self._larger[bounds]
        row, column = tile = math.floor(south / TILE_DEG), math.floor(west / TILE_DEG)
        if tile not in self._tiles:
            corner = (row * TILE_DEG, column * TILE_DEG, (row + 2) * TILE_DEG, (column + 2) * TILE_DEG)
            self._tiles[tile] = super().over(corner)
        return [one for one in self._tiles[tile] if _touch(one.bounds, bounds)]


def _touch(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]
