"""Cameras that several watchmen share: each is watched by one, the load is even, and the dead are replaced."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from service.cameras.charge import BEAT_S, LEASE_S, UNWATCHED, Elsewhere, Shared
from service.cameras.register import NewCamera, register
from service.domain.charges import most_of
from service.store import Store
from service.store.charges import Charges
from tests.build import NOON


@dataclass
class Time:
    """Of this process, and of a database that goes on with it."""

    s: float = 1000.0

    def __call__(self) -> float:
        return self.s


@dataclass
class Team:
    """Watchmen that are heard when a test says so."""

    store: Store
    time: Time = field(default_factory=Time)
    all: dict[str, Shared] = field(default_factory=dict)

    def join(self, name: str, room: int = 100) -> Shared:
        """A watchman on a machine of its own name."""
        self.all[name] = Shared(self.store, name, f"node of {name}", room, monotonic=self.time)
        return self.all[name]

    def beat(self, *names: str, times: int = 1) -> None:
        """Let these be heard, all by default, one after another, again and again."""
        for _ in range(times):
            self.time.s += BEAT_S
            for name in names or self.all:
                self.all[name].beat()

    def held(self) -> dict[str, list[str]]:
        """Who has what."""
        return {name: [camera.id for camera in one.cameras()] for name, one in self.all.items()}

    def counts(self) -> list[int]:
        """How many each has, by name."""
        return [len(ids) for _, ids in sorted(self.held().items())]


@pytest.fixture
def team(store: Store, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A team whose database tells the test's time, and ten cameras."""
    team = Team(store)
    monkeypatch.setattr(Charges, "now", lambda _: NOON.fromtimestamp(NOON.timestamp() + team.time.s, NOON.tzinfo))
    for number in range(10):
        add(store, f"pole-{number}")
    return team


def add(store: Store, camera_id: str) -> None:
    url = f"http://127.0.0.1/{camera_id}.jpg"
    register(store, NewCamera(camera_id, "fixed", lat=31.2, lon=121.4, url=url), NOON, files_allowed=True)


def test_one_watchman_takes_all_that_it_has_room_for(team: Team) -> None:
    team.join("a", room=7)
    team.beat(times=2)
    assert team.counts() == [7]
    team.join("b")
    team.beat(times=4)
    assert sum(team.counts()) == 10


def test_each_camera_has_one_watchman_and_the_load_is_even(team: Team) -> None:
    for name in "abc":
        team.join(name)
    team.beat(times=12)
    everything = [camera_id for ids in team.held().values() for camera_id in ids]
    assert sorted(everything) == [f"pole-{number}" for number in range(10)]
    assert max(team.counts()) - min(team.counts()) <= 2


def test_a_camera_that_changes_hands_is_looked_at_by_nobody_before_it_is_looked_at_by_another(team: Team) -> None:
    team.join("a")
    team.beat(times=3)
    team.join("b")
    had_by_both = 0
    for _ in range(12):
        for name in ("b", "a"):
            before = {camera.id for camera in team.all["a"].cameras() if team.all["a"].holds(camera.id)}
            team.beat(name)
            had_by_both += len(before & {camera.id for camera in team.all["b"].cameras()})
    assert had_by_both == 0
    assert team.counts() == [5, 5]


def test_the_cameras_of_a_dead_watchman_are_taken_over_once_its_lease_has_ended(team: Team) -> None:
    team.join("a")
    team.join("b")
    team.beat(times=12)
    team.beat("b", times=int(LEASE_S / BEAT_S) - 1)
    assert len(team.held()["b"]) == 5
    team.beat("b", times=3)
    assert len(team.held()["b"]) == 10
    assert not team.all["a"].is_sure()


def test_who_comes_back_from_the_dead_looks_at_nothing_that_others_have(team: Team) -> None:
    team.join("a")
    team.join("b")
    team.beat(times=12)
    team.beat("b", times=12)
    team.beat(times=12)
    held = team.held()
    assert set(held["a"]).isdisjoint(held["b"])
    assert sorted(team.counts()) == [5, 5]
    assert all(one.is_sure() for one in team.all.values())


def test_when_the_database_was_away_nobody_loses_a_camera(team: Team) -> None:
    for name in "abc":
        team.join(name)
    team.beat(times=12)
    before = team.held()
    team.time.s += 60.0
    assert not any(one.is_sure() for one in team.all.values())
    team.beat(times=4)
    assert team.held() == before


def test_a_watchman_that_leaves_is_replaced_at_once(team: Team) -> None:
    team.join("a")
    team.join("b")
    team.beat(times=12)
    team.all.pop("a").stop()
    team.beat(times=1)
    assert team.counts() == [10]


def test_new_cameras_are_watched_and_switched_off_ones_left(team: Team) -> None:
    team.join("a")
    team.beat(times=2)
    add(team.store, "pole-new")
    with team.store.write() as rows:
        rows.cameras.replace(replace(rows.cameras.get("pole-0"), disabled_at=NOON))
    team.beat(times=8)
    assert "pole-new" in team.held()["a"]
    assert "pole-0" not in team.held()["a"]


def test_who_answers_people_tells_of_cameras_that_nobody_watches(team: Team) -> None:
    team.join("a", room=4)
    team.beat(times=2)
    told = Elsewhere(team.store, monotonic=team.time).elsewhere()
    assert [one.trouble for one in told.values()].count(UNWATCHED) == 6
    assert {one.state for one in told.values()} == {"waiting", "trouble"}


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_shares_fill_every_room_before_a_camera_is_left_out(name: str) -> None:
    share: Callable[[int], int] = lambda total: most_of(total, {"a": 3, "b": 50, "c": 100}, name)  # noqa: E731
    assert share(153) == {"a": 3, "b": 50, "c": 100}[name]
