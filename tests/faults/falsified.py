"""P8: the audit trail shows every edit, deletion, swap and cut tail. P9: evidence is what it was and stays."""

import os
import random
from datetime import timedelta
from typing import Any, Final

from service.domain.states import Role
from service.evidence import EvidenceFolder
from service.expiring import Expiry
from service.ingest import ingest
from service.settings import Settings
from service.store import Store, Transaction
from service.verifying import damage_in, damages
from tests.build import NOON, a_picture, a_policy, a_sighting, an_actor
from tests.expiries import a_pass
from tests.faults.both import on_both
from tests.faults.outcome import Outcome, broken_cases
from tests.service.audit.busy import make_busy
from tests.service.audit.mutations import every_mutation

TRAIL: Final = "every edit, deletion, swap and cut tail of the records shows"
EVIDENCE: Final = "a changed byte of evidence shows; that of an open ticket never goes"
POLICY: Final = a_policy()
FLIPS: Final = 50


def measure_trail() -> Outcome:
    """Every falsification of every row of a small city, on both databases."""
    rounds, scope = on_both(_falsify)
    broken = [f"{one['database']}: {one['mutation']}" for one in rounds if not one["shown"]]
    return Outcome([broken_cases("P8", TRAIL, broken, rounds, f"{len(rounds)} falsifications on {scope}")])


def measure_evidence() -> Outcome:
    """Changed bytes, and a clock that runs through the years."""
    rounds, scope = on_both(_age)
    broken = [f"{one['database']}: {one['case']}" for one in rounds if not one["right"]]
    return Outcome([broken_cases("P9", EVIDENCE, broken, rounds, f"{len(rounds)} cases on {scope}")])


def _falsify(database: str, _: Settings, store: Store) -> list[dict[str, Any]]:
    make_busy(store)
    with store.read() as tx:
        head = tx.audit.head()
        mutations = list(every_mutation(tx.connection))
    rounds = []
    for mutation in mutations:
        anchors = {head.seq: {head.sha256}} if mutation.covered else {}
        with store.engine.connect() as connection:
            mutation.deed(connection)
            shown = next(damage_in(Transaction(connection), anchors), None) is not None
            connection.rollback()
        rounds.append({"database": database, "mutation": mutation.name, "shown": shown})
    return rounds


def _age(database: str, settings: Settings, store: Store) -> list[dict[str, Any]]:
    evidence, dice = EvidenceFolder(settings.evidence), random.Random(9)
    objects = [_keep(store, evidence, f"street {number}".encode() * 100) for number in range(3)]
    cases = [("as it was kept", list(damages(settings)) == [])]
    for _ in range(FLIPS):
        path = evidence.path(dice.choice(objects))
        whole = path.read_bytes()
        at = dice.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :])
        cases.append((f"byte {at} changed", [one["problem"] for one in damages(settings)] == ["changed"]))
        path.write_bytes(whole)
    for path in settings.evidence.glob("??/*"):
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    expiry = Expiry(settings.data, evidence, lambda: 0.0)
    for days in (1, 400, 5000):
        _pass(store, Expiry(settings.data, evidence, lambda: 0.0), days)
        cases.append((f"an open ticket's after {days} days", all(evidence.path(one).exists() for one in objects)))
    _pass(store, expiry, 0)
    cases.append(("a leap of the clock is noticed", _pass(store, expiry, 5000) == "clock.leapt"))
    cases.append(("and nothing is damaged", list(damages(settings)) == []))
    return [{"database": database, "case": case, "right": right} for case, right in cases]


def _keep(store: Store, evidence: EvidenceFolder, data: bytes) -> str:
    """An open ticket's picture that has a blurred one, so that only its ticket keeps it."""
    seen = a_sighting()
    sha256, shown = evidence.write(data), evidence.write(data[::-1])
    picture = a_picture(picture_id=seen.picture_id)
    with store.write() as tx:
        tx.pictures.add(type(picture)(picture.id, sha256, picture.original_type, 1, 1, picture.by, NOON))
        tx.pictures.set_blurred(picture.id, shown)
        ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    return sha256


def _pass(store: Store, expiry: Expiry, days: int) -> str:
    return a_pass(store, expiry, POLICY, NOON + timedelta(days=days)).code
