"""The schemas of the OpenAPI document as TypeScript declarations: `Api.TicketListed` in any JSDoc comment."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

PLAIN: Final = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}


def declared(document: Mapping[str, Any]) -> str:
    """An ambient namespace `Api` with one type for each schema.

    >>> pin = {"type": "object", "properties": {"lat": {"type": "number"}}}
    >>> print(declared({"components": {"schemas": {"Pin": pin}}}))
    declare namespace Api {
      type Pin = { lat?: number };
    }
    """
    schemas = document["components"]["schemas"]
    lines = [f"  type {_name(name)} = {_type(schema)};" for name, schema in sorted(schemas.items())]
    return "\n".join(["declare namespace Api {", *lines, "}"])


def _name(name: str) -> str:
    """A schema's name as an identifier."""
    return "".join(sign if sign.isalnum() else "_" for sign in name)


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return _name(schema["$ref"].rpartition("/")[2])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return _union(_type(one) for one in schema[several])
    if "allOf" in schema:
        return " & ".join(_type(one) for one in schema["allOf"])
    if "enum" in schema or "const" in schema:
        return _union(_literal(value) for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return _union(_type({**schema, "type": one}) for one in kind)
    if kind == "array":
        return _array(schema)
    if kind == "object" or "properties" in schema:
        return _object(schema)
    return PLAIN.get(str(kind), "unknown")


def _array(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(_type(one) for one in schema['prefixItems'])}]"
    return f"({_type(schema['items'])})[]" if schema.get("items") else "unknown[]"


def _object(schema: Schema) -> str:
    required = set(schema.get("required", ()))
    fields = [
        f"{_key(name)}{'' if name in required or 'default' in field else '?'}: {_type(field)}"
        for name, field in schema.get("properties", {}).items()
    ]
    more = schema.get("additionalProperties")
    if not fields:
        return f"Record<string, {_type(more) if isinstance(more, Mapping) else 'unknown'}>"
    return f"{{ {'; '.join(fields)} }}"


def _key(name: str) -> str:
    return name if name.isidentifier() else f'"{name}"'


def _literal(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)


def _union(types: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(types))
