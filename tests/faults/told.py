"""P10 for webhooks and MQTT: kill -9 while citizens report and others are told; all is heard, in order, once by id."""

import http.server
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, create_key, running
from tests.service.outbound.broker import PASSWORD, a_broker

TITLE: Final = (
    "a webhook hears everything in order for each ticket, and a repetition has the same id, whoever is killed"
)
BROKER_TITLE: Final = (
    "who listens at a broker hears everything in order for each ticket, and a repetition has the same id, whoever is "
    "killed"
)
LOOPBACK: Final = {"STREETWARDEN_NETWORKS": "127.0.0.0/8"}
REPORTS_A_LIFE: Final = 8
LONGEST_LIFE_S: Final = 1.5
HEARD_WITHIN_S: Final = 60.0
QUIET_LOOKS: Final = 3
SPACING_DEGREES: Final = 0.002


@dataclass
class Ear:
    """Who listens: a receiver of webhooks that now and then refuses, or a subscriber at a broker."""

    chance: random.Random
    wish: dict[str, Any] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)
    is_kind: bool = False


@contextmanager
def an_ear(seed: int) -> Iterator[Ear]:
    """A receiver on the loopback."""
    ear = Ear(random.Random(seed))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with ear.guard:
                mood = 1.0 if ear.is_kind else ear.chance.random()
                ear.heard.append({**told, "taken": mood > 0.1})
            self.send_response(204 if mood > 0.1 else 422)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is the base class's
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    ear.wish = {"url": f"http://127.0.0.1:{server.server_address[1]}/"}
    yield ear
    server.shutdown()
    server.server_close()


@contextmanager
def an_ear_at_a_broker(seed: int, folder: Path) -> Iterator[Ear]:
    """A subscriber that is not ours, at a broker that is not ours and lives on."""
    with a_broker(folder) as broker, broker.subscribed() as subscriber:
        ear = Ear(random.Random(seed), {"url": broker.url(), "password": PASSWORD})

        def listen() -> None:
            for line in subscriber.process.stdout or ():
                if line.startswith("{"):
                    told = json.loads(json.loads(line)["payload"])
                    with ear.guard:
                        ear.heard.append({**told, "taken": True})

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        try:
            yield ear
        finally:
            subscriber.process.terminate()
            listening.join()  # it reads to the end, which nobody else may do beside it


def report(service: Outside, count: int, acked: list[str], began: int) -> None:
    """Report heaps far apart; what was acknowledged is noted."""
    with service.client(timeout_s=5) as client:
        for n in range(began, began + count):
            place = {"lat": str(31 + SPACING_DEGREES * (n % 200)), "long": str(121 + SPACING_DEGREES * (n // 200))}
            try:
                answer = client.post("/open311/v2/requests.json", data={"service_code": "litter", **place})
            except httpx.HTTPError:
                return
            if answer.status_code == 201:
                acked.append(answer.json()[0]["service_request_id"])


def live(service: Outside, acked: list[str], began: int, chance: random.Random) -> dict[str, Any]:
    """One life: reports come in while it tells, and it is killed at a random instant."""
    sender = threading.Thread(target=report, args=(service, REPORTS_A_LIFE, acked, began))
    sender.start()
    lived_s = chance.uniform(0.05, LONGEST_LIFE_S)
    time.sleep(lived_s)
    service.kill()
    sender.join()
    return {"lived_s": round(lived_s, 2), "acked": len(acked)}


def _opened(ear: Ear) -> set[str]:
    with ear.guard:
        taken = [told for told in ear.heard if told["taken"]]
    return {told["data"]["number"] for told in taken if told["type"] == "streetwarden.ticket.opened"}


def judge(ear: Ear, acked: list[str]) -> Iterator[str]:
    """What was lost, doubled under another id, or told out of order."""
    taken = [told for told in ear.heard if told["taken"]]
    yield from (f"{number} was acknowledged and never told" for number in sorted(set(acked) - _opened(ear)))
    ids: dict[str, set[str]] = {}
    for told in ear.heard:
        ids.setdefault(told["sequence"], set()).add(told["id"])
    yield from (f"event {sequence} has {len(found)} ids" for sequence, found in ids.items() if len(found) > 1)
    highest: dict[str, str] = {}
    for told in taken:
        if told["sequence"] < highest.get(told["subject"], ""):
            yield f"{told['subject']}: {told['id']} was told too late"
        highest[told["subject"]] = max(highest.get(told["subject"], ""), told["sequence"])


def measure(kills: int = 30, seed: int = 12) -> Outcome:
    """Kill the service so many times while it calls a webhook, then let it finish."""
    with TemporaryDirectory(prefix="faults-") as folder, an_ear(seed) as ear:
        broken, rounds, scope = besiege(Path(folder) / "data", ear, kills)
    return Outcome([broken_cases("P10-webhooks", TITLE, broken, rounds, scope)])


def measure_broker(kills: int = 30, seed: int = 13) -> Outcome:
    """The same while it speaks to a broker."""
    with TemporaryDirectory(prefix="faults-") as folder, an_ear_at_a_broker(seed, Path(folder)) as ear:
        broken, rounds, scope = besiege(Path(folder) / "data", ear, kills)
    return Outcome([broken_cases("P10-mqtt", BROKER_TITLE, broken, rounds, scope)])


def besiege(data: Path, ear: Ear, kills: int) -> tuple[list[str], list[dict[str, Any]], str]:
    """Lives that end by kill -9 while an ear is told, then one that finishes; what broke, the lives, how many."""
    acked: list[str] = []
    rounds: list[dict[str, Any]] = []
    admin = create_key(data, "admin")["key"]
    for life in range(kills):
        with running(data, env=LOOPBACK) as service:
            if life == 0:
                with service.client(admin) as client:
                    wish = {"id": "ear", "types": ["ticket."], **ear.wish}
                    client.post("/api/webhooks", json=wish).raise_for_status()
            rounds.append(live(service, acked, life * REPORTS_A_LIFE, ear.chance))
    ear.is_kind = True
    with running(data, env=LOOPBACK) as service, service.client(admin) as client:
        waiting = _finish(client)
    _wait_until_heard(ear, acked)
    broken = [*judge(ear, acked), *([f"{waiting} still wait"] if waiting else [])]
    return broken, rounds, f"{kills} kills, {len(acked)} reports, {len(ear.heard)} messages"


def _wait_until_heard(ear: Ear, acked: list[str]) -> None:
    """What a broker has acknowledged may still be on its way to the subscriber."""
    limit = time.monotonic() + HEARD_WITHIN_S
    while not set(acked) <= _opened(ear) and time.monotonic() < limit:
        time.sleep(0.1)


def _finish(client: httpx.Client) -> int:
    """Wait until nothing waits; how many still do."""
    limit = time.monotonic() + HEARD_WITHIN_S
    quiet, waiting = 0, 1
    while quiet < QUIET_LOOKS and time.monotonic() < limit:
        time.sleep(1.0)
        for delivery in client.get("/api/webhooks/ear/deliveries?state=waiting&limit=200").json()["items"]:
            client.post(f"/api/webhooks/ear/deliveries/{delivery['id']}/retry")
        waiting = int(client.get("/api/webhooks/ear").json()["waiting"])
        quiet = 0 if waiting else quiet + 1
    return waiting
