"""Watchmen as Ray actors: one a process, spread over the nodes, begun again by Ray where one dies."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from service.cluster.folders import a_folder_for_ray
from service.cluster.watchman import Watchman, a_watchman
from service.settings import ROOT, read_settings

NAMESPACE: Final = "streetwarden"
QUIET: Final[Mapping[str, str]] = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""Ray reports its usage to its makers otherwise; set before Ray is imported."""

os.environ.update(QUIET)

import ray  # noqa: E402  # what is above must be set before


class WatchActor:
    """The process of one watchman. It knows the city's database from the environment of its own machine."""

    def __init__(self, flags: Mapping[str, str], room: int) -> None:
        """Begin to watch; whatever the service cannot start with is raised, and Ray tries again."""
        from service.logs import start_logs
        from service.memory import stay_small

        start_logs()
        stay_small()
        self._watchman: Watchman = a_watchman(read_settings(os.environ, **flags), room)
        self._watchman.start()

    def name(self) -> str:
        """Its name among the watchmen; answers once the model is open and cameras are taken."""
        return self._watchman.charge.me

    def stop(self) -> None:
        """Leave the cameras to others at once."""
        self._watchman.stop()


def begin(workers: int, room: int, flags: Mapping[str, str], *, gpus: float = 0.0) -> Sequence[Any]:
    """Let so many watchmen run; those of an earlier life of this command that still do are kept.

    Args:
        workers: how many.
        room: the most cameras of each.
        flags: settings that are no secrets, e.g. `data` and `weights`; the rest is read where they run.
        gpus: of a graphics card for each; 0 for none.
    """
    actor = ray.remote(WatchActor)
    options = {
        "namespace": NAMESPACE,
        "lifetime": "detached",
        "get_if_exists": True,
        "max_restarts": -1,
        "num_cpus": 1,
        "num_gpus": gpus,
        "scheduling_strategy": "SPREAD",
        "max_concurrency": 2,
        "runtime_env": {"env_vars": {**QUIET, "PYTHONPATH": str(ROOT)}},
    }
    return [actor.options(name=f"watchman-{number}", **options).remote(dict(flags), room) for number in range(workers)]


def end(actors: Sequence[Any], within_s: float) -> None:
    """Let them leave in good order, then end their processes."""
    left = [actor.stop.remote() for actor in actors]
    ray.wait(left, num_returns=len(left), timeout=within_s)
    for actor in actors:
        ray.kill(actor, no_restart=True)


@contextmanager
def joined(address: str | None) -> Iterator[None]:
    """Be connected to a cluster at `HOST:PORT`, or to one on this machine alone, which leaves nothing behind."""
    with a_folder_for_ray() as folder:
        begin_one: dict[str, Any] = {} if address else {"include_dashboard": False, "_temp_dir": folder}
        ray.init(address, namespace=NAMESPACE, log_to_driver=False, configure_logging=False, **begin_one)
        try:
            yield
        finally:
            ray.shutdown()
