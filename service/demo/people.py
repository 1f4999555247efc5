"""The people of the demo city, one a role, all with one password that is printed at each start."""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from service.accounts.people import NewPerson
from service.api.city import City
from service.domain.states import Role
from service.errors import UserExists

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
PASSWORD: Final = "streetwarden-demo"  # noqa: S105  # printed, and known only where nobody else can reach it
UNIT: Final = "huan-wei"
NAMES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.ADMIN: "陈管理 Chen",
        Role.OPS: "王受理 Wang",
        Role.CHIEF: "李值班 Li",
        Role.UNIT: "环卫所 Sanitation",
        Role.INSPECTOR: "赵采集 Zhao",
        Role.VIEWER: "访客 Visitor",
    }
)


def password_for(city: City) -> str:
    """The well-known word where only this machine reaches the service, a random one elsewhere."""
    return PASSWORD if city.settings.host in LOOPBACK else secrets.token_urlsafe(12)


def make_people(city: City, password: str) -> None:
    """One account a role, its login the role's name; accounts that are there stay as they are."""
    for role, name in NAMES.items():
        unit_id = UNIT if role is Role.UNIT else None
        try:
            city.people.create(NewPerson(role.value, password, role, name, unit_id), city.clock())
        except UserExists:
            continue
