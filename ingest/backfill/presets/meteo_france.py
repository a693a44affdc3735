"""Météo-France: "données climatologiques de base" by department, daily (RR-T-Vent) and hourly, as on data.gouv.fr.

Semicolons, a point in numbers, a header `NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJ...`, an empty cell where nothing is
known, and beside each value X its quality code QX: 0 protected, 1 validated, 9 passed the first filters, 2 doubtful.
Values with any other code than 0, 1 and 9 are left out and counted. The device is the station's number NUM_POSTE.

Daily: TN, TX and TM of the day AAAAMMJJ, which is a civil day here. Hourly: AAAAMMJJHH is in UTC.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.backfill.clock import parse_texts
from ingest.backfill.presets.preset import UTC_US, Asked, Preset
from ingest.backfill.table import Block, Table, open_table
from ingest.errors import FileError

STATION = "NUM_POSTE"
TRUSTED = ("0", "1", "9", "")
# column of the file: quantity and unit, as Vigie's headers say them
DAILY: Mapping[str, str] = {
    "TN": "temperature_day_min [Cel]",
    "TX": "temperature_day_max [Cel]",
    "TM": "temperature_day_mean [Cel]",
}
HOURLY: Mapping[str, str] = {
    "T": "temperature [Cel]",
    "TD": "dew_point [Cel]",
    "U": "relative_humidity [%]",
    "FF": "wind_speed [m/s]",
    "DD": "wind_direction [deg]",
    "FXI": "wind_gust [m/s]",
    "PSTAT": "air_pressure [hPa]",
}


@contextmanager
def open_daily(path: Path, asked: Asked) -> Iterator[Table]:
    """Open a daily file."""
    with open_table(path, ";") as table:
        yield adapt(table, asked, "AAAAMMJJ", DAILY)


@contextmanager
def open_hourly(path: Path, asked: Asked) -> Iterator[Table]:
    """Open an hourly file."""
    with open_table(path, ";") as table:
        yield adapt(table, asked, "AAAAMMJJHH", HOURLY)


def adapt(table: Table, asked: Asked, time: str, wanted: Mapping[str, str]) -> Table:
    """Give the columns that are wanted under names that Vigie knows, block by block. Raises FileError."""
    if STATION not in table.names or time not in table.names:
        raise FileError(f"no columns {STATION} and {time}; columns are {', '.join(table.names[:12])}")
    present = {name: said for name, said in wanted.items() if name in table.names}
    if not present:
        raise FileError(f"none of the columns {', '.join(wanted)} is there; columns are {', '.join(table.names)}")
    notes: list[str] = []
    blocks = (adapt_block(block, table.names, asked, time, present, notes) for block in table.blocks)
    return Table(["time", "device", *present.values()], blocks, notes)


def adapt_block(
    block: Block, names: list[str], asked: Asked, time: str, present: Mapping[str, str], notes: list[str]
) -> Block:
    """Turn one block."""
    columns = dict(zip(names, block.columns.columns, strict=True))
    stations = pc.utf8_trim_whitespace(columns[STATION])
    values = [trusted(columns, name, notes) for name in present]
    batch = pa.RecordBatch.from_arrays(
        [read_times(columns[time], time), stations, *values], names=["time", "device", *present.values()]
    )
    lines = block.lines
    if asked.only:
        chosen = pc.fill_null(pc.is_in(stations, pa.array(sorted(asked.only))), False)
        batch, lines = batch.filter(chosen), lines[chosen.to_numpy(zero_copy_only=False)]
    return Block(batch, lines, block.uncut, block.end, block.share)


def read_times(column: pa.Array, name: str) -> pa.Array:
    """Read days as civil midnights without a zone, hours as instants; null where a text is neither."""
    text = pc.utf8_trim_whitespace(column)
    if name == "AAAAMMJJ":
        return parse_texts(text, "%Y%m%d")
    return parse_texts(text, "%Y%m%d%H").cast(UTC_US)


def trusted(columns: Mapping[str, pa.Array], name: str, notes: list[str]) -> pa.Array:
    """Give a column without the values that its quality code does not vouch for."""
    values, codes = columns[name], columns.get(f"Q{name}")
    if codes is None:
        return values
    is_doubtful = pc.invert(pc.is_in(pc.fill_null(pc.utf8_trim_whitespace(codes), ""), pa.array(TRUSTED)))
    n_doubtful = int(np.count_nonzero(pc.and_(is_doubtful, values.is_valid()).to_numpy(zero_copy_only=False)))
    if n_doubtful:
        notes.append(f"{n_doubtful} values of {name} left out: their quality code is none of 0, 1, 9")
    return pc.if_else(is_doubtful, pa.scalar(None, pa.string()), values)


PRESETS = (
    Preset("meteo-france-daily", "Météo-France, daily data of a department: TN, TX, TM", open_daily),
    Preset("meteo-france-hourly", "Météo-France, hourly data of a department", open_hourly),
)
