"""The audit trail: a chain that shows every falsification, with an anchor outside for those who forge it whole."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.anchor import Anchor, read_anchors
from service.domain.audit import BEGINNING, AuditLine, Break, Head, Link, Problem, breaks, seal
from service.errors import DataUnusable
from service.evidence import EvidenceFolder, scrub
from service.store import Store, Transaction
from service.upkeep import open_data
from service.verifying import Anchors, damage_in, damage_of_rows, damages
from tests.build import NOON, a_policy
from tests.fakes import FakeClock
from tests.service.audit.busy import a_line, make_busy
from tests.service.audit.mutations import Mutation, every_mutation
from tests.serving import settings_in


def a_chain(length: int) -> list[Link]:
    links: list[Link] = []
    for number in range(length):
        links.append(seal(links[-1].head if links else BEGINNING, a_line(f"pic_{number}")))
    return links


@pytest.fixture
def busy_store(store: Store) -> Store:
    make_busy(store)
    return store


def test_a_chain_holds_as_it_was_made() -> None:
    links = a_chain(5)
    assert list(breaks(links, links[-1].head, {2: links[1].sha256})) == []
    assert list(breaks([], BEGINNING, {})) == []


def test_a_chain_says_where_it_is_broken() -> None:
    links = a_chain(5)
    head = links[-1].head
    assert list(breaks([*links[:2], *links[3:]], head, {})) == [Break(Problem.MISSING, 3)]
    assert list(breaks(links[:3], head, {})) == [Break(Problem.CUT, 4)]
    assert list(breaks(links[:3], links[2].head, {5: head.sha256})) == [Break(Problem.CUT, 4)]
    assert list(breaks(links, head, {4: "f" * 64})) == [Break(Problem.FORGED, 4)]
    assert list(breaks(links, Head(5, "f" * 64), {})) == [Break(Problem.CHANGED, 5)]


@given(
    some.dictionaries(some.text(), some.none() | some.booleans() | some.integers() | some.floats(-1, 1) | some.text())
)
def test_facts_hash_to_the_same_after_a_trip_through_json(facts: dict[str, object]) -> None:
    line = AuditLine(NOON, "ops", "x", "y", None, facts)
    again = AuditLine(NOON, "ops", "x", "y", None, json.loads(json.dumps(facts)))
    assert seal(BEGINNING, line) == seal(BEGINNING, again)


def test_what_was_done_rightly_verifies(busy_store: Store) -> None:
    assert list(damage_of_rows(busy_store, {})) == []


def test_a_transaction_that_fails_leaves_no_line(busy_store: Store) -> None:
    with busy_store.read() as tx:
        before = tx.audit.head()
    with pytest.raises(InterruptedError), busy_store.write() as tx:  # noqa: PT012  # it fails after the line
        tx.audit.add(a_line())
        raise InterruptedError
    with busy_store.read() as tx:
        assert tx.audit.head() == before


def test_every_falsification_shows(busy_store: Store) -> None:
    """P8; one of each kind here, every row, column and length of a cut tail with `P8_ALL=1`."""
    with busy_store.read() as tx:
        anchors = {tx.audit.head().seq: {tx.audit.head().sha256}}
        mutations = list(every_mutation(tx.connection))
    chosen = mutations if os.environ.get("P8_ALL") else list({one.kind: one for one in mutations}.values())
    assert [one.name for one in chosen if not shows(busy_store, one, anchors if one.covered else {})] == []
    assert len(chosen) > 30


def shows(store: Store, mutation: Mutation, anchors: Anchors) -> bool:
    """Whether a verification finds anything inside a transaction that is then rolled back."""
    with store.engine.connect() as connection:
        mutation.deed(connection)
        found = list(damage_in(Transaction(connection), anchors))
        connection.rollback()
    return found != []


def test_the_anchor_holds_each_head_once_and_outlives_a_torn_line(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    anchor = Anchor(store, path, FakeClock())
    anchor.write()
    assert read_anchors(path) == {}
    heads = []
    for _ in range(2):
        with store.write() as tx:
            tx.audit.add(a_line())
        heads.append(anchor.write())
        anchor.write()
    assert read_anchors(path) == {head.seq: head.sha256 for head in heads}
    with path.open("a") as file:
        file.write('{"at": "2026')
    assert len(read_anchors(path)) == 2
    with store.write() as tx:
        tx.audit.add(a_line())
    last = Anchor(store, path, FakeClock()).write()
    assert path.read_text().splitlines()[-1].endswith(f'"sha256": "{last.sha256}"}}')


def test_a_file_that_holds_no_anchors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise").write_text("no anchors\n")
    with pytest.raises(DataUnusable):
        read_anchors(tmp_path / "noise")


def test_evidence_of_no_row_is_no_damage_and_a_changed_byte_is(tmp_path: Path) -> None:
    evidence = EvidenceFolder(tmp_path)
    sha256 = evidence.write(b"a street")
    assert list(scrub(evidence, [sha256])) == []
    evidence.path(sha256).chmod(0o600)
    evidence.path(sha256).write_bytes(b"a streeu")
    assert [found.problem for found in scrub(evidence, [sha256])] == ["changed"]


def test_a_tail_that_was_cut_cleanly_shows_against_an_anchor_that_was_shipped_elsewhere(tmp_path: Path) -> None:
    settings, shipped = settings_in(tmp_path / "city"), tmp_path / "elsewhere.jsonl"
    store = open_data(settings)
    with store.write() as tx:
        tx.units.put(a_policy().units)
    make_busy(store)
    Anchor(store, shipped, FakeClock()).write()
    [cut] = [one for one in mutations_of(store) if one.name == "cut from line 9, head moved"]
    with store.write() as tx:
        cut.deed(tx.connection)
        tx.audit.add(a_line())
    problems = {damage["problem"] for damage in damages(settings, [shipped])}
    assert {"audit.cut"} <= problems
    assert "audit.cut" not in {damage["problem"] for damage in damages(settings)}
    store.engine.dispose()


def mutations_of(store: Store) -> list[Mutation]:
    with store.read() as tx:
        return list(every_mutation(tx.connection))
