"""Evaluation tables as they were imported: items, and what could not be read."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from service.domain.evaluation import Item
from service.domain.standard import Unread
from service.errors.papers import EvaluationUnknown
from service.store.paper_tables import evaluations
from service.store.places import Row


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One imported table; `sha256` is that of the file."""

    id: str
    name: str
    items: tuple[Item, ...]
    unread: tuple[Unread, ...]
    sha256: str
    by: str
    created_at: datetime


class Evaluations:
    """Rows of `evaluations`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, evaluation: Evaluation) -> None:
        """Keep a new one."""
        plain = ("id", "name", "sha256", "by", "created_at")
        row: dict[str, object] = {name: getattr(evaluation, name) for name in plain}
        row["items"] = [asdict(item) for item in evaluation.items]
        row["problems"] = [asdict(one) for one in evaluation.unread]
        self._connection.execute(insert(evaluations).values(**row))

    def find(self, evaluation_id: str) -> Evaluation | None:
        """The table of that id, None if there is none."""
        row = self._connection.execute(select(evaluations).where(evaluations.c.id == evaluation_id)).mappings().first()
        return _evaluation(row) if row else None

    def get(self, evaluation_id: str) -> Evaluation:
        """The table of that id; EvaluationUnknown if there is none."""
        found = self.find(evaluation_id)
        if found is None:
            raise EvaluationUnknown(id=evaluation_id)
        return found

    def page(self, limit: int = 50, before: str | None = None) -> list[Evaluation]:
        """Tables, newest first; `before` is the id of the last one on the page before."""
        query = select(evaluations).order_by(evaluations.c.created_at.desc(), evaluations.c.id.desc()).limit(limit)
        if before is not None:
            last = self.get(before)
            same = (evaluations.c.created_at == last.created_at) & (evaluations.c.id < last.id)
            query = query.where((evaluations.c.created_at < last.created_at) | same)
        return [_evaluation(row) for row in self._connection.execute(query).mappings()]


def _evaluation(row: Row) -> Evaluation:
    items = tuple(Item(**{**item, "conditions": tuple(item["conditions"])}) for item in row["items"])
    unread = tuple(Unread(**one) for one in row["problems"])
    plain = ("id", "name", "sha256", "by", "created_at")
    return Evaluation(**{name: row[name] for name in plain}, items=items, unread=unread)
