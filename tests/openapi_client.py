"""A client that is made from the OpenAPI document alone; each answer is held against the schema that was promised."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

Json = Any
TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


class Refused(Exception):
    """The service said no: status, code and facts."""

    def __init__(self, status: int, told: Json) -> None:
        super().__init__(status, told["code"], told["facts"])
        self.status, self.code, self.facts = status, told["code"], told["facts"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    verb: str
    path: str
    told: Json

    def fields_in(self, where: str) -> set[str]:
        """The names of its parameters in the path, the query or the headers."""
        return {field["name"] for field in self.told.get("parameters", []) if field["in"] == where}


class Client:
    """Operations by the names of their functions: `client.get_ticket(ticket_id="…")`."""

    def __init__(self, http: httpx.Client, key: dict[str, str]) -> None:
        self._http, self._key = http, key
        self.document: Json = http.get("/openapi.json").json()
        self._operations = dict(_operations(self.document))

    def __getattr__(self, name: str) -> Any:
        operation = self._operations[name]

        def call(body: Json = None, *, file: bytes | None = None, **given: Any) -> Json:
            return self._call(operation, body, file, given)

        return call

    def _call(self, operation: Operation, body: Json, file: bytes | None, given: dict[str, Any]) -> Json:
        path = operation.path.format(**{name: given.pop(name) for name in operation.fields_in("path")})
        query = {name: given.pop(name) for name in operation.fields_in("query") & given.keys()}
        asked: dict[str, Any] = {"params": query, "headers": self._key}
        if file is not None:
            asked |= {"files": {"file": ("picture.jpg", file)}, "data": given}
        else:
            assert not given, f"{operation.path} knows no {sorted(given)}"
        if body is not None:
            asked["json"] = body
        answer = self._http.request(operation.verb, path, **asked)
        if answer.is_error:
            raise Refused(answer.status_code, answer.json())
        promised = operation.told["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        wrong = list(mismatches(answer.json(), promised, self.document))
        assert wrong == [], f"{operation.verb} {operation.path} promised otherwise: {wrong}"
        return answer.json()


def mismatches(value: Json, schema: Json, document: Json, at: str = "$") -> Iterator[str]:
    """Where a value is not what a schema says."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if choices := schema.get("anyOf", []):
        if not any(next(mismatches(value, choice, document, at), None) is None for choice in choices):
            yield f"{at}: {value!r} is none of its kinds"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is not in {schema['enum']}"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{at}: {value!r} is no {kind}"
    elif kind == "array":
        for number, item in enumerate(value):
            yield from mismatches(item, schema.get("items", {}), document, f"{at}[{number}]")
    elif kind == "object":
        yield from _fields(value, schema, document, at)


def _fields(value: Json, schema: Json, document: Json, at: str) -> Iterator[str]:
    known, other = schema.get("properties", {}), schema.get("additionalProperties", False)
    yield from (f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value)
    for name, item in value.items():
        if name in known:
            yield from mismatches(item, known[name], document, f"{at}.{name}")
        elif isinstance(other, dict):
            yield from mismatches(item, other, document, f"{at}.{name}")
        elif other is False:
            yield f"{at}: nobody promised {name}"


def _operations(document: Json) -> Iterator[tuple[str, Operation]]:
    for path, verbs in document["paths"].items():
        for verb, told in verbs.items():
            tail = "".join(sign if sign.isalnum() else "_" for sign in path)
            yield told["operationId"].removesuffix(f"{tail}_{verb}"), Operation(verb, path, told)
