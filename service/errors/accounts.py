"""Errors about people, keys and sessions.

├── AuthMissing               401 auth.missing
├── AuthInvalid               401 auth.invalid
├── UserUnknown               404 user.unknown
├── KeyUnknown                404 key.unknown
├── UserExists                409 user.exists
└── SessionChanged            409 session.changed
"""

from service.errors.base import Conflict, NotFound, Unauthenticated


class AuthMissing(Unauthenticated):
    """The request carries neither a key nor a session."""


class AuthInvalid(Unauthenticated):
    """The key, session or password is wrong, revoked, disabled or expired."""

    code = "auth.invalid"


class UserUnknown(NotFound):
    """There is no account of that login or id."""

    code = "user.unknown"


class KeyUnknown(NotFound):
    """There is no key of that id."""

    code = "key.unknown"


class UserExists(Conflict):
    """An account of that login is there already."""

    code = "user.exists"


class SessionChanged(Conflict):
    """The page was opened by somebody else than the one whose session its browser sends now."""

    code = "session.changed"
