"""One block into the store: values, account and how far the load is, in one transaction."""

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import psycopg

from ingest.backfill.gate import ACCEPTED, CODE, REASONS, Reasons
from ingest.backfill.ledger import Fates, count_deliveries
from ingest.backfill.owners import Owners
from ingest.backfill.reader import Key, Values
from ingest.backfill.settlement import settle_block
from ingest.identity import Fate, Settlement, find_groups
from ingest.newest import Newest, find_newest
from ingest.rows import take
from sensors.instant import EPOCH, MICROSECOND, instant_text
from sensors.rejection import Reason, shown
from store import account, intake
from store.intake import HOUR_US, BatchEntry, Connection, Rows
from store.loads import N_KEPT, Advance, RefusedLine, advance_load
from store.newest import upsert_newest

SOURCE = "load"
DECODER = "load/1"


class BlockWriter:
    """Writes the blocks of one load. A file whose last block was new to the store is appended without comparing."""

    def __init__(self, connection: Connection, load_id: int, owners: Owners) -> None:
        self._connection = connection
        self._load_id = load_id
        self._owners = owners
        self._is_new = True

    def write(self, values: Values) -> None:
        """Settle a block and commit; cut anywhere, nothing of it is there.

        Raises
        ------
        psycopg.Error
            Nothing was committed.
        """
        used = [values.keys[code] for code in np.unique(values.codes[values.reasons == ACCEPTED]).tolist()]
        self._owners.meet(values.keys, used)
        of_keys = self._owners.judge(values.keys)[values.codes]
        reasons = np.where(values.reasons == ACCEPTED, of_keys, values.reasons)
        with self._connection.transaction():
            self._settle(values, reasons)

    def _settle(self, values: Values, reasons: Reasons) -> None:
        """Write what is accepted, then the account of all."""
        received_at_us = (datetime.now(UTC) - EPOCH) // MICROSECOND
        kept = np.flatnonzero(reasons == ACCEPTED)
        codes = values.codes[kept]
        rows = Rows(self._owners.series_of(values.keys)[codes], values.times_us[kept], values.values[kept])
        entry = BatchEntry(f"load {self._load_id}", received_at_us, 0, len(kept), DECODER, SOURCE)
        batch_id = intake.insert_batch(self._connection, entry)
        settlement = self._write_rows(batch_id, rows, self._owners.revisable(values.keys)[codes])
        self._mark(batch_id, rows, settlement)
        reasons[kept[settlement.fates == Fate.CONFLICT]] = CODE[Reason.CONFLICTING_VALUE]
        fates = np.zeros(len(reasons), dtype=np.int8)
        fates[kept] = settlement.fates
        self._enter(batch_id, received_at_us, values, fates, reasons)
        lines = [*values.refused, *self._unknown(values, reasons), *conflicts(values, kept, settlement)]
        advance = make_advance(values, reasons, fates, lines)
        if advance.n_stored != len(kept):
            intake.correct_batch(self._connection, batch_id, advance.n_stored)
        advance_load(self._connection, self._load_id, advance)

    def _write_rows(self, batch_id: int, rows: Rows, is_revisable: npt.NDArray[np.bool_]) -> Settlement:
        """Append what is new, and compare the rest with what stands."""
        if not len(rows.values):
            return Settlement(np.zeros(0, dtype=np.int8))
        groups = find_groups(rows)
        heads = take(rows, groups.heads)
        standing = take(heads, np.empty(0, dtype=np.intp))
        if not (self._is_new and self._append(batch_id, heads)):
            standing = intake.compare_rows(self._connection, batch_id, heads)
        self._is_new = not len(standing.values)
        settlement = settle_block(rows, groups, is_revisable, standing)
        if settlement.revisions:
            intake.revise_measurements(self._connection, batch_id, settlement.revisions, f"load {self._load_id}")
        return settlement

    def _append(self, batch_id: int, rows: Rows) -> bool:
        """Append rows if all are new; else leave the store as it is."""
        try:
            with self._connection.transaction():
                intake.copy_measurements(self._connection, batch_id, rows)
        except psycopg.errors.UniqueViolation:
            return False
        return True

    def _mark(self, batch_id: int, rows: Rows, settlement: Settlement) -> None:
        """Have rollups computed again where they were already, and take over the newest values.

        The watermark is read after the values are written: an hour that is closed later waits for this transaction.
        """
        is_stored = (settlement.fates == Fate.STORED) | (settlement.fates == Fate.REVISED)
        is_late = is_stored & (rows.times_us < intake.read_watermark(self._connection))
        if is_late.any():
            intake.mark_changed_hours(self._connection, rows.series_ids[is_late], rows.times_us[is_late])
        if is_stored.any():
            batch_ids = np.full(int(is_stored.sum()), batch_id, dtype=np.int32)
            stored = Newest(rows.series_ids[is_stored], rows.times_us[is_stored], rows.values[is_stored], batch_ids)
            upsert_newest(self._connection, *find_newest([stored]))

    def _enter(self, batch_id: int, received_at_us: int, values: Values, fates: Fates, reasons: Reasons) -> None:
        """Enter the block into the ledger: a row for each device, and one for all that are not registered."""
        hour_us = received_at_us // HOUR_US * HOUR_US
        owners = self._owners.rows_of(values.keys)
        columns, n_unknown = count_deliveries(hour_us, owners, values.codes, fates, reasons)
        if len(columns["device_id"]):
            account.log_deliveries(self._connection, batch_id, columns)
        if n_unknown + values.n_uncut:
            unknown = account.UnknownDelivery(None, hour_us, 0, n_unknown + values.n_uncut)
            account.log_unknown_deliveries(self._connection, batch_id, [unknown])

    def _unknown(self, values: Values, reasons: Reasons) -> list[RefusedLine]:
        """Give the first lines of devices and territories that nobody knows."""
        lines = []
        for reason in (Reason.UNKNOWN_DEVICE, Reason.UNKNOWN_TERRITORY):
            found = np.flatnonzero((reasons == CODE[reason]) & (values.reasons == ACCEPTED))[:N_KEPT]
            lines += [refuse_line(reason, values, index) for index in found.tolist()]
        return lines


