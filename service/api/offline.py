"""What lets the inspector's page open without a network: its worker, its list of files, and how it is installed."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final

PAGE: Final = "/upload"
NAMED: Final = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
ROOT: Final = b'<html lang="en">'
BESIDE: Final = ("/static/i18n/en.json", "/static/i18n/zh.json")
"""What the page asks for and its html does not name."""


def page_in(page: Path, timezone: str) -> bytes:
    """A page as it is served: its html with the city's zone in it, known to every script before anything is asked."""
    return page.read_bytes().replace(ROOT, ROOT[:-1] + f' data-timezone="{timezone}">'.encode(), 1)


def worker(web: Path, timezone: str) -> str:
    """The service worker with its shell in front; it changes whenever a file of the page does.

    A browser compares the bytes, so an upgrade of the service reaches a phone the next time that it is online.
    """
    told = json.dumps(shell(web, timezone), sort_keys=True)
    return f"self.SHELL = {told};\n" + (web / "sw.js").read_text(encoding="utf-8")


def shell(web: Path, timezone: str) -> dict[str, Any]:
    """The page, its files by address with their hashes (as integrity metadata), and a version made of them all."""
    page = page_in(web / "pages" / "upload.html", timezone)
    named = (*NAMED.findall(page), *(path.encode() for path in BESIDE))
    files = {PAGE: _integrity(page)} | {
        path.decode(): _integrity((web / path.decode().removeprefix("/static/")).read_bytes()) for path in named
    }
    version = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]
    return {"version": version, "page": PAGE, "files": files}


def _integrity(content: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
