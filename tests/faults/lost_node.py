"""F11: a node of a cluster is lost while its cameras are watched: others take over, nothing is lost or doubled."""

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psutil
from sqlalchemy import select

from benchmarks.figures import Figure
from service.cameras.register import NewCamera, register
from service.clock import utc_now
from service.cluster.folders import a_folder_for_ray
from service.settings import Settings
from service.store import Store
from service.store.tables import tickets
from service.verifying import damages
from tests.buckets import Moto, a_bucket
from tests.build import a_place, a_policy
from tests.conftest import MOTO, ROOT
from tests.databases import make_database
from tests.faults.both import a_store
from tests.faults.outcome import Outcome, broken_cases, not_here
from tests.postgresql import a_server, why_not
from tests.serving import settings_in

TITLE: Final = "a lost node loses no camera and no ticket, and doubles none"
TAKEN_OVER: Final = "from the loss of a node until others have had a picture of each of its cameras, the slowest"
WITHIN_S: Final = 8.0
NODES: Final = 3
CAMERAS: Final = 9
SETTLES_WITHIN_S: Final = 240.0
MORE_LOOKS_S: Final = 15.0
PICTURE: Final = ROOT / "service/demo/pictures/heap-shiliu.jpg"


def measure(n: int = 5, cameras: int = CAMERAS) -> Outcome:
    """Lose a node `n` times, each time in a city of its own, before its tickets are all there."""
    reason = why_not() or (None if find_spec("ray") else "needs Ray: run make setup")
    if reason is not None:
        return Outcome([not_here("F11", TITLE, reason)])
    with TemporaryDirectory(prefix="faults-") as folder, a_server() as server, _a_bucket() as moto:
        rounds = [
            _round(server, Path(folder) / f"city-{number}", number, cameras, moto if number % 2 else None)
            for number in range(n)
        ]
    slowest = max(one["taken_over_s"] for one in rounds)
    kept = f"evidence in a bucket in {n // 2} of them" if moto else "evidence in a folder: a bucket needs make test"
    scope = f"{n} nodes of {NODES} lost, {cameras} cameras, on PostgreSQL, {kept}"
    again = "make faults ONLY=F11"
    return Outcome(
        [
            broken_cases("F11-whole", TITLE, [line for one in rounds for line in one["broken"]], rounds, scope),
            Figure("F11", TAKEN_OVER, slowest, "s", WITHIN_S, rounds, again, note=scope),
        ]
    )


@contextmanager
def _a_bucket() -> Iterator[Moto | None]:
    """Moto's server where there is one, for evidence that no machine keeps."""
    if not MOTO.is_file():
        yield None
        return
    with a_bucket() as moto:
        yield moto


def _round(server: str, data: Path, number: int, cameras: int, moto: Moto | None) -> dict[str, Any]:
    name = f"lost_node_{number}"
    make_database(server, name)
    bucket, keys = (moto.somewhere(), moto.environment) if moto else (None, {})
    settings = settings_in(data, database_url=server.format(name), weights=ROOT / "weights/current.toml", bucket=bucket)
    with a_store(settings) as (_, store), _environment(**keys):
        _fill(store, data, cameras)
        with a_cluster(settings) as (nodes, lose):
            _until(lambda: _watched_by_all(store, cameras, len(nodes)), SETTLES_WITHIN_S)
            victim = nodes[number % len(nodes)]
            charges = _charges_of(store, victim)
            lost_at, began_s = utc_now(), time.monotonic()
            lose(victim)
            taken_over_s = _until(lambda: _seen_since(store, charges, lost_at), SETTLES_WITHIN_S) - began_s
            _until(lambda: len(_tickets(store)) >= cameras, SETTLES_WITHIN_S)
            time.sleep(MORE_LOOKS_S)  # what is doubled would be doubled now
            found = _tickets(store)
        damaged = [f"{damage}" for damage in damages(settings)]
    broken = damaged + [f"{camera}: {count} tickets" for camera, count in found.items() if count != 1]
    broken += [f"a ticket is lost: {len(found)} of {cameras}"] if len(found) != cameras else []
    return {
        "lost": len(charges),
        "evidence": "bucket" if moto else "folder",
        "taken_over_s": round(taken_over_s, 2),
        "tickets": sum(found.values()),
        "broken": broken,
    }


