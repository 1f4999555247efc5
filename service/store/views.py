"""Lists of tickets that people come back to, by name, and what they share of them."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, or_, select

from service.domain.states import Role
from service.store.locks import lock
from service.store.tables import Id, api_keys, users
from service.store.view_tables import saved_views

MOST_SEEN: Final = 500

_KEPT: Final = saved_views.c
_BY: Final = func.coalesce(users.c.login, api_keys.c.name)
_IS_LET_IN: Final = or_(
    and_(users.c.id.is_not(None), users.c.disabled_at.is_(None)),
    and_(api_keys.c.id.is_not(None), api_keys.c.revoked_at.is_(None)),
)
_OWNED: Final = saved_views.outerjoin(users, users.c.id == _KEPT.owner).outerjoin(
    api_keys, api_keys.c.id == _KEPT.owner
)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list of tickets under a name.

    Attributes:
        owner: id of the account or key.
        search: the query of the page's address, as `?state=overdue`.
        shared: whether all of the owner's unit see it.
    """

    owner: str
    name: str
    search: str
    shared: bool
    saved_at: datetime


class Views:
    """Rows of `saved_views`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen_by(self, owner: str, unit: str) -> list[tuple[SavedView, str]]:
        """What somebody of that unit ("" for none) keeps and what others who are of it by now share, by name.

        Each with the login or the key's name of whose it is; at most 500, one's own first of all.
        """
        is_mine = _KEPT.owner == owner
        is_shared = and_(_KEPT.shared, _IS_LET_IN, _circle() == unit)
        query = select(saved_views, _BY.label("by")).select_from(_OWNED).where(or_(is_mine, is_shared))
        ordered = query.order_by(case((is_mine, 0), else_=1), _KEPT.name, _KEPT.owner).limit(MOST_SEEN)
        rows = self._connection.execute(ordered).mappings()
        found = [(SavedView(**{one.name: row[one.name] for one in fields(SavedView)}), row["by"]) for row in rows]
        return sorted(found, key=lambda one: (one[0].name, one[0].owner))

    def count(self, owner: str) -> int:
        """How many somebody keeps."""
        query = select(func.count()).select_from(saved_views).where(_KEPT.owner == owner)
        return int(self._connection.execute(query).scalar_one())

    def keep(self, view: SavedView) -> None:
        """Keep one; another one of that name and owner goes. Nobody else keeps one for that owner until the end."""
        lock(self._connection, [f"views of {view.owner}"])
        self.forget(view.owner, view.name)
        self._connection.execute(insert(saved_views).values(**asdict(view)))

    def forget(self, owner: str, name: str) -> None:
        """Forget one of somebody's own, if there is one."""
        self._connection.execute(delete(saved_views).where(_KEPT.owner == owner, _KEPT.name == name))


def _circle() -> ColumnElement[str]:
    """With whom an owner shares: the unit, "" for all who belong to none."""
    of_key = case((api_keys.c.role == Role.UNIT.value, func.substr(api_keys.c.name, 1, Id.length)))
    return func.coalesce(users.c.unit_id, of_key, "")
