"""Reasons are kept in stretches, written now and then, and forgotten in time, but never those behind a ticket."""

from datetime import timedelta

from detector.decisions import Decision, Reason, Thing
from service.cameras.journal import MOST_WAITING, Journal
from service.cameras.register import NewCamera, register
from service.store import Store
from service.store.observations import Observation
from tests.build import NOON, POLE, a_picture, a_sighting

SECOND = timedelta(seconds=1)


def decided(reason: Reason, zone: str | None = None) -> Decision:
    thing = Thing(reason, (1.26, 2, 3, 4), "litter", 0.81239, 7, hits=3, lasted=timedelta(minutes=2))
    return Decision("litter", reason, None, zone, (thing,))


def a_journal(store: Store, clock: list[float]) -> Journal:
    register(store, NewCamera("pole-1", "fixed"), NOON)
    return Journal("pole-1", lambda: clock[0])


def kept(store: Store) -> list[tuple[str, int]]:
    with store.read() as rows:
        return [(stretch.reason, stretch.looks) for stretch in reversed(rows.decisions.page("pole-1", 100))]


def test_looks_that_decide_the_same_are_one_row_that_grows(store: Store) -> None:
    clock = [0.0]
    journal = a_journal(store, clock)
    for second in range(10):
        journal.note(NOON + second * SECOND, decided("told_recently"))
        journal.write(store)
    assert kept(store) == [("told_recently", 1)]
    clock[0] = 301
    journal.write(store)
    assert kept(store) == [("told_recently", 10)]
    with store.read() as rows:
        (stretch,) = rows.decisions.page("pole-1", 1)
    assert (stretch.first_at, stretch.last_at) == (NOON, NOON + 9 * SECOND)
    assert stretch.facts["things"][0] == {
        "reason": "told_recently",
        "kind": "litter",
        "xyxy": [1.3, 2, 3, 4],
        "score": 0.8124,
        "hits": 3,
        "missed": 0,
        "lasted_s": 120,
        "track": 7,
    }


def test_another_reason_or_a_long_pause_begins_another_row_and_hidden_is_kept_at_once(store: Store) -> None:
    journal = a_journal(store, [0.0])
    journal.note(NOON, decided("missed"))
    journal.write(store)
    journal.note(NOON + SECOND, decided("unknown"))
    journal.write(store)
    assert kept(store) == [("missed", 1), ("unknown", 1)]
    journal.note(NOON + timedelta(hours=1), decided("unknown"))
    journal.write(store)
    assert kept(store) == [("missed", 1), ("unknown", 1), ("unknown", 1)]


def test_what_holds_is_told_by_zone_and_only_for_a_while(store: Store) -> None:
    journal = a_journal(store, [0.0])
    journal.note(NOON, decided("missed", "west"))
    journal.note(NOON, decided("too_few_hits", "east"))
    journal.skipped(NOON + SECOND, "unchanged")
    journal.note(NOON + 2 * SECOND, decided("gone", "west"))
    journal.write(store, now=True)
    with store.read() as rows:
        at = {(one.zone, one.reason) for one in rows.decisions.at("pole-1", NOON + SECOND, "litter")}
        later = rows.decisions.at("pole-1", NOON + timedelta(minutes=16))
    assert at == {("west", "missed"), ("east", "too_few_hits"), (None, "unchanged")}
    assert later == []


def test_a_journal_that_cannot_be_written_is_bounded(store: Store) -> None:
    journal = Journal("pole-of-nobody")
    for second in range(3 * MOST_WAITING):
        journal.note(NOON + second * SECOND, decided("missed" if second % 2 else "too_few_hits"))
        if second % 400 == 0:
            journal.write(store, now=True)
    with store.write() as rows:
        assert rows.decisions.page("pole-of-nobody", 10) == []


def test_what_led_to_nothing_is_forgotten_and_what_led_to_a_sighting_stays(store: Store) -> None:
    journal = a_journal(store, [0.0])
    seen = a_sighting(source=POLE)
    with store.write() as rows:
        rows.pictures.add(a_picture(picture_id=seen.picture_id))
        rows.observations.add(Observation(seen, NOON))
    journal.note(NOON, decided("opened"), seen.id)
    journal.note(NOON + SECOND, decided("told_recently"))
    journal.write(store, now=True)
    with store.write() as rows:
        assert rows.decisions.forget(NOON, 10) == 0
        assert rows.decisions.forget(NOON + timedelta(days=1), 10) == 1
        assert list(rows.decisions.behind([seen.id])) == [seen.id]
    assert kept(store) == [("opened", 1)]
