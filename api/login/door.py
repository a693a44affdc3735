"""Checks a name and a password: as much work whether the name exists or not, and not often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import ceil

import structlog

from api.errors import ProblemError
from store.audit import Line, await_line
from store.keys import Key, digest, read_key_by_id
from store.local_accounts import LocalAccount, find_account, login_name
from store.login_buckets import Bucket, Wait, give_back, take_try
from store.login_sessions import Way, open_session
from store.passwords import COST, is_password
from store.reader import Connection, Pool
from store.technician import actor

LOG = structlog.get_logger()
WRONG = "name and password do not belong together, or the account has ended"
SLOWED = "tried too often to log in: wait"
# Who guesses is slowed where he is, whoever he says he is; a name also when many places guess at it, but so late that
# one place alone cannot keep its owner out.
OF_BOTH = ("both", 5, 60.0)
OF_ADDRESS = ("address", 20, 6.0)
OF_NAME = ("name", 50, 36.0)
MOST_WAITING = 20  # each costs memory and some tenths of a second
DECOY = "$".join(["scrypt", *map(str, COST), "A" * 22 + "==", "A" * 43 + "="])


class Door:
    """Lets people in by name and password; `most_s` is how long their sessions last."""

    def __init__(self, pool: Pool, most_s: float) -> None:
        self._pool, self._most_s = pool, most_s
        self._one_by_one, self._n_waiting = asyncio.Lock(), 0

    async def enter(self, name: str, password: str, address: str) -> str:
        """Open a session and give its text; each try that is looked at leaves a line in the audit log.

        Raises
        ------
        ProblemError
            401 where name and password do not belong together, 429 where that was tried too often, 503 where too many
            try at once.
        """
        account = await self._find(name, address)
        async with self._room():
            is_right = await asyncio.to_thread(is_password, password, account.password_hash if account else DECOY)
        if account is None or not is_right:
            async with self._pool.connection() as connection:
                await await_line(connection, refusal_of(account, "password"))
            LOG.info("login_refused", address=address)
            raise ProblemError(401, WRONG)
        async with self._pool.connection() as connection, connection.transaction():
            await give_back(connection, buckets_of(name, address)[:1])
            key = await read_key_by_id(connection, account.key_id)
            if key is not None:
                return await begin_session(connection, key, "password", self._most_s)
        raise ProblemError(401, WRONG)  # it ended at this instant

    async def _find(self, name: str, address: str) -> LocalAccount | None:
        async with self._pool.connection() as connection, connection.transaction():
            wait = await take_try(connection, buckets_of(name, address))
            account = await find_account(connection, name)
            if wait and wait.is_first:
                await await_line(connection, Line("login", "login_slowed", subject_of(account), {}, None))
        if wait:
            raise slowed(wait, address)
        return account

    async def slow(self, address: str) -> None:
        """Count somebody who comes back from a provider. Raises ProblemError where that is too often."""
        async with self._pool.connection() as connection:
            wait = await take_try(connection, [Bucket(OF_ADDRESS[0], address, *OF_ADDRESS[1:])])
        if wait:
            raise slowed(wait, address)

    @asynccontextmanager
    async def _room(self) -> AsyncIterator[None]:
        if self._n_waiting >= MOST_WAITING:
            raise ProblemError(503, "too many log in at once; try again", {"Retry-After": "5"})
        self._n_waiting += 1
        try:
            async with self._one_by_one:
                yield
        finally:
            self._n_waiting -= 1


async def begin_session(connection: Connection, key: Key, way: Way, most_s: float) -> str:
    """Open a session of an account that has shown who it is, and give its text; its line is in the audit log."""
    text = await open_session(connection, key.key_id, way, most_s)
    only = key.territory_ids[0] if len(key.territory_ids) == 1 else None
    await await_line(connection, Line(actor(key), "log_in", f"key {key.key_id}", {"way": way}, only))
    return text


def buckets_of(name: str, address: str) -> list[Bucket]:
    """Give what a try is counted under: name and address together, the address, the name."""
    found = digest(login_name(name)).hex()
    return [
        Bucket(OF_BOTH[0], f"{found}\n{address}", *OF_BOTH[1:]),
        Bucket(OF_ADDRESS[0], address, *OF_ADDRESS[1:]),
        Bucket(OF_NAME[0], found, *OF_NAME[1:]),
    ]


def refusal_of(account: LocalAccount | None, way: Way) -> Line:
    """Write the line of a try that failed; a name that is no account's may be a password, and is not written down."""
    territory_id = account.territory_id if account else None
    return Line("login", "login_refused", subject_of(account), {"way": way}, territory_id)


def subject_of(account: LocalAccount | None) -> str:
    """Name what was tried."""
    return f"key {account.key_id}" if account else "unknown account"


def slowed(wait: Wait, address: str) -> ProblemError:
    """Make the answer to who tries too often."""
    LOG.warning("login_slowed", address=address, wait_s=wait.wait_s)
    return ProblemError(429, f"{SLOWED} {ceil(wait.wait_s)} s", {"Retry-After": str(ceil(wait.wait_s))})
