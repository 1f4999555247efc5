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
└── MergeTargetMissing        422 ticket.merge_target_missing
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
