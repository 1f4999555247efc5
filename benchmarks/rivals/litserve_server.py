"""LitServe as its documentation advises: batches that it forms itself, one worker that uses all cores.

Usage: `python -m benchmarks.rivals.litserve_server ONNX SIDE PORT`, in the environment of
`requirements/rivals/litserve.txt`.
"""

import sys
from pathlib import Path

import litserve as ls
from fastapi import Request

from benchmarks.rivals.look import AT_ONCE, WAIT_S, Looker


class Street(ls.LitAPI):  # type: ignore[misc]  # it is installed where this runs
    def __init__(self, onnx: Path, side: int) -> None:
        super().__init__(max_batch_size=AT_ONCE, batch_timeout=WAIT_S, api_path="/predict")
        self._onnx, self._side = onnx, side

    def setup(self, device: str) -> None:  # noqa: ARG002  # the name is LitServe's
        self.looker = Looker(self._onnx, self._side)

    def decode_request(self, request: Request) -> bytes:
        photo: bytes = request["file"].file.read()
        return photo

    def batch(self, inputs: list[bytes]) -> list[bytes]:
        return inputs

    def predict(self, x: list[bytes]) -> list[list[list[float]]]:
        return self.looker.look(x)

    def unbatch(self, output: list[list[list[float]]]) -> list[list[list[float]]]:
        return output

    def encode_response(self, output: list[list[float]]) -> list[list[float]]:
        return output


def main(onnx: str, side: str, port: str) -> None:
    server = ls.LitServer(Street(Path(onnx), int(side)), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(port), generate_client_file=False, log_level="error")


if __name__ == "__main__":
    main(*sys.argv[1:])
