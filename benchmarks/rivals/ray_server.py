"""Ray Serve as its documentation advises: one replica that forms batches, no dashboard.

Usage: `python -m benchmarks.rivals.ray_server ONNX SIDE PORT`, in the environment of `requirements/rivals/ray.txt`.
"""

import signal
import sys
from pathlib import Path
from typing import Any

import ray
from ray import serve
from starlette.requests import Request

from benchmarks.rivals.look import AT_ONCE, WAIT_S, Looker


@serve.deployment(num_replicas=1, max_ongoing_requests=64, ray_actor_options={"num_cpus": 1})
class Street:
    def __init__(self, onnx: str, side: int) -> None:
        self.looker = Looker(Path(onnx), side)

    @serve.batch(max_batch_size=AT_ONCE, batch_wait_timeout_s=WAIT_S)
    async def look(self, photos: list[bytes]) -> list[list[list[float]]]:
        return self.looker.look(photos)

    async def __call__(self, request: Request) -> Any:
        async with request.form() as form:
            photo = await form["file"].read()  # type: ignore[union-attr]  # a form's file, not a field
        return await self.look(photo)


def main(onnx: str, side: str, port: str) -> None:
    ray.init(include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1", num_cpus=2)
    serve.start(http_options={"host": "127.0.0.1", "port": int(port)})
    deployed: Any = Street
    serve.run(deployed.bind(onnx, int(side)), route_prefix="/predict")
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    ray.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
