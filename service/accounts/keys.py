"""Keys of programs and cameras: shown once, kept as a hash, out at the next request after they are revoked."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, insert, select, update

from service.accounts.credentials import digest, new_secret
from service.accounts.names import OPERATOR
from service.domain.audit import AuditLine
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import CameraUnknown, KeyUnknown, SettingsWrong
from service.store import Store
from service.store.tables import api_keys, cameras
from service.store.units import unit_of_its_own

LONGEST_UNIT: Final = 64


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is told once to the one who asked for it."""

    id: str
    key: str
    role: Role


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys in a database."""

    store: Store

    def create(self, name: str, role: Role, camera_id: str | None, now: datetime, by: str = OPERATOR) -> NewKey:
        """Make a key; CameraUnknown, SettingsWrong.

        A camera's key speaks for one camera and has to name it. A unit's key speaks for the unit of its own name,
        which is made if it is not there.
        """
        if (role is Role.CAMERA) != (camera_id is not None):
            raise SettingsWrong(name="camera", value=camera_id or "")
        made = NewKey(f"key_{secrets.token_hex(8)}", new_secret("key"), role)
        row = {
            "id": made.id,
            "name": name,
            "role": role.value,
            "camera_id": camera_id,
            "secret_sha256": digest(made.key),
            "created_at": now,
        }
        with self.store.write() as rows:
            known = select(cameras.c.id).where(cameras.c.id == camera_id)
            if camera_id is not None and rows.connection.execute(known).first() is None:
                raise CameraUnknown(id=camera_id)
            if role is Role.UNIT:
                unit_of_its_own(rows.connection, name[:LONGEST_UNIT])
            rows.connection.execute(insert(api_keys).values(row))
            facts = {"name": name, "role": role.value, "camera": camera_id}
            rows.audit.add(AuditLine(now, by, "key.created", made.id, None, facts))
        return made

    def revoke(self, key_id: str, now: datetime, by: str = OPERATOR) -> None:
        """End a key; KeyUnknown. Ending it twice is no error."""
        with self.store.write() as rows:
            ended = rows.connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(revoked_at=now))
            if ended.rowcount != 1:
                raise KeyUnknown(id=key_id)
            rows.audit.add(AuditLine(now, by, "key.revoked", key_id, None, {}))

    def listed(self) -> list[RowMapping]:
        """All keys in the order in which they were made, without what is secret."""
        shown = (
            api_keys.c.id,
            api_keys.c.name,
            api_keys.c.role,
            api_keys.c.camera_id,
            api_keys.c.created_at,
            api_keys.c.revoked_at,
        )
        with self.store.read() as rows:
            return list(rows.connection.execute(select(*shown).order_by(api_keys.c.created_at)).mappings())

    def caller_of(self, secret: str) -> Actor | None:
        """Who a key speaks for, None if it is unknown or revoked."""
        query = select(api_keys).where(api_keys.c.secret_sha256 == digest(secret), api_keys.c.revoked_at.is_(None))
        with self.store.read() as rows:
            row = rows.connection.execute(query).mappings().first()
        if row is None:
            return None
        role = Role(row["role"])
        unit_id = row["name"][:LONGEST_UNIT] if role is Role.UNIT else None
        return Actor(row["id"], row["name"], role, unit_id=unit_id, camera_id=row["camera_id"])
