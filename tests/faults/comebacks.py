"""K2: a camera that was killed or hung is watched again soon after it is back, by the service as people run it."""

import random
import statistics
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from benchmarks.figures import Figure
from tests.detector.clips import a_clip
from tests.faults.bad_cameras import until
from tests.faults.outcome import Outcome
from tests.faults.outside import ask, create_key, running
from tests.rtsp_cameras import RtspCamera, an_rtsp_camera

TITLE: Final = "from a camera's return until it is watched again, without a restart"
COMMAND: Final = "make faults ONLY=K2"
P95_S, MAX_S = 10.0, 30.0
AT_ONCE: Final = 4
LONGEST_AWAY_S: Final = 8.0
WATCHED_S: Final = (7.0, 11.0)
NOTICED_WITHIN_S: Final = 40.0
LOOK_EVERY_S: Final = 0.1


def measure(outages: int = 20, seed: int = 2) -> Outcome:
    """Half of the cameras are killed, half hang; each comes back at a random moment after that was noticed."""
    dice = random.Random(seed)
    rounds: list[dict[str, Any]] = []
    with TemporaryDirectory(prefix="faults-") as folder, ExitStack() as held:
        data = Path(folder) / "data"
        clip = a_clip(
            Path(folder) / "street.h264", frames=600, fps=10, gop=10, size=(320, 192), textured=True, more="qp=18"
        )
        cameras = {f"pole-{n}": held.enter_context(an_rtsp_camera(clip)) for n in range(min(AT_ONCE, outages))}
        for name, camera in cameras.items():
            told = ("--kind", "fixed", "--lat", "31.2", "--lon", "121.4", "--url", camera.address)
            ask("camera", "create", "--data", str(data), "--id", name, *told)
        key = create_key(data, "ops")["key"]
        with running(data) as service, service.client(key, timeout_s=10.0) as client:
            until(lambda: all(state == "watching" for state in states(client).values()), NOTICED_WITHIN_S)
            for number in range(max(1, outages // len(cameras))):
                rounds += _outage(client, cameras, dice, hangs=number % 2 == 1)
    took = [one["back_after_s"] for one in rounds]
    p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    scope = f"{len(took)} outages of {len(cameras)} cameras, killed or hung"
    return Outcome(
        [
            Figure("K2", f"{TITLE}, 95 of 100", round(p95, 2), "s", P95_S, rounds, COMMAND, note=scope),
            Figure("K2-max", f"{TITLE}, the longest", max(took), "s", MAX_S, [], COMMAND, note=scope),
        ]
    )


def _outage(
    client: httpx.Client, cameras: dict[str, RtspCamera], dice: random.Random, *, hangs: bool
) -> list[dict[str, Any]]:
    time.sleep(dice.uniform(*WATCHED_S))  # so that the clip does not come back with the picture that was seen last
    for camera in cameras.values():
        (camera.hang if hangs else camera.die)()
    until(lambda: "watching" not in states(client).values(), NOTICED_WITHIN_S)
    time.sleep(dice.uniform(0, LONGEST_AWAY_S))
    back_at: dict[str, float] = {}
    for name, camera in cameras.items():
        (camera.go_on if hangs else camera.start)()
        back_at[name] = time.monotonic()
    took: dict[str, float] = {}
    while len(took) < len(cameras) and time.monotonic() - min(back_at.values()) < 2 * MAX_S:
        for name, state in states(client).items():
            if state == "watching" and name not in took:
                took[name] = round(time.monotonic() - back_at[name], 2)
        time.sleep(LOOK_EVERY_S)
    how = "hung" if hangs else "killed"
    return [{"camera": name, "was": how, "back_after_s": took.get(name, 2 * MAX_S)} for name in cameras]


def states(client: httpx.Client) -> dict[str, str]:
    """How each camera is, by id."""
    return {one["id"]: one["state"] for one in client.get("/api/cameras").json()["items"]}