def _fill(store: Store, data: Path, cameras: int) -> None:
    """Cameras far apart, each before a heap of its own."""
    for number in range(cameras):
        shown = data / f"heap-{number}.jpg"
        shutil.copy(PICTURE, shown)
        place = a_place(metres_north=500.0 * number)
        told = NewCamera(f"pole-{number}", "fixed", lat=place.lat, lon=place.lon, url=str(shown))
        register(store, told, utc_now(), files_allowed=True)
    with store.write() as rows:
        rows.units.put(a_policy().units)


@contextmanager
def a_cluster(settings: Settings, room: int = 100) -> Iterator[tuple[list[Any], Callable[[Any], None]]]:
    """Nodes of one Ray cluster with a watchman each, and how to lose one of them at once."""
    keys = {"STREETWARDEN_DATABASE_URL": settings.database_url, "STREETWARDEN_ENGINE": "onnxruntime"}
    with _environment(**keys), a_folder_for_ray() as folder:
        from service.cluster import actors  # sets what Ray reads when it is imported

        from ray.cluster_utils import Cluster  # isort: skip

        head = {"num_cpus": 0, "include_dashboard": False, "temp_dir": folder}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        nodes = [cluster.add_node(num_cpus=1, include_dashboard=False) for _ in range(NODES)]
        with ExitStack() as held:
            held.callback(cluster.shutdown)
            held.enter_context(actors.joined(cluster.address))
            flags = {"data": str(settings.data), "weights": str(settings.weights)}
            running = actors.begin(NODES, room, flags | ({"bucket": settings.bucket} if settings.bucket else {}))
            yield nodes, lambda node: _lose(cluster, node)
            actors.end(running, within_s=5.0)


def _lose(cluster: Any, node: Any) -> None:
    """As if its power were cut: everything that runs there ends at once, and says nothing."""
    for process in _processes(node):
        with suppress(psutil.NoSuchProcess):  # some end by themselves as soon as their raylet has
            process.send_signal(signal.SIGKILL)
    cluster.remove_node(node, allow_graceful=False)


def _processes(node: Any) -> list[psutil.Process]:
    """What runs on a node, its watchman among it."""
    raylets = [psutil.Process(one.process.pid) for one in node.all_processes["raylet"]]
    return [*raylets, *(child for raylet in raylets for child in raylet.children(recursive=True))]


def _charges_of(store: Store, node: Any) -> list[str]:
    pids = {str(process.pid) for process in _processes(node)}
    with store.read() as rows:
        return [camera for camera, who in rows.charges.watched().items() if who and who.split(":")[-2] in pids]


def _watched_by_all(store: Store, cameras: int, watchmen: int) -> bool:
    with store.read() as rows:
        watched = rows.charges.watched()
        seen = sum(camera.last_frame_at is not None for camera in rows.cameras.pulled())
    return len(set(watched.values())) == watchmen and None not in watched.values() and seen == cameras


def _seen_since(store: Store, cameras: list[str], moment: datetime) -> bool:
    with store.read() as rows:
        seen = {camera.id: camera.last_frame_at for camera in rows.cameras.pulled()}
    return all((at := seen[camera]) is not None and at > moment for camera in cameras)


def _tickets(store: Store) -> Counter[str]:
    """How many tickets there are at each place."""
    with store.read() as rows:
        places = rows.connection.execute(select(tickets.c.lat, tickets.c.lon)).all()
    return Counter(f"{lat:.4f} {lon:.4f}" for lat, lon in places)


def _until(true: Callable[[], bool], within_s: float) -> float:
    """When it came true, on the monotonic clock."""
    ends_s = time.monotonic() + within_s
    while not true():
        if time.monotonic() > ends_s:
            raise TimeoutError(f"it did not come true within {within_s:g} s")
        time.sleep(0.1)
    return time.monotonic()


@contextmanager
def _environment(**told: str) -> Iterator[None]:
    """What nodes inherit that are begun meanwhile."""
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
