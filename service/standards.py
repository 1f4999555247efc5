"""A city's standard, read from its spreadsheet into a proposal: the policy's text with other limits, owners and words.

Nothing is saved: a person looks at what changed and at what could not be read, and saves the text.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, cast

from detector.catalog import Catalog
from service.domain.policy import Policy
from service.domain.standard import Standard, StandardRow, read_standard
from service.errors.policies import StandardUnreadable
from service.spreadsheet import read_tables


@dataclass(frozen=True, slots=True)
class Proposal:
    """A standard as it was read, and the text of a policy that follows it."""

    standard: Standard
    text: str


def propose(data: bytes, text: str, policy: Policy, catalog: Catalog, code_table: str | None = None) -> Proposal:
    """Read an xlsx file and write what it says into the text of a policy, whose comments and order stay.

    Args:
        data: the file.
        text: the policy that is changed, as TOML.
        policy: the same, read; its units are those that a standard can name.
        catalog: the conditions that are looked for.
        code_table: the table of the standard's codes; None: that of the policy.

    Raises:
        StandardTooLarge, StandardUnreadable: the file cannot be used, or no sheet has a table of limits.
    """
    standard = read_standard(read_tables(data), catalog, policy.units, code_table or policy.code_table)
    if not (standard.rows or standard.others or standard.unread):
        raise StandardUnreadable(problem="no_table")
    return Proposal(standard, written(text, standard.rows))


def written(text: str, rows: tuple[StandardRow, ...]) -> str:
    """The text of a policy in which these rows hold.

    >>> from detector.catalog import Limit
    >>> print(written("# ours\\n", (StandardRow("s", 2, "litter", "name", Limit(2, "working_hour")),)))
    # ours
    <BLANKLINE>
    [conditions.litter]
    limit = {amount = 2, unit = "working_hour"}
    <BLANKLINE>
    """
    import tomlkit  # only an import needs it

    document = tomlkit.parse(text)
    if "conditions" not in document:
        document["conditions"] = tomlkit.table(is_super_table=True)
    conditions = cast(MutableMapping[str, Any], document["conditions"])
    for row in rows:
        if row.condition not in conditions:
            conditions[row.condition] = tomlkit.table()
        table = cast(MutableMapping[str, Any], conditions[row.condition])
        if row.limit is not None:
            limit = tomlkit.inline_table()
            limit.update({"amount": _plain(row.limit.amount), "unit": row.limit.unit})
            table["limit"] = limit
        for key, value in (("unit", row.unit), ("filed_when", row.filed_when), ("closed_when", row.closed_when)):
            if value is not None:
                table[key] = value
    return tomlkit.dumps(document)


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
