"""No secret reaches a log."""

import errno
import io
import json
import logging
import subprocess
import sys

from service.logs import Unfailing, hide_secrets

CANARY = "canary-7f3a"

LOUD = f"""
import logging, structlog
from service.logs import start_logs
start_logs()
log = structlog.get_logger("x")
log.info("asked", authorization="Bearer {CANARY}", password="{CANARY}", url="rtsp://u:{CANARY}@10.0.0.1/live")
log.info("nested", headers={{"Cookie": "{CANARY}"}}, told=["http://u:{CANARY}@h/"], key="{CANARY}")
try:
    raise ValueError("rtsp://u:{CANARY}@h/ and Bearer {CANARY}")
except ValueError as error:
    log.error("failed", exc_info=error)
logging.getLogger("other").warning("sw_key_{CANARY}_0123456789abcdef and http://u:{CANARY}@h/")
"""


def test_canaries_never_appear() -> None:
    said = subprocess.run([sys.executable, "-c", LOUD], capture_output=True, text=True, check=True)
    assert said.stdout == ""
    assert CANARY not in said.stderr
    lines = [json.loads(line) for line in said.stderr.splitlines()]
    assert [line["event"] for line in lines[:3]] == ["asked", "nested", "failed"]
    assert "ValueError" in lines[2]["exception"]
    assert logging.getLevelName(logging.WARNING).lower() == lines[3]["level"]


def test_what_is_no_secret_stays() -> None:
    assert hide_secrets("GET /api/tickets from 10.0.0.1: mail a@b.cn") == "GET /api/tickets from 10.0.0.1: mail a@b.cn"


def test_a_full_disk_under_the_log_fails_nobody() -> None:
    stream = Unfailing(FullDisk())
    assert stream.write("a line\n") == 7
    stream.flush()


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, text)

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "")
