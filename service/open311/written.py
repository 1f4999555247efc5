"""Answers as GeoReport writes them: the same thing in XML and in JSON, errors as a list."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from detector.errors import DetectorError
from service.errors import ServiceError
from service.words import say

FORMATS: Final = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
PREFIX: Final = "/open311/"
ITEMS: Final = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
"""How XML calls one of many."""

ANY_PAGE: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""What is told to everybody may be read by a page of anybody; no cookie has a say here."""

NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STATUSES: Final = {401: 403, 415: 400, 422: 400}
"""GeoReport knows 400, 403 and 404; what is more exact and known to every client stays."""

Content = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def written(form: str, root: str, content: Content, status: int = 200) -> Response:
    """An answer; in JSON a list or an object, in XML the element `root` around it."""
    if form == "json":
        body = json.dumps(content, ensure_ascii=False).encode()
    else:
        element = Element(root)
        _fill(element, root, content)
        body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(element, encoding="utf-8")
    return Response(body, status, ANY_PAGE, FORMATS[form])


def refused(error: ServiceError | DetectorError, status: int, path: str, language: str) -> Response:
    """An error as GeoReport tells it, in the format that the path asked for.

    `code` is the status, as in the examples of GeoReport; `description` begins with the service's own code.
    """
    status = STATUSES.get(status, status)
    form = "json" if path.endswith(".json") else "xml"
    sentence = say(language, f"errors.{error.code}")
    about = ", ".join(str(error.facts[name]) for name in ("field", "problem", "wanted") if error.facts.get(name))
    description = f"{error.code}: {sentence}" + (f" ({about})" if about else "")
    answer = written(form, "errors", [{"code": status, "description": description}], status)
    if (wait_s := error.facts.get("retry_after_s")) is not None:
        answer.headers["Retry-After"] = str(wait_s)
    return answer


def _fill(element: Element, name: str, content: Any) -> None:
    if isinstance(content, Mapping):
        for key, value in content.items():
            _fill(SubElement(element, key), key, value)
        return
    if isinstance(content, Sequence) and not isinstance(content, str):
        for item in content:
            _fill(SubElement(element, ITEMS[name]), ITEMS[name], item)
        return
    element.text = _text(content)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return NO_XML.sub("\ufffd", str(value))
