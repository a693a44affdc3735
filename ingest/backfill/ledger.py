"""A block's part of the delivery ledger: what became of the values of each device."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.backfill.gate import ACCEPTED, Reasons
from ingest.identity import Fate
from store.series import DeviceRow

Fates = npt.NDArray[np.int8]


def count_deliveries(
    hour_us: int,
    owners: Sequence[DeviceRow | None],
    codes: npt.NDArray[np.int64],
    fates: Fates,
    reasons: Reasons,
) -> tuple[dict[str, npt.NDArray[Any]], int]:
    """Give the columns of `store.account.log_deliveries`, and how many values belong to no registered device.

    `owners[codes[i]]` sent value `i`; its fate counts where its reason is ACCEPTED. A file has no messages.
    """
    rows = sorted({row for row in owners if row is not None}, key=lambda row: row.device_id)
    place_by_id = {row.device_id: place for place, row in enumerate(rows)}
    places = np.array([len(rows) if row is None else place_by_id[row.device_id] for row in owners], dtype=np.int64)
    of_values, is_accepted = places[codes], reasons == ACCEPTED

    def count(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
        return np.bincount(of_values[mask], minlength=len(rows) + 1).astype(np.int32)

    duplicate, rejected = count(is_accepted & (fates == Fate.DUPLICATE)), count(~is_accepted)
    received = np.bincount(of_values, minlength=len(rows) + 1).astype(np.int32)
    counts = {
        "n_received": received,
        "n_stored": received - duplicate - rejected,
        "n_duplicate": duplicate,
        "n_rejected": rejected,
        "n_revised": count(is_accepted & (fates == Fate.REVISED)),
    }
    columns: dict[str, npt.NDArray[Any]] = {
        "territory_id": np.array([row.territory_id for row in rows], dtype=np.int32),
        "device_id": np.array([row.device_id for row in rows], dtype=np.int32),
        "arrival_hour": np.full(len(rows), hour_us, dtype=np.int64),
        "n_messages": np.zeros(len(rows), dtype=np.int32),
    }
    return columns | {name: counted[:-1] for name, counted in counts.items()}, int(received[-1])
