"""A city of any version becomes one of this version, with every row that it had, on both databases."""

import random
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from service.domain.cases import milestones_of
from service.domain.states import Role, State, moves_from
from service.domain.ticket import HistoryEntry
from service.store import Store, migrate, open_engine
from service.store.migrations.versions import v0028_milestones
from service.store.ticket_rows import milestone_columns
from service.verifying import damage_of_rows
from tests.build import NOON
from tests.databases import BOTH, CITIES, SQLITE, drop_database, make_database
from tests.olden import REVISIONS, contents, grow, lost
from tests.serving import serve

ROWS = 12
ENDLESS = "/api/events"
SINGLE = ("/api/tickets/{ticket_id}", "/api/observations/{observation_id}", "/api/photos/{photo_id}")


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database without any tables."""
    if request.param == SQLITE:
        engine = open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}")
        yield engine
        engine.dispose()
        return
    server: str = request.getfixturevalue("postgresql")
    name = f"olden_{uuid4().hex}"
    make_database(server, name)
    engine = open_engine(server.format(name))
    yield engine
    engine.dispose()
    drop_database(server, name)


@pytest.mark.parametrize("version", ["0001", "0004"])
def test_every_row_of_an_old_version_is_there_in_this_one(engine: Engine, version: str) -> None:
    grow(engine, version, ROWS)
    before = contents(engine)
    assert [table for table, rows in before.items() if not rows] == []
    migrate(engine)
    assert list(lost(before, contents(engine))) == []
    assert list(damage_of_rows(Store(engine), {})) == []


def test_no_step_from_one_version_to_the_next_loses_a_row(engine: Engine) -> None:
    for version, following in pairwise(REVISIONS):
        grow(engine, version, ROWS)
        before = contents(engine)
        migrate(engine, following)
        assert list(lost(before, contents(engine))) == [], following
    assert list(damage_of_rows(Store(engine), {})) == []


def test_what_an_old_history_comes_to_is_told_to_the_microsecond() -> None:
    dice = random.Random(28)
    paused = 0
    for _ in range(300):
        life = a_life(dice)
        lines = [{"from": one.was and one.was.value, "to": one.to.value, "at": one.at} for one in life]
        wanted = milestone_columns(milestones_of(life))
        assert v0028_milestones._reached(lines) == wanted
        paused += wanted["handling_s"] is not None and wanted["paused_s"] != 0
    assert paused > 20


def a_life(dice: random.Random) -> list[HistoryEntry]:
    """A history by steps of the table, at moments as a clock gives them."""
    was, to, at = None, dice.choice([State.CANDIDATE, State.REPORTED]), NOON
    life = []
    for version in range(1, 30):
        life.append(HistoryEntry("tic_1", version, at, "ops", was, to, None, ""))
        steps = [
            move.to
            for move in moves_from(to, field_verification=False)
            if moves_from(move.to, field_verification=False)
        ]
        if not steps:
            break
        was, to = to, dice.choice([*steps, to])
        at += timedelta(microseconds=dice.randrange(1, 10**11))
    return life


def test_a_row_that_is_gone_and_one_that_is_another_are_noticed(engine: Engine) -> None:
    grow(engine, "0001", ROWS)
    before = contents(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM verdicts WHERE seq = 3"))
        connection.execute(text("UPDATE units SET name_en = 'x' WHERE id = '4 id'"))
    assert sorted(lost(before, contents(engine))) == ["units ('4 id',): name_en changed", "verdicts (3,) is gone"]


def test_an_old_city_answers_every_question(tmp_path: Path) -> None:
    data = tmp_path / "city"
    data.mkdir()
    url = CITIES.address(data, migrated=False)
    engine = open_engine(url)
    grow(engine, "0004", ROWS)
    engine.dispose()
    with serve(data, database_url=url) as serving:
        headers = serving.key(Role.ADMIN)
        paths = serving.http.get("/openapi.json").json()["paths"]
        asked = {path: re.sub(r"{\w+}", "0 id", path) for path in paths if "get" in paths[path] and path != ENDLESS}
        statuses = {path: serving.http.get(url, headers=headers).status_code for path, url in asked.items()}
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert {path for path in asked if "{" not in path and statuses[path] != 200} == {"/api/model"}  # it has no weights
    assert {statuses[path] for path in SINGLE} == {200}
