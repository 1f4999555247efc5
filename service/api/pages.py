"""The pages and their parts: files as they lie in `service/web`, under one strict policy."""

import base64
import functools
import gzip
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import anyio.to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.api.access import PUBLIC
from service.api.city import city_of
from service.api.offline import page_in, worker
from service.errors import RouteUnknown

WEB: Final = Path(__file__).parent.parent / "web"
NAMES: Final = ("login", "setup", "review", "tickets", "map", "upload", "desk", "admin")
INLINE: Final = re.compile(rb"<script type=\"importmap\">(.*?)</script>", re.DOTALL)
TEXTS: Final = frozenset({".js", ".css", ".json", ".svg", ".webmanifest"})
MOST_PACKED: Final = 256
KINDS_SERVED: Final = frozenset({".js", ".css", ".json", ".svg", ".png", ".ico", ".webp", ".woff2", ".webmanifest"})

OWN: Final = {"Cache-Control": "no-cache", "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])


class OwnFiles(StaticFiles):
    """Only what a page needs; sources of the vendoring script, licences and html stay where they are."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file with a short life in caches; RouteUnknown for any other kind of file."""
        if Path(path).suffix not in KINDS_SERVED or "\0" in path:
            raise RouteUnknown()
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        if Path(path).suffix in TEXTS:
            answer.headers["Vary"] = "Accept-Encoding"
            if answer.status_code == 200 and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
                return await anyio.to_thread.run_sync(packed, answer)
        return answer


def packed(answer: Response) -> Response:
    """The same file, a quarter as long on its way: a phone on a slow network waits for bytes, not for the service."""
    assert isinstance(answer, FileResponse)  # noqa: S101  # what StaticFiles answers with 200
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    headers |= {"content-encoding": "gzip", "etag": f"W/{answer.headers['etag']}"}
    return Response(_gzipped(str(answer.path), answer.headers["etag"]), headers=headers)


@functools.lru_cache(maxsize=MOST_PACKED)
def _gzipped(path: str, _etag: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


def page_policy(page: Path, tiles: str | None = None) -> str:
    """The Content-Security-Policy of a page: our own files, its import map by its hash, map tiles from one origin."""
    own = "'self'"
    scripts = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in INLINE.findall(page.read_bytes())
    ]
    pictures = [own, "blob:", "data:", *([tiles] if tiles else [])]
    return (
        f"default-src 'self'; img-src {' '.join(pictures)}; style-src 'self'; "
        f"script-src {' '.join([own, *scripts])}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def serve_pages(
    app: FastAPI, timezone: str, web: Path = WEB, tiles: str | None = None, *, with_report: bool = False
) -> None:
    """Give an app its pages, static files and the service worker.

    Args:
        app: the app.
        timezone: the city's, an IANA name; the pages show and take times in it.
        web: the folder of the pages and their parts.
        tiles: the origin of a city's map tiles.
        with_report: whether citizens have a page of their own.
    """
    policies = {page.stem: page_policy(page, tiles) for page in sorted((web / "pages").glob("*.html"))}
    addresses = {f"/{name}": name for name in NAMES}
    addresses |= {"/tickets/{ticket_id}": "ticket", "/admin/{part}": "admin"} | (
        {"/report": "report"} if with_report else {}
    )
    for address, name in addresses.items():
        _serve(app, address, web / "pages" / f"{name}.html", timezone, policies)
    app.include_router(router)
    app.mount("/static", OwnFiles(directory=web), name="static")


@router.get("/")
def front_door() -> RedirectResponse:
    """The review queue; who has no session is led on to the login."""
    return RedirectResponse("/review", status_code=307)


@router.get("/sw.js")
def service_worker(request: Request) -> Response:
    """The worker of the inspector's page, at the root so that its scope may be that page."""
    timezone = city_of(request).settings.timezone.key
    return Response(worker(WEB, timezone), media_type="text/javascript; charset=utf-8", headers=OWN)


@router.get("/upload.webmanifest")
def manifest() -> FileResponse:
    """How the inspector's page is put on a phone's first screen."""
    return _own_file("upload.webmanifest", "application/manifest+json")


@router.get("/favicon.ico")
def icon() -> FileResponse:
    """The icon."""
    return _own_file("icon.svg", "image/svg+xml")


def _own_file(name: str, media_type: str) -> FileResponse:
    if not (WEB / name).is_file():
        raise RouteUnknown()
    return FileResponse(WEB / name, media_type=media_type, headers=OWN)


def _serve(app: FastAPI, path: str, file: Path, timezone: str, policies: Mapping[str, str]) -> None:
    def page() -> Response:
        if file.stem not in policies:
            raise RouteUnknown()
        headers = {"Content-Security-Policy": policies[file.stem], "Cache-Control": "no-cache"}
        return Response(page_in(file, timezone), media_type="text/html; charset=utf-8", headers=headers)

    app.add_api_route(
        path, page, methods=["GET"], include_in_schema=False, dependencies=[PUBLIC], name=f"page {file.stem}"
    )
