"""S4: what leaves beside single pictures, papers, spreadsheets, lists and what citizens see, holds no metadata."""

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

import httpx
from PIL import Image

FORMATS: Final = ("csv", "geojson", "xlsx")
PAPERS: Final = ("ledger_unit", "ledger_condition")
STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
PLAIN: Final = frozenset({"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progression", "progressive"})
CITIZEN: Final = {"service_code": "litter", "lat": "31.25", "long": "121.45", "description": "a heap"}


def files(client: httpx.Client, ticket: str, photo: bytes) -> Iterator[tuple[str, bytes]]:
    """Every file that tells of a ticket or a citizen's report, by what it is."""
    paths = [f"/api/tickets/{ticket}/file?format={form}" for form in ("pdf", "xlsx")]
    paths += [f"/api/reports/{kind}?format={form}" for kind in PAPERS for form in ("pdf", "xlsx")]
    paths += [f"/api/exports/tickets.{form}" for form in FORMATS]
    for path in paths:
        yield path, client.get(path).raise_for_status().content
    report = client.post("/open311/v2/requests.json", data=CITIZEN, files={"media": ("a.jpg", photo, "image/jpeg")})
    number = report.raise_for_status().json()[0]["service_request_id"]
    told = client.get(f"/open311/v2/requests/{number}.json").raise_for_status()
    yield "an Open311 report", told.content
    yield "an Open311 picture", client.get(told.json()[0]["media_url"]).raise_for_status().content


def tell_tale(what: str, body: bytes, secret: bytes, marks: tuple[bytes, ...]) -> dict[str, Any]:
    """What a file tells beside what it shows: the secret anywhere in it, marks of metadata in its pictures."""
    parts = list(parts_of(body))
    pictures = [part for part in parts if part.startswith(PICTURES)]
    broken = [f"{what}: the secret" for part in parts if secret in part]
    broken += [f"{what}: {mark.decode()} in a picture" for part in pictures for mark in marks if mark in part]
    told = {name for part in pictures for name in Image.open(io.BytesIO(part)).info}
    broken += [f"{what}: {name} in a picture" for name in sorted(told - PLAIN)]
    return {"what": what, "parts": len(parts), "pictures": len(pictures), "broken": broken}


def parts_of(body: bytes) -> Iterator[bytes]:
    """A file and everything that is packed into it."""
    yield body
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    if body.startswith(b"%PDF"):
        for packed in STREAM.findall(body):
            yield unpacked(packed)


def unpacked(stream: bytes) -> bytes:
    """A stream of a PDF as it was before it was packed.

    >>> unpacked(base64.a85encode(zlib.compress(b"words")) + b"~>")
    b'words'
    """
    plain = stream.strip()
    if plain.endswith(b"~>"):
        plain = base64.a85decode(plain[:-2])
    try:
        return zlib.decompress(plain)
    except zlib.error:
        return plain
