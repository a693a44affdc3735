"""Five real data sets through MQTT, ingest and TimescaleDB, read back over the API and compared value by value.

What is expected is read from the files here, by other means than the replay's own.
"""

import csv
import gzip
import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.replay_registration import register_entries
from ingest.settings import Settings
from simulators.mapping import read_mapping, renamed
from simulators.mapping_tables import Mapping
from simulators.publisher import Publisher
from simulators.replay import Tally, replay
from simulators.replay_entries import entries
from tests.support.ingesting import ingesting
from tests.support.read_back import Series, Values, read_values
from tests.support.shared import shared_data

pytestmark = [pytest.mark.services, pytest.mark.shared_data]


class Chain:
    """A worker's services and a territory of its own, for one data set."""

    def __init__(self, database_url: str, mqtt_url: str, territory: str) -> None:
        self.settings = Settings(database_url, mqtt_url, territory=territory)
        self.territory = territory

    def replay(self, mapping_name: str, *paths: Path) -> list[Tally]:
        """Replay files one after the other through a running worker."""
        mapping = renamed(read_mapping(mapping_name), self.territory)
        with ingesting(self.settings):
            return [self.replay_one(path, mapping) for path in paths]

    def replay_one(self, path: Path, mapping: Mapping) -> Tally:
        """Register what the file speaks of, and publish it."""
        register_entries(self.settings.database_url, entries(mapping, path))
        with Publisher(self.settings.mqtt_url, f"replay-{self.territory}", self.territory, patience_s=5) as publisher:
            tally = replay(path, mapping, publisher, lambda _: None)
        assert tally.n_unreceipted == 0
        assert tally.n_bad_rows == tally.n_unreadable == 0, tally.problems
        assert tally.counts.receipted == tally.counts.published
        outcomes = tally.counts.stored + tally.counts.duplicate + sum(tally.counts.refused.values())
        assert outcomes == tally.n_values
        return tally

    def read(self, expected: Values) -> Values:
        """Read back over the API, a year around what is expected."""
        instants = [at for values in expected.values() for at in values]
        year = timedelta(days=366)
        return read_values(self.settings.database_url, self.territory, min(instants) - year, max(instants) + year)


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Chain:
    return Chain(database_url, mqtt_url, territory_slug)


def compare(read: Values, expected: Values) -> None:
    """Compare series by series and value by value; conversions may differ in the last digits."""
    assert read.keys() == expected.keys()
    for series, values in expected.items():
        assert read[series].keys() == values.keys(), series
        wrong = [
            (at, value, read[series][at])
            for at, value in values.items()
            if not math.isclose(read[series][at], value, rel_tol=1e-12, abs_tol=1e-12)
        ]
        assert not wrong, (series, wrong[:3])


