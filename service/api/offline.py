"""What lets the inspector's page open without a network: its worker, its list of files, and how it is installed."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final

PAGE: Final = "/upload"
NAMED: Final = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
BESIDE: Final = ("/static/i18n/en.json", "/static/i18n/zh.json")
"""What the page asks for and its html does not name."""


def worker(web: Path) -> str:
    """The service worker with its shell in front; it changes whenever a file of the page does.

    A browser compares the bytes, so an upgrade of the service reaches a phone the next time that it is online.
    """
    told = json.dumps(shell(web), sort_keys=True)
    return f"self.SHELL = {told};\n" + (web / "sw.js").read_text(encoding="utf-8")


def shell(web: Path) -> dict[str, Any]:
    """The page, its files by address with their hashes (as integrity metadata), and a version made of them all."""
    page = web / "pages" / "upload.html"
    named = (*NAMED.findall(page.read_bytes()), *(path.encode() for path in BESIDE))
    files = {PAGE: _integrity(page)} | {
        path.decode(): _integrity(web / path.decode().removeprefix("/static/")) for path in named
    }
    version = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]
    return {"version": version, "page": PAGE, "files": files}


def _integrity(file: Path) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()
