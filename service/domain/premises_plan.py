"""What a table of premises would do to those that are kept: which are new, which different, which row is left out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.premises import Premises
from service.domain.premises_table import PremisesRead, ToldPremises
from service.domain.standard import Unread

Named = Mapping[str, Sequence[Premises]]


@dataclass(frozen=True, slots=True)
class PremisesPlan:
    """What a table would do.

    Attributes:
        added: rows about premises that are not kept yet.
        changed: rows that say something new, each with the next version of its premises.
        same: how many rows say what is kept.
        unread: cells and rows that were left out, and cells that were read with a guess.
    """

    added: tuple[ToldPremises, ...]
    changed: tuple[tuple[ToldPremises, Premises], ...]
    same: int
    unread: tuple[Unread, ...]


def plan_premises(read: PremisesRead, present: Iterable[Premises]) -> PremisesPlan:
    """Which rows are new, and which change something: those of a kept id, else of the same name and address.

    Nothing is doubled by a table that comes again. Left out are: a row with the version of premises that were changed
    since, the second row about the same premises, one whose name several have, and a new one without a frontage.
    """
    living = {one.id: one for one in present if one.ended_at is None}
    named: dict[str, list[Premises]] = defaultdict(list)
    for one in living.values():
        named[one.name].append(one)
    added: list[ToldPremises] = []
    changed: list[tuple[ToldPremises, Premises]] = []
    unread: list[Unread] = []
    same, seen = 0, set[object]()
    for row in read.rows:
        mine = [living[row.id]] if row.id in living else [] if row.id else _called(row, named)
        kept = mine[0] if mine else None
        about = kept.id if kept else (row.name, row.told.get("address"))
        problem = "twice" if about in seen else "name_not_unique" if len(mine) > 1 else _problem(row, kept)
        seen.add(about)
        if problem is not None:
            unread.append(Unread(row.table, str(row.row), problem, row.id or row.name))
        elif kept is None:
            added.append(row)
        elif (told := replace(kept, **{"name": row.name, **row.told})) == kept:
            same += 1
        else:
            changed.append((row, replace(told, version=kept.version + 1)))
    return PremisesPlan(tuple(added), tuple(changed), same, (*read.unread, *unread))


def _called(row: ToldPremises, named: Named) -> Sequence[Premises]:
    """Kept premises of a row's name, and of its address where it says one."""
    mine = named.get(row.name, [])
    address = row.told.get("address")
    return mine if address is None else [one for one in mine if one.address == address]


def _problem(row: ToldPremises, kept: Premises | None) -> str | None:
    if kept is None:
        return "id_unknown" if row.id else None if "frontage" in row.told else "frontage_missing"
    return None if row.version in (None, kept.version) else "stale"
