"""The document tells a stranger everything: who, what, how it looks, what may go wrong."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.serving import Serving


@pytest.fixture
def document(serving: Serving) -> dict[str, Any]:
    told: dict[str, Any] = serving.http.get("/openapi.json").json()
    return told


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_says_what_it_does_and_what_may_go_wrong(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["description"], name
        assert operation["tags"], name
        assert {"4XX", "5XX"} <= set(operation["responses"]), name
        assert any(status.startswith("2") for status in operation["responses"]), name


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    without = []
    for name, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = content["schema"]
            if "$ref" in schema:
                schema = schemas[schema["$ref"].rpartition("/")[2]]
            told = "examples" in schema or any("examples" in field for field in schema["properties"].values())
            if not told and "file" not in schema["properties"]:
                without.append(name)
    assert without == []


def test_every_word_of_a_body_says_of_which_signs_it_is(document: dict[str, Any]) -> None:
    """PostgreSQL keeps no empty sign: whoever sends one hears of it, on SQLite as well."""
    bare = [
        f"{name}{at}"
        for name, operation in operations(document)
        for told in [operation.get("requestBody", {}).get("content", {}).get("application/json")]
        if told is not None
        for at in bare_words(told["schema"], document["components"]["schemas"])
    ]
    assert bare == []


def bare_words(schema: dict[str, Any], schemas: dict[str, Any], at: str = "") -> Iterator[str]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("anyOf", []):
        yield from bare_words(choice, schemas, at)
    if schema.get("type") == "string" and not {"pattern", "enum", "const", "format"} & schema.keys():
        yield at
    if "items" in schema:
        yield from bare_words(schema["items"], schemas, f"{at}[]")
    for name, field in schema.get("properties", {}).items():
        yield from bare_words(field, schemas, f"{at}.{name}")


def test_every_schema_that_is_named_is_there(document: dict[str, Any]) -> None:
    def named(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"].rpartition("/")[2]
            for inner in part.values():
                yield from named(inner)
        if isinstance(part, list):
            for inner in part:
                yield from named(inner)

    assert set(named(document["paths"])) <= set(document["components"]["schemas"])


def test_the_document_names_the_ways_to_say_who_one_is(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"key", "session"}