def rows_of(path: Path) -> list[list[str]]:
    """Give all rows of a file."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(newline="") as text:
        return list(csv.reader(text))


def celsius(fahrenheit: float) -> float:
    """Convert a temperature."""
    return (fahrenheit - 32.0) * 5.0 / 9.0


def test_wyndham_smart_bins(chain: Chain) -> None:
    """160 days of containers come several times; of two the values differ, and the first stands."""
    path = shared_data("wyndham-smart-bins") / "fullness-2018-to-2020-06.csv"
    expected: Values = {}
    conflicts = n_again = 0
    for bin_id, fullness, _, day, _ in rows_of(path)[1:]:
        at = datetime.strptime(day, "%d-%m-%Y").replace(tzinfo=ZoneInfo("Australia/Melbourne")).astimezone(UTC)
        values = expected.setdefault((f"bin-{bin_id}", "", "fill_level"), {})
        n_again += at in values
        conflicts += values.setdefault(at, 10.0 * int(fullness)) != 10.0 * int(fullness)
    (tally,) = chain.replay("wyndham-smart-bins", path)
    assert (tally.n_rows, tally.n_values, tally.n_missing) == (21_659, 21_659, 0)
    assert (n_again, conflicts) == (768, 2)
    assert (tally.counts.stored, tally.counts.duplicate) == (20_891, 766)
    assert tally.counts.refused == {"conflicting_value": 2}
    told = {(refusal.topic.split("/")[2], refusal.n_values) for refusal in tally.counts.refusals}
    assert told == {("bin-1511205", 1), ("bin-1511203", 1)}
    compare(chain.read(expected), expected)


def test_parking_germany(chain: Chain) -> None:
    """12 columns of free places; the source writes -404 and -409 where it could not read, which cannot be stored."""
    path = shared_data("parking-germany") / "free-places-2024-01-to-09.csv.gz"
    header, *rows = rows_of(path)
    expected: Values = {(column, "", "free_places"): {} for column in header[1:]}
    impossible: Counter[str] = Counter()
    for time, *cells in rows:
        at = datetime.fromisoformat(time)
        for column, cell in zip(header[1:], cells, strict=True):
            if cell.startswith("-"):
                impossible[cell] += 1
            elif cell:
                expected[column, "", "free_places"][at] = float(cell)
    (tally,) = chain.replay("parking-germany", path)
    assert (tally.n_rows, tally.n_values, tally.n_missing) == (61_310, 516_788, 61_310 * 12 - 516_788)
    assert impossible == {"-404": 25, "-409": 15}
    assert tally.counts.refused == {"out_of_range": 40}
    assert tally.counts.stored == 516_788 - 40
    compare(chain.read(expected), expected)


def test_uci_occupancy(chain: Chain) -> None:
    """Rows begin with a number that the header does not name; two files tell about one room."""
    folder = shared_data("uci-occupancy")
    paths = [folder / "datatraining.txt", folder / "datatest.txt"]
    names = ("temperature", "relative_humidity", "illuminance", "co2", "humidity_ratio", "presence")
    expected: Values = {("room", "", name): {} for name in names}
    for row in (row for path in paths for row in rows_of(path)[1:]):
        at = datetime.fromisoformat(row[1]).replace(tzinfo=ZoneInfo("Europe/Brussels")).astimezone(UTC)
        for name, cell in zip(names, row[2:], strict=True):
            expected["room", "", name][at] = float(cell) * (1000.0 if name == "humidity_ratio" else 1.0)
    tallies = chain.replay("uci-occupancy", *paths)
    assert [tally.n_rows for tally in tallies] == [8143, 2665]
    assert [tally.counts.stored for tally in tallies] == [8143 * 6, 2665 * 6]
    compare(chain.read(expected), expected)


AHU_COLUMNS = {
    "AHU: Supply Air Temperature": ("supply", "air_temperature"),
    "AHU: Supply Air Temperature Set Point": ("supply_setpoint", "air_temperature"),
    "AHU: Supply Air Temperature Heating Set Point": ("supply_heating_setpoint", "air_temperature"),
    "AHU: Supply Air Temperature Cooling Set Point": ("supply_cooling_setpoint", "air_temperature"),
    "AHU: Outdoor Air Temperature": ("outdoor", "air_temperature"),
    "AHU: Mixed Air Temperature": ("mixed", "air_temperature"),
    "AHU: Return Air Temperature": ("return", "air_temperature"),
    "AHU: Supply Air Fan Status": ("supply", "fan_on"),
    "AHU: Return Air Fan Status": ("return", "fan_on"),
    "AHU: Supply Air Fan Speed Control Signal": ("supply", "fan_speed"),
    "AHU: Return Air Fan Speed Control Signal": ("return", "fan_speed"),
    "AHU: Exhaust Air Damper Control Signal": ("exhaust", "damper_position"),
    "AHU: Outdoor Air Damper Control Signal": ("outdoor", "damper_position"),
    "AHU: Return Air Damper Control Signal": ("return", "damper_position"),
    "AHU: Cooling Coil Valve Control Signal": ("cooling", "valve_position"),
    "AHU: Heating Coil Valve Control Signal": ("heating", "valve_position"),
    "AHU: Supply Air Duct Static Pressure Set Point": ("supply_setpoint", "duct_static_pressure"),
    "AHU: Supply Air Duct Static Pressure": ("supply", "duct_static_pressure"),
    "Occupancy Mode Indicator": ("", "occupancy_mode"),
    "Fault Detection Ground Truth": ("", "fault_label"),
}


@pytest.mark.parametrize(("name", "n_columns", "n_missing"), [("MZVAV-2-1", 18, 0), ("SZCAV", 15, 90)])
def test_lbnl_fdd_ahu(chain: Chain, name: str, n_columns: int, n_missing: int) -> None:
    """Fahrenheit, inches of water and ratios become what the quantities are in; days are of Pacific standard time."""
    path = shared_data("lbnl-fdd-ahu") / f"{name}.csv"
    expected = dict(expect_ahu(path))
    (tally,) = chain.replay("lbnl-fdd-ahu", path)
    assert len(expected) == n_columns
    assert (tally.n_rows, tally.n_missing) == (21_600, n_missing)
    assert tally.counts.stored == tally.n_values == 21_600 * n_columns - n_missing
    compare(chain.read(expected), expected)


def expect_ahu(path: Path) -> Iterator[tuple[Series, dict[datetime, float]]]:
    """Read an air handling unit's file column by column."""
    header, *rows = rows_of(path)
    zone = ZoneInfo("Etc/GMT+8")
    instants = [datetime.strptime(row[0], "%m/%d/%Y %H:%M").replace(tzinfo=zone).astimezone(UTC) for row in rows]
    for index, title in enumerate(header[1:], 1):
        channel, quantity = AHU_COLUMNS[title.strip()]
        yield (
            (f"ahu-{path.stem}", channel, quantity),
            {
                at: in_canonical_unit(float(row[index]), quantity)
                for at, row in zip(instants, rows, strict=True)
                if row[index] != "#VALUE!"
            },
        )


def in_canonical_unit(value: float, quantity: str) -> float:
    """Convert from the file's unit to the quantity's."""
    if quantity == "air_temperature":
        return celsius(value)
    if quantity == "duct_static_pressure":
        return value * 249.08891  # inch of water at 4 degrees Celsius
    return value * 100.0 if quantity in ("fan_speed", "damper_position", "valve_position") else value


def test_streetlight_power(chain: Chain) -> None:
    """One value a line and nothing else; 59 are nan in each file, and keep their minute."""
    folder = shared_data("streetlight-power")
    begin = datetime(2015, 10, 5, 7, tzinfo=UTC)
    expected: Values = {}
    for letter, quantity in (("w", "active_power"), ("v", "voltage")):
        lines = (folder / f"{letter}-data-test.txt").read_text().splitlines()
        expected["feeder", "", quantity] = {
            begin + timedelta(minutes=number): float(line) for number, line in enumerate(lines) if line != "nan"
        }
    tallies = chain.replay("streetlight-power", folder / "w-data-test.txt", folder / "v-data-test.txt")
    assert [(tally.n_rows, tally.n_values, tally.n_missing) for tally in tallies] == [(8640, 8581, 59)] * 2
    assert [tally.counts.stored for tally in tallies] == [8581, 8581]
    compare(chain.read(expected), expected)