def make_advance(values: Values, reasons: Reasons, fates: Fates, lines: list[RefusedLine]) -> Advance:
    """Sum up a block."""
    refused = Counter({REASONS[code - 1].value: int((reasons == code).sum()) for code in np.unique(reasons) if code})
    if values.n_uncut:
        refused[Reason.WRONG_SHAPE.value] += values.n_uncut
    is_accepted = reasons == ACCEPTED
    n_duplicate = int((is_accepted & (fates == Fate.DUPLICATE)).sum())
    return Advance(
        n_lines=values.end,
        n_values=len(reasons) + values.n_uncut,
        n_stored=int(is_accepted.sum()) - n_duplicate,
        n_duplicate=n_duplicate,
        n_revised=int((is_accepted & (fates == Fate.REVISED)).sum()),
        n_repeated=values.n_repeated,
        refused=refused,
        lines=lines,
    )


def conflicts(values: Values, kept: npt.NDArray[np.intp], settlement: Settlement) -> list[RefusedLine]:
    """Give the first lines that contradict what stands, which is said behind the stroke."""
    first = sorted(settlement.standing_by_index.items())[:N_KEPT]
    return [refuse_line(Reason.CONFLICTING_VALUE, values, int(kept[index]), standing) for index, standing in first]


def refuse_line(reason: Reason, values: Values, index: int, standing: float | None = None) -> RefusedLine:
    """Say what a line holds, in the unit of the quantity."""
    key: Key = values.keys[values.codes[index]]
    name = f"{key.channel}/{key.quantity}" if key.channel else key.quantity
    value = f"{values.values[index]:.17g}" + ("" if standing is None else f" / {standing:.17g}")
    detail = f"{key.territory}, {key.device}, {instant_text(int(values.times_us[index]))}, {name}, {value}"
    return RefusedLine(reason.value, int(values.lines[index]), shown(detail))
