"""One batch, one transaction: copied at once where all of it is new, compared value by value where not."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import psycopg

from ingest.account import (
    Outcome,
    device_deliveries,
    make_outcome,
    plain_deliveries,
    rejection_rows,
    unknown_deliveries,
)
from ingest.batch import NOTHING_LEFT, Batch
from ingest.identity import Settlement, find_groups
from ingest.rows import copy_all, find_clock, find_fresh, write_rows
from store import account, clocks, intake, memory
from store.intake import BatchEntry, Connection
from store.sensorthings.observing import write_observations

WATERMARK_S = 1.0  # the rollups wait 5 s before they trust that every writer knows a new watermark
MAX_COMPARISONS = 5
PLAIN_N = 500  # above, COPY is faster


@dataclass(frozen=True, slots=True)
class Doubt:
    """A batch whose commit was asked for and not confirmed, and the outcome if it took place."""

    entry: BatchEntry
    outcome: Outcome


class Writer:
    """Writes batches over a connection that its caller opens anew after failures. `clock` is monotonic, in seconds.

    `enter` writes the account of a batch in the transaction of its measurements.
    """

    def __init__(
        self, worker: str, clock: Callable[[], float], enter: Callable[[Connection, Outcome], Outcome] | None = None
    ) -> None:
        self.worker = worker
        self._clock = clock
        self._enter = enter or enter_account
        self._watermark_us = 0
        self._watermark_read_at = -np.inf
        self._doubt: Doubt | None = None
        self._last_batch_id = 0

    def write(self, connection: Connection, batch: Batch) -> Outcome:
        """Commit a batch and say what became of it.

        After an error the same batch, and no other, must be given again over a new connection: where the error left
        open whether the commit took place, that is found out first, so nothing is written or counted twice.
        """
        if self._doubt is not None and (outcome := self._resolve(connection, self._doubt)) is not None:
            return outcome
        for _ in range(MAX_COMPARISONS):
            try:
                return self._commit_first(connection, batch)
            except psycopg.errors.UniqueViolation:
                connection.rollback()
            try:
                return self._commit(connection, batch, is_compared=True)
            except psycopg.errors.UniqueViolation:  # another worker was faster with the same values
                connection.rollback()
        raise psycopg.errors.SerializationFailure("other workers keep writing the same measurements")

    def _resolve(self, connection: Connection, doubt: Doubt) -> Outcome | None:
        entry = doubt.entry
        batch_id = intake.find_batch(connection, self._last_batch_id, entry.worker, entry.received_at_us)
        connection.rollback()
        self._doubt = None
        return None if batch_id is None else self._committed(doubt.outcome._replace(batch_id=batch_id))

    def _committed(self, outcome: Outcome) -> Outcome:
        self._doubt = None
        self._last_batch_id = outcome.batch_id
        return outcome

    def _commit_first(self, connection: Connection, batch: Batch) -> Outcome:
        """Commit a batch that is taken for new."""
        self._read_watermark(connection)
        connection.commit()
        if self._enter is enter_account and is_plain(batch, self._watermark_us):
            return self._commit_plain(connection, batch)
        return self._commit(connection, batch, is_compared=False)

    def _commit_plain(self, connection: Connection, batch: Batch) -> Outcome:
        """Commit a small batch of which nothing is to be told but that it is stored, in one turn with the server.

        A broker that lets out few messages at a time waits for each commit, and the long way takes seven turns.
        """
        entry = self._make_entry(batch)
        outcome = make_outcome(batch, Settlement(np.zeros(len(batch.owners), dtype=np.int8)))
        self._doubt = Doubt(entry, outcome)
        try:
            batch_id = intake.insert_plain_batch(connection, entry, batch.rows, plain_deliveries(batch.parts))
        except psycopg.errors.UniqueViolation:
            self._doubt = None  # the server has answered: nothing was committed
            raise
        return self._committed(outcome._replace(batch_id=batch_id))

    def _make_entry(self, batch: Batch) -> BatchEntry:
        n_values, version = len(batch.rows.values), batch.decoder_version
        return BatchEntry(self.worker, batch.received_at_us, batch.n_messages, n_values, version, batch.source)

    def _commit(self, connection: Connection, batch: Batch, *, is_compared: bool) -> Outcome:
        self._read_watermark(connection)
        entry = self._make_entry(batch)
        batch_id = intake.insert_batch(connection, entry)
        fresh = find_fresh(connection, batch)
        write = intake.compare_measurements if is_compared else copy_all
        settlement = write_rows(connection, batch_id, batch, fresh, write)
        outcome = make_outcome(batch, settlement)._replace(batch_id=batch_id, is_compared=is_compared)
        if outcome.n_stored != entry.n_measurements:
            intake.correct_batch(connection, batch_id, outcome.n_stored)
        if settlement.revisions:
            intake.revise_measurements(connection, batch_id, settlement.revisions, self.worker)
        self._mark_values(connection, outcome)
        note_counts(connection, batch)
        if batch.observations:
            write_observations(connection, batch.observations)
        outcome = self._enter(connection, outcome)
        self._doubt = Doubt(entry, outcome)
        connection.commit()
        return self._committed(outcome)

    def _mark_values(self, connection: Connection, outcome: Outcome) -> None:
        """Mark what came late and what has not its own time as it was sent; note what formats with state learnt."""
        batch, rows = outcome.batch, outcome.batch.rows
        if (is_late := outcome.is_stored & (rows.times_us < self._watermark_us)).any():
            intake.mark_changed_hours(connection, rows.series_ids[is_late], rows.times_us[is_late])
        self._note_clocks(connection, outcome)
        if batch.aftermath.records:
            memory.write_records(connection, batch.aftermath.memory_name, batch.aftermath.records)
        if batch.aftermath.presences:
            memory.write_presences(connection, batch.aftermath.presences)

    def _note_clocks(self, connection: Connection, outcome: Outcome) -> None:
        batch, rows = outcome.batch, outcome.batch.rows
        clocks_met = {part.uplink.clock for part in batch.parts}
        for clock in sorted(clocks_met - {"device"}):
            is_noted = outcome.is_stored & find_clock(batch, clock)
            clocks.note_times(connection, rows.series_ids[is_noted], rows.times_us[is_noted], f"{clock}_time")
        if batch.corrections is not None:
            indexes, originals_us, rule_ids = batch.corrections
            kept = outcome.is_stored[indexes]
            where = rows.series_ids[indexes[kept]], rows.times_us[indexes[kept]]
            clocks.note_corrections(connection, *where, originals_us[kept], rule_ids[kept])

    def _read_watermark(self, connection: Connection) -> None:
        now = self._clock()
        if now - self._watermark_read_at >= WATERMARK_S:
            self._watermark_us = intake.read_watermark(connection)
            self._watermark_read_at = now


def enter_account(connection: Connection, outcome: Outcome) -> Outcome:
    """Write what must be true together with the measurements: what was refused, and the counts."""
    if rejections := list(rejection_rows(outcome)):
        account.keep_rejections(connection, outcome.batch_id, rejections)
    account.log_deliveries(connection, outcome.batch_id, device_deliveries(outcome))
    if unknown := unknown_deliveries(outcome.batch.refusals):
        account.log_unknown_deliveries(connection, outcome.batch_id, unknown)
    return outcome


def is_plain(batch: Batch, watermark_us: int) -> bool:
    """Say whether a batch is small and holds nothing but new values of their devices' own time, none of them late."""
    rows = batch.rows
    if not 0 < len(rows.values) <= PLAIN_N or batch.refusals or batch.corrections is not None:
        return False
    if batch.aftermath is not NOTHING_LEFT or batch.observations or (rows.times_us < watermark_us).any():
        return False
    if any(part.n_refused or part.uplink.clock != "device" or part.uplink.count for part in batch.parts):
        return False
    return len(find_groups(rows).starts) == len(rows.values)


def note_counts(connection: Connection, batch: Batch) -> None:
    """Note where messages stand in their senders' counts, for those that carry one; redeliveries do no harm."""
    counted = [(part.device_id, part.uplink.count) for part in batch.parts if part.uplink.count is not None]
    if counted:
        rows = ((device_id, c.basis, c.session, c.number, c.at_us) for device_id, c in counted)
        intake.log_counts(connection, rows)
    if by_name := batch.aftermath.counts:
        counts = ((territory, counted.device, counted.count) for territory, counted in by_name)
        named = [(territory, device, c.basis, c.session, c.number, c.at_us) for territory, device, c in counts]
        intake.log_counts_by_name(connection, named)
