"""Groups of roles as the routes name them."""

from typing import Final

from service.domain.states import Role

EVERYONE: Final = frozenset(Role)
PEOPLE: Final = EVERYONE - {Role.CAMERA}
CASEWORKERS: Final = frozenset({Role.ADMIN, Role.OPS, Role.CHIEF})
OVERSEERS: Final = frozenset({Role.ADMIN, Role.CHIEF})
CREWS: Final = CASEWORKERS | {Role.UNIT}
HANDS: Final = CASEWORKERS | {Role.UNIT, Role.INSPECTOR}
