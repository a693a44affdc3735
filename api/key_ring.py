"""Keys, tokens and sessions that were checked a moment ago, so that not every request asks the database."""

import time
from dataclasses import dataclass

from api.oidc import Verifier
from store.keys import PREFIX, Key, digest, enrol, read_key
from store.listing import list_territories
from store.login_sessions import Span, read_session
from store.reader import Pool, limited

TRUSTED_FOR_S = 5.0  # a revoked key works no longer than this
MOST_REMEMBERED = 10_000
MOST_TERRITORIES = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows: the text of a key or token, or that of a session; empty: nothing."""

    text: str
    is_session: bool = False


class KeyRing:
    """Keys checked in the last seconds, by their hash, so that not every request asks the database twice.

    `verifier` checks tokens; without one, only keys of Vigie are known. Sessions last for `span`.
    """

    def __init__(self, pool: Pool, verifier: Verifier | None = None, span: Span | None = None) -> None:
        self.pool, self._verifier, self._span = pool, verifier, span or Span()
        self._known: dict[bytes, tuple[Key, float]] = {}
        self._territories: dict[int, tuple[frozenset[str], float]] = {}

    async def find(self, shown: Shown) -> Key | None:
        """Give the key or account of what is shown if it is, or a moment ago was, valid."""
        mark = mark_of(shown)
        known = self._known.get(mark)
        if known and time.monotonic() < known[1]:
            return known[0]
        key = await self._read(shown)
        if key is None:
            self._known.pop(mark, None)
            return None
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[mark] = (key, time.monotonic() + TRUSTED_FOR_S)
        return key

    def forget_session(self, text: str) -> None:
        """Ask the database when this session is shown again."""
        self._known.pop(mark_of(Shown(text, is_session=True)), None)

    async def _read(self, shown: Shown) -> Key | None:
        if shown.is_session:
            async with self.pool.connection() as connection:
                session = await read_session(connection, shown.text, self._span.idle_s)
            return session.key if session else None
        if shown.text.startswith(PREFIX):
            async with self.pool.connection() as connection:
                return await read_key(connection, shown.text)
        vouched = await self._verifier.verify(shown.text) if self._verifier else None
        if vouched is None:
            return None
        async with self.pool.connection() as connection:
            return await enrol(connection, vouched)

    async def find_territories(self, key: Key) -> frozenset[str]:
        """Give the slugs of all territories in the key's subtrees, as they are or were a moment ago."""
        known = self._territories.get(key.key_id)
        if known and time.monotonic() < known[1]:
            return known[0]
        async with limited(self.pool, key.territory_ids) as connection:
            rows = await list_territories(connection, after=0, n=MOST_TERRITORIES)
        slugs = frozenset(str(row["territory"]) for row in rows)
        if len(self._territories) >= MOST_REMEMBERED:
            self._territories.clear()
        self._territories[key.key_id] = (slugs, time.monotonic() + TRUSTED_FOR_S)
        return slugs


def mark_of(shown: Shown) -> bytes:
    """Give what stands for it in memory; a session shown as a key is no session."""
    return digest(f"session\n{shown.text}" if shown.is_session else shown.text)
