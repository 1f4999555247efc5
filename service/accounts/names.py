"""Who somebody is by their id, when only that was kept; and who acts where nobody has logged in."""

from typing import Final

from sqlalchemy import Connection, select, union_all

from service.domain.states import Role
from service.domain.ticket import Actor
from service.store.tables import api_keys, users

OPERATOR: Final = "operator"
"""Whoever has the machine: the command line, and the first start."""


def actor_of(connection: Connection, actor_id: str, role: Role) -> Actor:
    """The person or the key of that id under the name that a history shows; the id itself if both are gone."""
    names = union_all(
        select(users.c.login).where(users.c.id == actor_id),
        select(api_keys.c.name).where(api_keys.c.id == actor_id),
    )
    return Actor(actor_id, connection.execute(names).scalar() or actor_id, role)
