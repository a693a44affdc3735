"""A batch's values: which are new, which of them are written, and what becomes of each."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ingest.batch import Batch
from ingest.identity import Fate, Settlement, find_groups, settle
from sensors.measurement import Clock
from store import intake
from store.intake import Connection, Rows

Indexes = npt.NDArray[np.intp]


def copy_all(connection: Connection, batch_id: int, rows: Rows) -> dict[tuple[int, int], float]:
    """Append rows that ought to be new: nothing stood before."""
    intake.copy_measurements(connection, batch_id, rows)
    return {}


def find_fresh(connection: Connection, batch: Batch) -> Indexes:
    """Give the values whose message is not known already by its id; those with a time of their own all are."""
    keyed: dict[tuple[int, str], int] = {}
    repeated: list[int] = []
    for index, part in enumerate(batch.parts):
        message_id = part.uplink.message_id
        if part.uplink.clock == "arrival" and message_id is not None:
            if (part.device_id, message_id) in keyed:
                repeated.append(index)
            keyed.setdefault((part.device_id, message_id), index)
    if keyed:
        arrivals_us = {key: batch.parts[index].arrival.received_at_us for key, index in keyed.items()}
        new = intake.insert_message_keys(connection, arrivals_us)
        repeated += [index for key, index in keyed.items() if key not in new]
    return np.flatnonzero(~np.isin(batch.owners, repeated)) if repeated else np.arange(len(batch.owners))


def write_rows(
    connection: Connection,
    batch_id: int,
    batch: Batch,
    fresh: Indexes,
    write: Callable[[Connection, int, Rows], dict[tuple[int, int], float]],
) -> Settlement:
    """Write the first value for each (series, instant) and give the fate of all; what is not fresh is a duplicate."""
    rows = take(batch.rows, fresh)
    groups = find_groups(rows)
    standing = write(connection, batch_id, take(rows, groups.heads)) if len(fresh) else {}
    settlement = settle(rows, groups, find_revisable(batch)[fresh], standing)
    if len(fresh) == len(batch.owners):
        return settlement
    fates = np.full(len(batch.owners), Fate.DUPLICATE, dtype=np.int8)
    fates[fresh] = settlement.fates
    standing_by_index = {int(fresh[index]): value for index, value in settlement.standing_by_index.items()}
    return Settlement(fates, settlement.revisions, standing_by_index)


def take(rows: Rows, indexes: Indexes) -> Rows:
    """Give some of the rows, in the order of `indexes`."""
    return Rows(rows.series_ids[indexes], rows.times_us[indexes], rows.values[indexes])


def find_revisable(batch: Batch) -> npt.NDArray[np.bool_]:
    """Say of each value whether its device may change what it sent."""
    return np.array([part.is_revisable for part in batch.parts], dtype=np.bool_)[batch.owners]


def find_clock(batch: Batch, clock: Clock) -> npt.NDArray[np.bool_]:
    """Say of each value whether its instant comes from such a clock."""
    return np.array([part.uplink.clock == clock for part in batch.parts], dtype=np.bool_)[batch.owners]
