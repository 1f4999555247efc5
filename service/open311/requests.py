"""A ticket as GeoReport tells it to the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from detector.catalog import Catalog
from service.domain.policy import HandlingUnit
from service.domain.states import Resolution, State
from service.domain.ticket import Ticket
from service.open311.words import questions_of, without_contacts
from service.store import Transaction
from service.store.exposed import ENDED
from service.store.reports import CitizenReport
from service.words import say

GROUP: Final = "open311.group"


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells in one language; `base` is the address at which the public reaches the service."""

    catalog: Catalog
    language: str
    base: str

    def service(self, condition_id: str) -> dict[str, Any]:
        """A row of the list of services."""
        condition = next(row for row in self.catalog.conditions if row.id == condition_id)
        return {
            "service_code": condition.id,
            "service_name": getattr(condition.name, self.language),
            "description": say(self.language, "open311.service", closed=getattr(condition.closed_when, self.language)),
            "metadata": bool(questions_of(condition.id)),
            "type": "realtime",
            "keywords": ",".join([condition.name.zh, condition.name.en, *dict(condition.codes).values()]),
            "group": say(self.language, GROUP),
        }

    def definition(self, condition_id: str) -> dict[str, Any]:
        """What may be asked about one service."""
        return {
            "service_code": condition_id,
            "attributes": [
                {
                    "variable": True,
                    "code": question.code,
                    "datatype": "singlevaluelist",
                    "required": False,
                    "datatype_description": None,
                    "order": order,
                    "description": question.text[self.language],
                    "values": [{"key": key, "name": names[self.language]} for key, names in question.values.items()],
                }
                for order, question in enumerate(questions_of(condition_id), 1)
            ],
        }

    def requests(self, rows: Transaction, tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
        """Requests, each with the words of the latest citizen, without what only the city may know."""
        units = {unit.id: unit for unit in rows.units.all()}
        reports = rows.citizen_reports.of_tickets([ticket.id for ticket in tickets])
        return [
            self._request(ticket, self._notes(rows, ticket), units.get(ticket.unit_id or ""), reports[ticket.id])
            for ticket in tickets
        ]

    def _request(
        self, ticket: Ticket, notes: str, unit: HandlingUnit | None, reports: list[CitizenReport]
    ) -> dict[str, Any]:
        told = next((report.description for report in reports if report.description), None)
        condition = next((row for row in self.catalog.conditions if row.id == ticket.condition), None)
        return {
            "service_request_id": ticket.number,
            "status": status_of(ticket.state),
            "status_notes": notes,
            "service_name": getattr(condition.name, self.language) if condition else ticket.condition,
            "service_code": ticket.condition,
            "description": without_contacts(told) if told else None,
            "agency_responsible": getattr(unit.name, self.language) if unit else None,
            "service_notice": None,
            "requested_datetime": moment(ticket.opened_at),
            "updated_datetime": moment(ticket.changed_at),
            "expected_datetime": moment(ticket.due_at),
            "address": self._address(reports),
            "address_id": None,
            "zipcode": None,
            "lat": ticket.place.lat if ticket.place else None,
            "long": ticket.place.lon if ticket.place else None,
            "media_url": self._media(ticket, reports),
        }

    def _notes(self, rows: Transaction, ticket: Ticket) -> str:
        if ticket.state is State.MERGED and ticket.merged_into:
            target = rows.tickets.find(ticket.merged_into)
            return say(self.language, "open311.notes.merged", number=target.number if target else "")
        if ticket.state is State.CLOSED:
            return say(self.language, f"open311.closed.{(ticket.resolution or Resolution.FIXED).value}")
        return say(self.language, f"open311.notes.{ticket.state.value}")

    def _address(self, reports: list[CitizenReport]) -> str | None:
        address = next((report.address for report in reports if report.address), None)
        return without_contacts(address) if address else None

    def _media(self, ticket: Ticket, reports: list[CitizenReport]) -> str | None:
        shown = any(report.photo_id for report in reports)
        return f"{self.base}/open311/v2/media/{ticket.number}.jpg" if shown else None


def status_of(state: State) -> str:
    """`open` or `closed`; a candidate that a citizen reported is open."""
    return "closed" if state in ENDED else "open"


def moment(at: datetime | None) -> str | None:
    """A moment to the second, in UTC."""
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
