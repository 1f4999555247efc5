"""Errors about tickets.

├── TicketUnknown             404 ticket.unknown
├── IllegalMove               409 ticket.illegal_move
├── TicketChanged             409 ticket.changed
├── ReasonMissing             422 ticket.reason_missing
├── AfterPhotoMissing         422 ticket.after_photo_missing
├── ResolutionMissing         422 ticket.resolution_missing
├── UnitMissing               422 ticket.unit_missing
├── UnitUnknown               422 unit.unknown
├── ReviewDateMissing         422 ticket.review_date_missing
├── MergeTargetMissing        422 ticket.merge_target_missing
├── AfterPhotoElsewhere       422 ticket.after_photo_elsewhere
├── FactRefused               409 ticket.fact_refused
├── FactIncomplete            422 ticket.fact_incomplete
├── FactInFuture              422 ticket.fact_in_future
├── ExtensionFormMissing      422 ticket.extension_form_missing
├── ExtensionNotLater         422 ticket.extension_not_later
├── CoUnitThere               409 ticket.co_unit_there
├── CoUnitUnknown             404 ticket.co_unit_unknown
└── CoUnitSilent              422 ticket.co_unit_silent
"""

from service.errors.base import Conflict, NotFound, Unprocessable


class TicketUnknown(NotFound):
    """There is no ticket of that id."""

    code = "ticket.unknown"


class IllegalMove(Conflict):
    """A ticket was asked to go where its state does not lead; facts `was`, `wanted`, `allowed`."""

    code = "ticket.illegal_move"


class TicketChanged(Conflict):
    """The ticket has moved on since it was read; facts `version`, `wanted`."""

    code = "ticket.changed"


class ReasonMissing(Unprocessable):
    """This move needs a reason."""

    code = "ticket.reason_missing"


class AfterPhotoMissing(Unprocessable):
    """A ticket closes with an after-photo, or by the duty chief's order."""

    code = "ticket.after_photo_missing"


class ResolutionMissing(Unprocessable):
    """A ticket closes with a resolution."""

    code = "ticket.resolution_missing"


class UnitMissing(Unprocessable):
    """A ticket is dispatched to a unit."""

    code = "ticket.unit_missing"


class UnitUnknown(Unprocessable):
    """There is no handling unit of that id."""

    code = "unit.unknown"


class ReviewDateMissing(Unprocessable):
    """A suspended ticket needs a date on which it is looked at again."""

    code = "ticket.review_date_missing"


class MergeTargetMissing(Unprocessable):
    """A ticket is merged into another one, which is open."""

    code = "ticket.merge_target_missing"


class AfterPhotoElsewhere(Unprocessable):
    """Every after-photo was taken elsewhere; facts `distance_m`, `within_m`. The duty chief may override it."""

    code = "ticket.after_photo_elsewhere"


class FactRefused(Conflict):
    """A ticket in this state has no such fact; facts `fact`, `state`, `allowed`."""

    code = "ticket.fact_refused"


class FactIncomplete(Unprocessable):
    """A fact does not say what it has to; facts `fact`, `missing`."""

    code = "ticket.fact_incomplete"


class FactInFuture(Unprocessable):
    """A fact is said to happen later than now."""

    code = "ticket.fact_in_future"


class ExtensionFormMissing(Unprocessable):
    """Another extension of the same ticket needs a form; fact `extensions`."""

    code = "ticket.extension_form_missing"


class ExtensionNotLater(Unprocessable):
    """An extension ends later than the limit did, and later than now."""

    code = "ticket.extension_not_later"


class CoUnitThere(Conflict):
    """The unit works on the ticket already."""

    code = "ticket.co_unit_there"


class CoUnitUnknown(NotFound):
    """The unit is no co-unit of the ticket."""

    code = "ticket.co_unit_unknown"


class CoUnitSilent(Unprocessable):
    """A ticket closes when its co-units have said what they did, or were released; fact `units`."""

    code = "ticket.co_unit_silent"
