"""Passwords of local accounts: kept as salted scrypt (RFC 7914), which costs memory as well as time."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from typing import NamedTuple

SHORTEST, LONGEST = 12, 200  # characters
SALT_BYTES, HASH_BYTES = 16, 32
MOST_MEMORY_BYTES = 256 << 20


class Cost(NamedTuple):
    """Parameters of scrypt; memory is 128 * 2**log2_n * r bytes."""

    log2_n: int
    r: int
    p: int


# 32 MiB for each attempt. One of the settings of equal strength of the OWASP Password Storage Cheat Sheet (2024).
COST = Cost(15, 8, 3)


def hash_password(password: str, cost: Cost = COST) -> str:
    """Hash a password anew, with a salt of its own, as `scrypt$log2_n$r$p$salt$hash`.

    Raises
    ------
    ValueError
        It has less than 12 or more than 200 characters.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"a password has from {SHORTEST} to {LONGEST} characters, not {len(password)}")
    salt = secrets.token_bytes(SALT_BYTES)
    parts = (salt, derive(password, salt, cost))
    return "$".join(["scrypt", *map(str, cost), *(base64.b64encode(part).decode() for part in parts)])


def is_password(password: str, kept: str) -> bool:
    """Whether a password is the one that was hashed, by the parameters it was hashed with."""
    _, *cost, salt, expected = kept.split("$")
    found = derive(password, base64.b64decode(salt), Cost(*map(int, cost)))
    return hmac.compare_digest(found, base64.b64decode(expected))


def derive(password: str, salt: bytes, cost: Cost) -> bytes:
    """Run scrypt over a password; however a keyboard composes its accents, it is the same one."""
    composed = unicodedata.normalize("NFC", password).encode(errors="replace")
    n = 1 << cost.log2_n
    return hashlib.scrypt(composed, salt=salt, n=n, r=cost.r, p=cost.p, maxmem=MOST_MEMORY_BYTES, dklen=HASH_BYTES)
