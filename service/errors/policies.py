"""Errors about the city's policy as a kept document.

├── Conflict
│   └── PolicyChanged             policy.changed
├── NotFound
│   └── PolicyUnknown             policy.unknown
└── Unprocessable
    ├── PolicyReasonMissing       policy.reason_missing
    ├── PolicyInThePast           policy.in_the_past
    ├── StandardUnreadable        standard.unreadable
    └── StandardTooLarge          standard.too_large (413)
"""

from service.errors.base import Conflict, NotFound, Unprocessable


class PolicyChanged(Conflict):
    """The policy has moved on since it was read; facts `based_on`, `newest`."""

    code = "policy.changed"


class PolicyUnknown(NotFound):
    """No version of the policy has that number or hash."""

    code = "policy.unknown"


class PolicyReasonMissing(Unprocessable):
    """Who changes the policy says why."""

    code = "policy.reason_missing"


class PolicyInThePast(Unprocessable):
    """A policy holds from now on or from a later moment."""

    code = "policy.in_the_past"


class StandardUnreadable(Unprocessable):
    """The file is no spreadsheet, or none with a table of conditions and limits."""

    code = "standard.unreadable"


class StandardTooLarge(Unprocessable):
    """The spreadsheet has more bytes or cells than any standard has."""

    code = "standard.too_large"
    status = 413
