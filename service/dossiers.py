"""What is done with a number on small ads: read, confirmed by two, written to, settled, restored."""

from datetime import datetime, timedelta
from typing import Final

from service.casework import Occasion
from service.domain.audit import AuditLine
from service.domain.dossiers import DossierState, Said, Word, again, read_number, say
from service.errors import ObservationUnknown, Unprocessable
from service.errors.papers import DossierNotConfirmed
from service.store import Transaction
from service.store.dossiers import Dossier
from service.store.letters import Letter, LetterKind, NewLetter

REPLY_WITHIN: Final = timedelta(days=7)
CONDITION: Final = "illegal_ad"


def note_reading(tx: Transaction, text: str, observation_id: str, on: Occasion) -> Dossier:
    """Keep that a number was read on a sighting of small ads; said twice, it is kept once.

    Raises:
        NumberUnreadable: it is no phone number.
        ObservationUnknown: there is no such sighting.
        Unprocessable: the sighting is of something else.
    """
    number = read_number(text)
    seen = tx.observations.find(observation_id)
    if seen is None:
        raise ObservationUnknown(id=observation_id)
    if seen.seen.condition != CONDITION:
        raise Unprocessable(field="observation_id", problem="not_an_ad")
    state = tx.dossiers.hold(number, on.now)
    if tx.dossiers.add_reading(number, observation_id, on.actor.name, on.now):
        tx.dossiers.set_state(number, again(state), on.now)
        _audit(tx, on, "dossier.read", number, None, observation=observation_id)
    return tx.dossiers.get(number)


def speak(tx: Transaction, number: str, word: Word, reason: str | None, on: Occasion) -> Dossier:
    """Keep somebody's word about a number; DossierUnknown, and whatever `service.domain.dossiers.say` raises."""
    tx.dossiers.get(number)
    state = tx.dossiers.hold(number, on.now)
    said = Said(word, on.actor.id, on.actor.name, on.now, reason)
    after = say(state, tx.dossiers.words(number), said)
    tx.dossiers.add_word(number, said)
    tx.dossiers.set_state(number, after, on.now)
    _audit(tx, on, f"dossier.{word.value}", number, reason, state=after.value)
    return tx.dossiers.get(number)


def write_operator(tx: Transaction, number: str, on: Occasion, reply_by: datetime | None = None) -> Letter:
    """Write to whoever uses a number; a second one on the same day of the city is the same letter.

    Raises:
        DossierUnknown: nothing is kept about that number.
        DossierNotConfirmed: two people have not confirmed it.
        Unprocessable: the answer is due in the past.
    """
    dossier = tx.dossiers.get(number)
    state = tx.dossiers.hold(number, on.now)
    if state is not DossierState.CONFIRMED:
        raise DossierNotConfirmed(state=state.value, wanted="letter")
    if reply_by is not None and reply_by <= on.now:
        raise Unprocessable(field="reply_by", problem="in_the_past")
    local = on.policy.local(on.now)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if earlier := tx.letters.since(LetterKind.OPERATOR, number, today):
        return earlier[0]
    about = tuple(dict.fromkeys(one.ticket_id for one in tx.dossiers.readings(number) if one.ticket_id is not None))
    new = NewLetter(
        kind=LetterKind.OPERATOR,
        subject=number,
        tickets=about,
        year=local.year,
        by=on.actor.name,
        at=on.now,
        reply_by=reply_by or on.now + REPLY_WITHIN,
        facts={"policy": on.policy.sha256},
    )
    letter = tx.letters.add(new)
    _audit(tx, on, "letter.written", letter.number, None, number=number, readings=dossier.readings)
    return letter


def _audit(tx: Transaction, on: Occasion, action: str, subject: str, reason: str | None, **facts: str | int) -> None:
    tx.audit.add(AuditLine(on.now, on.actor.name, action, subject, reason, facts))
