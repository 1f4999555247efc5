"""`python -m service cluster`: watch the cameras of one city from many machines."""

import argparse
import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Final

from service.errors import RayMissing, SettingsWrong
from service.settings import PREFIX, Settings

GOOD: Final = 0
LEAVES_WITHIN_S: Final = 8.0
PASSED_ON: Final = ("data", "weights", "engine", "timezone", "bucket")
"""What every watchman gets from this command. Keys, and addresses with passwords, are read where it runs."""


def watch_together(settings: Settings, wish: argparse.Namespace) -> int:
    """Keep the watchmen running until ended, and say who watches how much whenever that changes."""
    if not settings.database_url.startswith("postgres"):
        raise SettingsWrong(name="database_url", value="sqlite")
    if find_spec("ray") is None:
        raise RayMissing()
    from service.cluster import actors
    from service.cluster.telling import tell
    from service.upkeep import open_data

    store = open_data(settings)
    flags = {name: str(told) for name in PASSED_ON if (told := getattr(settings, name)) is not None}
    if wish.address is None:
        os.environ[f"{PREFIX}DATABASE_URL"] = settings.database_url  # for the watchmen of this machine alone
    try:
        with actors.joined(wish.address):
            running = actors.begin(wish.workers, wish.room, flags, gpus=wish.gpus)
            try:
                tell(store)
            finally:
                actors.end(running, LEAVES_WITHIN_S)
    finally:
        store.engine.dispose()
    return GOOD


def add_cluster_verb(verbs: Any, add: Callable[..., argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    """Add the verb to the command."""
    cluster = add(verbs, "cluster", where, watch_together, "watch the cameras from many machines, by Ray")
    cluster.add_argument("--address", metavar="HOST:PORT", help="of a Ray cluster; by default one on this machine")
    cluster.add_argument("--workers", type=int, default=2, help="how many watchmen; default 2")
    cluster.add_argument("--room", type=int, default=100, help="the most cameras of each; default 100")
    cluster.add_argument("--gpus", type=float, default=0.0, help="of a graphics card for each; default 0")
    cluster.add_argument("--weights", metavar="CARD", help="default weights/current.toml")
    cluster.add_argument(
        "--engine", help="auto, onnxruntime, onnxruntime-int8, openvino, cuda or tensorrt; default auto"
    )
