"""Values of series as arrays: an Arrow table, or curves on one grid; NumPy, pandas and polars are loaded when used."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Measurements:
    """Measurements in order of time: columns `series_id`, `observed_at` (UTC, microseconds), `value` (null: none).

    With names asked for also `territory`, `device`, `channel`, `quantity`, `unit`.
    """

    table: "pa.Table"

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def by_series(self) -> "dict[int, tuple[NDArray[np.datetime64], NDArray[np.float64]]]":
        """Give instants (UTC, microseconds) and values of each series, both (n,); NaN where there is no value."""
        import numpy as np

        ids = self.table.column("series_id").to_numpy()
        order = np.argsort(ids, kind="stable")
        times = self.table.column("observed_at").to_numpy().astype("datetime64[us]")[order]
        values = self.table.column("value").to_numpy().astype(np.float64)[order]
        wanted, begins = np.unique(ids[order], return_index=True)
        ends = [*begins[1:], len(ids)]
        spans = zip(wanted, begins, ends, strict=True)
        return {int(number): (times[begin:end], values[begin:end]) for number, begin, end in spans}

    def to_pandas(self) -> "pd.DataFrame":
        """Give a pandas frame with the same columns."""
        return self.table.to_pandas()

    def to_polars(self) -> "pl.DataFrame":
        """Give a polars frame with the same columns, without a copy where that is possible."""
        import polars as pl

        found = pl.from_arrow(self.table)
        assert isinstance(found, pl.DataFrame)
        return found


@dataclass(frozen=True, slots=True)
class Curve:
    """One series on the grid: `values`, `low`, `high` (n_points,), NaN where nothing is; `n` counts measurements."""

    series_id: int
    quantity: str
    unit: str
    kind: str
    n: "NDArray[np.int64]"
    values: "NDArray[np.float64]"
    low: "NDArray[np.float64]"
    high: "NDArray[np.float64]"


@dataclass(frozen=True, slots=True)
class Curves:
    """Series side by side: each point lasts from its start (UTC) to the next one, the last to `end`."""

    bucket: str
    starts: "NDArray[np.datetime64]"
    end: "np.datetime64"
    curves: tuple[Curve, ...]

    def __iter__(self) -> Iterator[Curve]:
        return iter(self.curves)

    def to_pandas(self) -> "pd.DataFrame":
        """Give a pandas frame: one row a point (index UTC), one column a series."""
        import pandas as pd

        index = pd.DatetimeIndex(self.starts, tz="UTC", name="start")
        return pd.DataFrame({curve.series_id: curve.values for curve in self.curves}, index=index)

    def to_polars(self) -> "pl.DataFrame":
        """Give a polars frame: `start` (UTC) and one column a series, null where nothing is."""
        import polars as pl

        starts = pl.Series("start", self.starts).dt.replace_time_zone("UTC")
        columns = [pl.Series(str(curve.series_id), curve.values, nan_to_null=True) for curve in self.curves]
        return pl.DataFrame([starts, *columns])


def read_table(body: bytes) -> Measurements:
    """Read an Arrow file."""
    import pyarrow as pa

    return Measurements(pa.ipc.open_file(pa.BufferReader(body)).read_all())


def read_curves(body: dict[str, Any]) -> Curves:
    """Read the answer of `/v1/curves`."""
    import numpy as np

    instants = np.array([*body["starts"], body["end"]], dtype="U32")
    times = np.char.rstrip(instants, "Z").astype("datetime64[us]")
    curves = tuple(
        Curve(
            item["series_id"],
            item["quantity"],
            item["unit"],
            item["kind"],
            np.array(item["n"], dtype=np.int64),
            *(np.array(item[name], dtype=np.float64) for name in ("values", "low", "high")),
        )
        for item in body["items"]
    )
    return Curves(body["bucket"], times[:-1], times[-1], curves)
