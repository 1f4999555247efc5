"""Moto's server as a bucket: a process of its own that answers over TCP, stumbles when told to, and can be lost."""

import json
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import httpx

from tests.conftest import MOTO, ROOT

Trouble = Literal["none", "fail", "hang"]


@dataclass
class Moto:
    """One server with one bucket.

    Attributes:
        url: where it answers.
        bucket: the bucket's name.
        key: the name of the only key that opens it.
        secret: the key.
    """

    url: str
    bucket: str
    key: str
    secret: str = field(repr=False)

    @cached_property
    def environment(self) -> dict[str, str]:
        """What programs that speak S3 read."""
        return {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}

    def somewhere(self) -> str:
        """The address of a part of the bucket in which nothing is yet."""
        return f"s3://{self.bucket}/test-{secrets.token_hex(4)}"

    def is_in(self, trouble: Trouble) -> None:
        """From now on answer `fail` with 500, `hang` with nothing, `none` as usual."""
        httpx.post(f"{self.url}/-/trouble", content=trouble, timeout=30).raise_for_status()


@contextmanager
def a_bucket() -> Iterator[Moto]:
    """A running server; it ends with the block."""
    command = [str(MOTO), str(ROOT / "tests/moto_server.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Moto(**json.loads(process.stdout.readline()))
        finally:
            process.kill()
