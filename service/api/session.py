"""Logging in and out, the first administrator's set-up, and the accounts and keys that an administrator keeps."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from service.accounts.changing import PersonChange, change_person
from service.accounts.credentials import LONGEST_PASSWORD, SHORTEST_PASSWORD
from service.accounts.people import SESSION_LASTS, NewPerson
from service.api.access import COOKIE, PUBLIC, Admin, Anyone, check_origin
from service.api.body import TEXT
from service.api.city import City, city_of
from service.domain.states import Role
from service.errors import Forbidden, Unprocessable

router = APIRouter(tags=["accounts"])

Login = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f]+$", examples=["wang.li"])]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$", examples=["王丽"])]
Password = Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]


class Wish(BaseModel):
    """A JSON body; unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class LogIn(Wish):
    """Who wants to log in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"login": "wang.li", "password": "correct horse"}]})

    login: Login
    password: Annotated[SecretStr, Field(max_length=LONGEST_PASSWORD)]


class SetUp(Wish):
    """The first administrator, by the link that the first start printed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": "sw_setup_…", "login": "admin", "password": "correct horse"}]}
    )

    token: Annotated[SecretStr, Field(max_length=200)]
    login: Login
    password: Password
    name: Name | None = None


class NewUser(Wish):
    """An account to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"login": "crew.1", "password": "correct horse", "role": "unit", "unit": "sanitation"}]
        }
    )

    login: Login
    password: Password
    role: Role
    name: Name | None = None
    unit: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None


class UserChange(Wish):
    """What is to be different about an account; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "chief"}]})

    name: Name | None = None
    role: Role | None = None
    unit: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None
    password: Password | None = None
    disabled: bool | None = None


class NewKeyWish(Wish):
    """A key to be made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "pole 7", "role": "camera", "camera": "pole-7"}]}
    )

    name: Name
    role: Role
    camera: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None


class SessionAnswer(BaseModel):
    """Who is logged in."""

    login: str
    role: Role
    name: str
    unit: str | None


class UserAnswer(BaseModel):
    """An account without its secrets."""

    login: str
    name: str
    role: Role
    unit_id: str | None
    created_at: datetime
    disabled_at: datetime | None


class UserMade(BaseModel):
    """An account that was made."""

    id: str
    login: str


class Users(BaseModel):
    """All accounts."""

    items: list[UserAnswer]
    next: str | None = None


class KeyAnswer(BaseModel):
    """A key without its secret."""

    id: str
    name: str
    role: Role
    camera_id: str | None
    created_at: datetime
    revoked_at: datetime | None


class KeyList(BaseModel):
    """All keys."""

    items: list[KeyAnswer]
    next: str | None = None


class NewKeyAnswer(BaseModel):
    """A key, shown this once."""

    id: str
    key: str
    role: Role


@router.post("/api/session", status_code=204, dependencies=[PUBLIC])
def log_in(request: Request, wish: LogIn) -> Response:
    """Log in: a session cookie for the right password; 429 after too many wrong ones."""
    city = city_of(request)
    check_origin(request, city)
    address = request.client.host if request.client else ""
    token = city.people.log_in(wish.login, wish.password.get_secret_value(), address, city.clock())
    return _with_session(city, token)


@router.get("/api/session")
def session(request: Request, caller: Anyone) -> SessionAnswer:
    """Who the request's session or key belongs to."""
    name = city_of(request).people.display_name(caller.id) or caller.name
    return SessionAnswer(login=caller.name, role=caller.role, name=name, unit=caller.unit_id)


@router.delete("/api/session", status_code=204, dependencies=[PUBLIC])
def log_out(request: Request) -> Response:
    """End the session. Without one there is nothing to do, and that is no error."""
    city = city_of(request)
    check_origin(request, city)
    if (token := request.cookies.get(COOKIE)) is not None:
        city.people.log_out(token, city.clock())
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.post("/api/setup", status_code=204, dependencies=[PUBLIC])
def set_up(request: Request, wish: SetUp) -> Response:
    """Make the first administrator with the one-time link, and log in."""
    city = city_of(request)
    check_origin(request, city)
    password = wish.password.get_secret_value()
    person = NewPerson(wish.login, password, Role.ADMIN, wish.name)
    city.people.set_up(wish.token.get_secret_value(), person, city.clock())
    address = request.client.host if request.client else ""
    return _with_session(city, city.people.log_in(wish.login, password, address, city.clock()))


@router.get("/api/users")
def list_users(request: Request, _: Admin) -> Users:
    """All accounts."""
    return Users(items=[UserAnswer.model_validate(dict(row)) for row in city_of(request).people.listed()])


@router.post("/api/users", status_code=201)
def create_user(request: Request, caller: Admin, wish: NewUser) -> UserMade:
    """Make an account; a handling unit's person belongs to one of `GET /api/units`."""
    if wish.role is Role.CAMERA:
        raise Unprocessable(field="role", problem="keys_only")
    city = city_of(request)
    person = NewPerson(wish.login, wish.password.get_secret_value(), wish.role, wish.name, wish.unit)
    return UserMade(id=city.people.create(person, city.clock(), caller.name), login=wish.login)


@router.patch("/api/users/{login}", status_code=204)
def change_user(request: Request, caller: Admin, login: str, wish: UserChange) -> Response:
    """Change an account; not one's own role, and nobody shuts himself out. A new password ends its sessions."""
    if wish.role is Role.CAMERA:
        raise Unprocessable(field="role", problem="keys_only")
    city = city_of(request)
    if login == caller.name and (wish.role not in (None, caller.role) or wish.disabled):
        raise Forbidden(login=login)
    password = wish.password.get_secret_value() if wish.password else None
    change = PersonChange(wish.name, wish.role, wish.unit, password, wish.disabled)
    change_person(city.store, login, change, city.clock(), caller.name)
    return Response(status_code=204)


@router.post("/api/users/{login}/disable", status_code=204)
def disable_user(request: Request, caller: Admin, login: str) -> Response:
    """Shut an account out from its next request on; not one's own."""
    if login == caller.name:
        raise Forbidden(login=login)
    city = city_of(request)
    city.people.disable(login, city.clock(), caller.name)
    return Response(status_code=204)


@router.get("/api/keys")
def list_keys(request: Request, _: Admin) -> KeyList:
    """All keys, without their secrets."""
    return KeyList(items=[KeyAnswer.model_validate(dict(row)) for row in city_of(request).keys.listed()])


@router.post("/api/keys", status_code=201)
def create_key(request: Request, caller: Admin, wish: NewKeyWish) -> NewKeyAnswer:
    """Make a key; its secret is in this answer and nowhere else. A camera's key names its camera."""
    if (wish.role is Role.CAMERA) != (wish.camera is not None):
        raise Unprocessable(field="camera", problem="goes_with_role_camera")
    city = city_of(request)
    made = city.keys.create(wish.name, wish.role, wish.camera, city.clock(), caller.name)
    return NewKeyAnswer(id=made.id, key=made.key, role=made.role)


@router.delete("/api/keys/{key_id}", status_code=204)
def revoke_key(request: Request, caller: Admin, key_id: str) -> Response:
    """End a key from its next request on."""
    city = city_of(request)
    city.keys.revoke(key_id, city.clock(), caller.name)
    return Response(status_code=204)


def _with_session(city: City, token: str) -> Response:
    answer = Response(status_code=204)
    secure = (city.settings.public_url or "").startswith("https://")
    lasts = int(SESSION_LASTS.total_seconds())
    answer.set_cookie(COOKIE, token, max_age=lasts, path="/", httponly=True, samesite="strict", secure=secure)
    return answer
