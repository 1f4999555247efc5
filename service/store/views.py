"""Lists of tickets that people come back to, by name, and what they share of them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select

from service.store.view_tables import saved_views


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list of tickets under a name.

    Attributes:
        owner: a login.
        search: the query of the page's address, as `?state=overdue`.
        shared_with: the unit whose people see it too, "" for those who belong to none, None for nobody.
    """

    owner: str
    name: str
    search: str
    shared_with: str | None
    saved_at: datetime


class Views:
    """Rows of `saved_views`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen_by(self, login: str, unit: str) -> list[SavedView]:
        """What somebody of that unit ("" for none) keeps, and what the others of it share, by name."""
        mine_or_shared = or_(saved_views.c.owner == login, saved_views.c.shared_with == unit)
        query = select(saved_views).where(mine_or_shared).order_by(saved_views.c.name, saved_views.c.owner)
        return [SavedView(**row) for row in self._connection.execute(query).mappings()]

    def count(self, login: str) -> int:
        """How many somebody keeps."""
        query = select(func.count()).select_from(saved_views).where(saved_views.c.owner == login)
        return int(self._connection.execute(query).scalar_one())

    def keep(self, view: SavedView) -> None:
        """Keep one; another one of that name and owner goes."""
        self.forget(view.owner, view.name)
        self._connection.execute(insert(saved_views).values(**asdict(view)))

    def forget(self, login: str, name: str) -> None:
        """Forget one of somebody's own, if there is one."""
        self._connection.execute(delete(saved_views).where(saved_views.c.owner == login, saved_views.c.name == name))
