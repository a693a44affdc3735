"""Writes ordered files, one after the other, each with the rights that its key has while it is written."""

import asyncio
import hashlib
from contextlib import aclosing, suppress
from typing import BinaryIO

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from pydantic import ValidationError

from api.bulk.gate import Gate
from api.bulk.question import find
from api.errors import ProblemError
from api.exports.folder import Folder, FolderError
from api.exports.order import ExportOrder
from store.errors import StoreError
from store.exports import Order, Outcome, claim_export, finish_export, note_progress, sweep
from store.keys import Key, read_key_by_id
from store.reader import Pool

LOG = structlog.get_logger()
MOST_ROWS = 1_000_000_000
MOST_TRIES = 3
LOOK_S = 10.0  # for orders that another process left
SWEEP_S = 60.0
NOTE_BYTES = 16 << 20


class LostOrderError(Exception):
    """Another process writes this file by now, or nobody wants it any more."""


class RefusedOrderError(Exception):
    """The file cannot be written; the message says why and what to do."""


class Clerk:
    """Looks for orders of its folder; `wake` after a new one was kept."""

    def __init__(self, pool: Pool, gate: Gate, folder: Folder) -> None:
        self.folder = folder
        self.n_done = 0
        self.n_failed = 0
        self._pool, self._gate = pool, gate
        self._woken = asyncio.Event()
        self._swept_at = 0.0

    def wake(self) -> None:
        """Say that there may be an order."""
        self._woken.set()

    async def keep_writing(self) -> None:
        """Write what is ordered, for ever."""
        while True:
            try:
                while await self._work_once():
                    pass
            except (psycopg.Error, PoolTimeout, StoreError, OSError, FolderError) as error:
                LOG.warning("exports_wait", error=f"{type(error).__name__}: {error}".strip())
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()

    async def _work_once(self) -> bool:
        place = self.folder.place
        if place is None:
            return False
        now = asyncio.get_running_loop().time()
        async with self._pool.connection() as connection:
            if now - self._swept_at >= SWEEP_S or not self._swept_at:
                files = self.folder.files()  # first: what is ordered and written from now on is not among them
                self.folder.clear(files, await sweep(connection, place))
                self._swept_at = now
            order = await claim_export(connection, place)
        if order is None:
            return False
        await self._fulfil(order)
        return True

    async def _fulfil(self, order: Order) -> None:
        """Write the file of an order and say what became of it."""
        try:
            outcome = await self._write(order)
        except LostOrderError:
            return
        except (RefusedOrderError, ProblemError, ValidationError) as error:
            outcome = Outcome(0, 0, error=str(error))
        except (psycopg.Error, PoolTimeout, OSError) as error:
            if order.n_tries < MOST_TRIES:
                raise  # taken up again once it counts as left
            outcome = Outcome(0, 0, error=f"given up after {MOST_TRIES} tries: {type(error).__name__}")
        finally:
            self.folder.part(order.export_id, order.n_tries).unlink(missing_ok=True)
        async with self._pool.connection() as connection:
            await finish_export(connection, order, outcome)
        self.n_done += not outcome.error
        self.n_failed += bool(outcome.error)

    async def _write(self, order: Order) -> Outcome:
        async with self._pool.connection() as connection:
            key = await read_key_by_id(connection, order.key_id)
        if key is None or "read" not in key.scopes:
            raise RefusedOrderError("the key that ordered it is no longer valid")
        part = self.folder.part(order.export_id, order.n_tries)
        with part.open("xb") as file:
            outcome = await self._fill(file, order, key)
        part.replace(self.folder.file(order.export_id))
        return outcome

    async def _fill(self, file: BinaryIO, order: Order, key: Key) -> Outcome:
        from api.bulk.pipe import pieces_of

        wanted = ExportOrder.model_validate(order.question)
        opens = self._gate.opens(key.territory_ids)
        async with opens() as connection:
            found = await find(connection, wanted.question(), MOST_ROWS, needs_places=wanted.format == "geojson")
        digest, n_rows, n_bytes, noted = hashlib.sha256(), 0, 0, 0
        room = self.folder.room()
        async with aclosing(pieces_of(opens, found.wanted, found.subject(), wanted.style())) as pieces:
            async for piece, n in pieces:
                n_rows, n_bytes = n_rows + n, n_bytes + len(piece)
                if n_bytes > room:
                    raise RefusedOrderError(
                        "the folder for exports is full: order less, or delete exports that are done"
                    )
                await asyncio.to_thread(keep, file, digest, piece)
                if n_bytes - noted >= NOTE_BYTES or not noted:
                    noted = n_bytes
                    await self._note(order, n_rows, n_bytes)
        return Outcome(n_rows, n_bytes, digest.hexdigest())

    async def _note(self, order: Order, n_rows: int, n_bytes: int) -> None:
        async with self._pool.connection() as connection:
            if not await note_progress(connection, order, n_rows, n_bytes):
                raise LostOrderError


def keep(file: BinaryIO, digest: "hashlib._Hash", piece: bytes) -> None:
    """Write a piece and hash it, beside the loop."""
    file.write(piece)
    digest.update(piece)
