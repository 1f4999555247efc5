"""Errors about what takes two people.

├── ApprovalUnknown           404 approval.unknown
├── SamePerson                409 approval.same_person
├── AskerGone                 409 approval.asker_gone
├── ApprovalDecided           409 approval.decided
└── SecondPersonNeeded        409 ticket.second_person_needed
"""

from service.errors.base import Conflict, NotFound


class ApprovalUnknown(NotFound):
    """Nobody has asked for that."""

    code = "approval.unknown"


class SamePerson(Conflict):
    """Whoever asks does not confirm; fact `asked_by`."""

    code = "approval.same_person"


class AskerGone(Conflict):
    """Whoever asked is no chief any more, or no longer there; fact `asked_by`."""

    code = "approval.asker_gone"


class ApprovalDecided(Conflict):
    """Somebody has decided otherwise already; facts `status`, `by`."""

    code = "approval.decided"


class SecondPersonNeeded(Conflict):
    """The chief has forced as many closes alone as the policy allows; facts `limit`, `hours`."""

    code = "ticket.second_person_needed"
