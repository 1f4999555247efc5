"""Secrets and what is kept of them: Argon2id of a password, SHA-256 of a secret that nobody could guess."""

import hashlib
import secrets
import threading
from functools import cache
from typing import Final

import argon2

HASHES_AT_ONCE: Final = 2
LONGEST_PASSWORD: Final = 256
SHORTEST_PASSWORD: Final = 8

_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_room = threading.BoundedSemaphore(HASHES_AT_ONCE)


def new_secret(purpose: str) -> str:
    """256 random bits behind a prefix by which a log filter or a secret scanner knows it."""
    return f"sw_{purpose}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is kept of a random secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def hash_password(password: str) -> str:
    """Argon2id with its parameters and salt; few at once, so that logins cannot fill the memory."""
    with _room:
        return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. An unknown account (None) costs the same time as a known one."""
    with _room:
        try:
            return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
