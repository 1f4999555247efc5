"""BentoML as its documentation advises: one worker, and its adaptive batching switched on.

Usage: `python -m benchmarks.rivals.bentoml_server ONNX SIDE PORT`, in the environment of
`requirements/rivals/bentoml.txt`.
"""

import os
import sys
from pathlib import Path

import bentoml

from benchmarks.rivals.look import AT_ONCE, Looker


@bentoml.service(workers=1, traffic={"timeout": 120})
class Street:
    def __init__(self) -> None:
        self.looker = Looker(Path(os.environ["RIVAL_ONNX"]), int(os.environ["RIVAL_SIDE"]))

    @bentoml.api(batchable=True, max_batch_size=AT_ONCE, max_latency_ms=60_000, route="/predict")  # type: ignore[untyped-decorator]
    def predict(self, file: list[Path]) -> list[list[list[float]]]:
        return self.looker.look([photo.read_bytes() for photo in file])


def main(onnx: str, side: str, port: str) -> None:
    os.environ |= {"RIVAL_ONNX": onnx, "RIVAL_SIDE": side}
    command = ["bentoml", "serve", "benchmarks.rivals.bentoml_server:Street", "--host", "127.0.0.1", "--port", port]
    os.execv(str(Path(sys.executable).with_name("bentoml")), command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
