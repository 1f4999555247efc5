"""Whether a column is one of very many names: one parameter on either database, where IN needs one a name."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY


def among(connection: Connection, column: Column[Any], names: Iterable[str]) -> ColumnElement[bool]:
    """A condition for a query; each name is looked up by the column's index."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(names), ARRAY(Text)))
    told = func.json_each(json.dumps(list(names))).table_valued("value")
    return column.in_(select(told.c.value))
