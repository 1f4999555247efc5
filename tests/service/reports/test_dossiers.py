"""Scenario 7: one number in twelve places becomes one dossier, two people confirm it, a letter lists twelve."""

from datetime import timedelta

import pytest

from service.casework import Occasion
from service.domain.dossiers import DossierState, Word, read_number
from service.domain.states import Role
from service.dossiers import note_reading, speak, write_operator
from service.errors import ObservationUnknown, Unprocessable
from service.errors.papers import DossierNotConfirmed, DossierSamePerson, NumberUnreadable
from service.reports.operator import operator_letter
from service.reports.paper import Table
from service.store import Store
from tests.build import A_SHA256, NOON, an_actor
from tests.service.reports.build import POLICY, a_reported
from tests.service.reports.test_papers import a_desk

NUMBER = "13800138000"
ANNA = Occasion(an_actor(Role.OPS), POLICY, NOON + timedelta(hours=1))
BELA = Occasion(an_actor(Role.CHIEF), POLICY, NOON + timedelta(hours=2))


def an_ad(store: Store, metres_east: float = 0.0, condition: str = "illegal_ad") -> str:
    ticket = a_reported(store, condition, metres_east=metres_east)
    with store.read() as tx:
        return tx.observations.of_ticket(ticket.id, 1)[0].seen.id


def read(store: Store, observation: str, told: str = "138 0013 8000", on: Occasion = ANNA) -> int:
    with store.write() as tx:
        return note_reading(tx, told, observation, on).readings


def said(store: Store, word: Word, on: Occasion, number: str = NUMBER) -> DossierState:
    with store.write() as tx:
        return speak(tx, number, word, None, on).state


def test_twelve_places_are_one_dossier_and_one_letter_with_twelve_hashes(store: Store) -> None:
    for place in range(12):
        assert read(store, an_ad(store, 100.0 * place)) == place + 1
    assert said(store, Word.CONFIRM, ANNA) is DossierState.DOUBTFUL
    assert said(store, Word.CONFIRM, BELA) is DossierState.CONFIRMED
    with store.write() as tx:
        letter = write_operator(tx, NUMBER, BELA)
        assert write_operator(tx, NUMBER, BELA) == letter
        paper = operator_letter(a_desk(tx, "en"), letter)
        (table,) = [block for block in paper.blocks if isinstance(block, Table)]
    assert (letter.number, len(letter.tickets), len(table.rows)) == ("OL-2026-0001", 12, 12)
    assert {row[-1] for row in table.rows} == {A_SHA256}
    assert "at the 12 places" in str(paper.blocks)
    assert [said(store, word, ANNA) for word in (Word.SETTLE, Word.RESTORE)] == [
        DossierState.SETTLED,
        DossierState.RESTORED,
    ]


def test_one_person_alone_confirms_nothing_and_nothing_is_done_before(store: Store) -> None:
    read(store, an_ad(store))
    said(store, Word.CONFIRM, ANNA)
    with pytest.raises(DossierSamePerson):
        said(store, Word.CONFIRM, ANNA)
    for refused in (Word.SETTLE, Word.RESTORE):
        with pytest.raises(DossierNotConfirmed):
            said(store, refused, BELA)
    with store.write() as tx, pytest.raises(DossierNotConfirmed):
        write_operator(tx, NUMBER, BELA)


def test_a_refusal_takes_earlier_confirmations_away(store: Store) -> None:
    read(store, an_ad(store))
    steps = [(Word.CONFIRM, ANNA), (Word.REFUSE, BELA), (Word.CONFIRM, ANNA), (Word.CONFIRM, BELA)]
    assert [said(store, word, on) for word, on in steps] == [
        DossierState.DOUBTFUL,
        DossierState.REFUSED,
        DossierState.DOUBTFUL,
        DossierState.CONFIRMED,
    ]


def test_an_ad_of_a_restored_number_opens_its_dossier_again(store: Store) -> None:
    read(store, an_ad(store))
    for word, on in ((Word.CONFIRM, ANNA), (Word.CONFIRM, BELA), (Word.SETTLE, ANNA), (Word.RESTORE, ANNA)):
        said(store, word, on)
    read(store, an_ad(store, 500))
    with store.read() as tx:
        assert tx.dossiers.get(NUMBER).state is DossierState.CONFIRMED
        assert [one.number for one in tx.dossiers.page(DossierState.CONFIRMED)] == [NUMBER]


def test_a_reading_said_twice_is_one(store: Store) -> None:
    observation = an_ad(store)
    assert [read(store, observation), read(store, observation, "１３８００１３８０００")] == [1, 1]


def test_a_wall_of_sixty_ads_is_one_ticket_whose_numbers_are_dossiers_of_their_own(store: Store) -> None:
    """Scenario 6, as far as people read the numbers."""
    wall = an_ad(store)
    numbers = [f"139001380{place:02d}" for place in range(60)]
    for number in numbers:
        read(store, wall, number)
    with store.read() as tx:
        found = tx.dossiers.page(limit=100)
        tickets = {one.ticket for dossier in found for one in tx.dossiers.readings(dossier.number)}
    assert {one.number for one in found} == set(numbers)
    assert len(tickets) == 1


@pytest.mark.parametrize("told", ["", "12345", "1380013800", "call me", "138001380001", "99999999999"])
def test_what_is_no_phone_number_is_refused(told: str) -> None:
    with pytest.raises(NumberUnreadable):
        read_number(told)


def test_a_number_is_read_on_a_sighting_of_small_ads(store: Store) -> None:
    with pytest.raises(ObservationUnknown):
        read(store, "obs_none")
    with pytest.raises(Unprocessable):
        read(store, an_ad(store, condition="litter"))
