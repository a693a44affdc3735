"""A territory's mains and breaks, as registered, put into arrays."""

from collections.abc import Hashable, Sequence
from datetime import UTC, datetime

import numpy as np

from analytics.water_mains.network import NOWHERE, Breaks, Floats, Known, Mains, codes, mains_of
from store.mains import Break, Main

YEAR_DAYS = 365.25


def network_of(mains: Sequence[Main], breaks: Sequence[Break]) -> tuple[Mains, Breaks]:
    """Put mains that lie there and all breaks into arrays; a break of a retired main counts for its street alone.

    A year of laying that is to come is not known.
    """
    there = [main for main in mains if main.retired_at is None]
    index = {main.asset_id: n for n, main in enumerate(there)}
    streets: dict[Hashable, int] = {}
    street_codes = codes([street_of(main) for main in mains], streets)
    street = {main.asset_id: int(code) for main, code in zip(mains, street_codes, strict=True)}
    pipes = Known(
        laid=numbers([main.laid_in for main in there]),
        length_m=numbers([main.length_m for main in there]),
        diameter_mm=numbers([main.diameter_mm for main in there]),
        materials=[main.material for main in there],
        districts=[main.district for main in there],
    )
    known = [one for one in breaks if one.asset_id in street]
    return mains_of(pipes, np.array([street[main.asset_id] for main in there], dtype=np.int64)), Breaks(
        at=np.array([year_at(one.at) for one in known]),
        main=np.array([index.get(one.asset_id, NOWHERE) for one in known], dtype=np.int64),
        street=np.array([street[one.asset_id] for one in known], dtype=np.int64),
    )


def street_of(main: Main) -> str | None:
    """Give a street as it is compared, None where none is entered."""
    return (main.street or "").strip().casefold() or None


def numbers(values: Sequence[float | None]) -> Floats:
    """Put NaN where nothing is known."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def year_at(at: datetime) -> float:
    """Turn an instant into a year with its fraction."""
    begin = datetime(at.year, 1, 1, tzinfo=UTC)
    return at.year + (at - begin).total_seconds() / 86_400 / YEAR_DAYS
