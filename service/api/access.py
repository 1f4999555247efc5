"""Who may call what: every route names its roles through `Allowed` or says `public`, and OpenAPI shows them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from service.accounts.roles import CASEWORKERS, EVERYONE, OVERSEERS, PEOPLE
from service.api.city import City, city_of
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import AuthInvalid, AuthMissing, Forbidden, SessionChanged

COOKIE: Final = "streetwarden_session"
SPEAKER: Final = "streetwarden-login"
"""The header in which a page says whose page it is, percent-encoded: another tab may log in as somebody else."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """A dependency that lets these roles through and answers who it is."""

    roles: frozenset[Role]

    def __call__(self, request: Request) -> Actor:
        """The caller; AuthMissing, AuthInvalid, Forbidden."""
        caller = caller_of(request)
        if caller.role not in self.roles:
            raise Forbidden(role=caller.role.value)
        return caller


def public() -> None:
    """A dependency that says aloud: this route asks nobody who they are."""


Anyone = Annotated[Actor, Depends(Allowed(EVERYONE))]
Person = Annotated[Actor, Depends(Allowed(PEOPLE))]
Caseworker = Annotated[Actor, Depends(Allowed(CASEWORKERS))]
Overseer = Annotated[Actor, Depends(Allowed(OVERSEERS))]
Admin = Annotated[Actor, Depends(Allowed(frozenset({Role.ADMIN})))]
PUBLIC: Final = Depends(public)


def roles_of(route: APIRoute) -> list[str] | None:
    """The names of the roles that a route lets through, `["public"]` for everybody, None if it does not say."""
    for call in _calls(route.dependant):
        if isinstance(call, Allowed):
            return sorted(role.value for role in call.roles)
        if call is public:
            return ["public"]
    return None


def caller_of(request: Request) -> Actor:
    """Who asks, by key or by session; a session that changes something must come from our own pages."""
    city = city_of(request)
    if (authorization := request.headers.get("authorization")) is not None:
        scheme, _, secret = authorization.partition(" ")
        caller = city.keys.caller_of(secret.strip()) if scheme.lower() == "bearer" else None
    elif (token := request.cookies.get(COOKIE)) is not None:
        check_origin(request, city)
        caller = same_person(request.headers, city.people.caller_of_session(token, city.clock()))
    else:
        raise AuthMissing()
    if caller is None:
        raise AuthInvalid()
    return caller


def same_person(headers: Headers, caller: Actor | None) -> Actor | None:
    """The person of the session, if the page that asks is theirs or does not say; SessionChanged."""
    if caller is not None and (told := headers.get(SPEAKER)) is not None and unquote(told) != caller.name:
        raise SessionChanged()
    return caller


def check_origin(request: Request, city: City) -> None:
    """Forbidden if a page of somebody else's makes a browser change something here. Programs send no Origin."""
    origin = request.headers.get("origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    if not same_origin(origin, request.headers, city.settings.public_url):
        raise Forbidden(origin=origin[:200])


def same_origin(origin: str, headers: Headers, public_url: str | None) -> bool:
    """Whether an Origin is ours: the host that the request was sent to, or the configured one.

    >>> same_origin("http://localhost:8000", Headers({"host": "localhost:8000"}), None)
    True
    >>> same_origin("https://elsewhere.example", Headers({"host": "localhost:8000"}), None)
    False
    """
    if public_url is not None:
        return origin.lower().rstrip("/") == public_url.lower().rstrip("/")
    try:
        named = urlsplit(origin)
    except ValueError:
        return False
    return named.scheme in ("http", "https") and named.netloc.lower() == headers.get("host", "").lower() != ""


def _calls(dependant: Dependant) -> Iterator[object]:
    inner: Iterable[Dependant] = dependant.dependencies
    for dependency in inner:
        yield dependency.call
        yield from _calls(dependency)
