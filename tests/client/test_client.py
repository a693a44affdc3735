"""The client against the real API over HTTP: lists, arrays, files, writes, and what it says when it is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from store.connect import connect
from store.keys import create_key
from tests.support.every_row import EveryRow, seed_every_row
from tests.support.served import served
from tests.support.town import BEGIN, N_STEPS, STEP, SmallRegion, seed_small_region
from vigie_client import Client, PartUsed, RefusedError, UnreachableError
from vigie_client.lists import Lists

pytestmark = pytest.mark.services

END = BEGIN + N_STEPS * STEP


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


@pytest.fixture
def vigie(database_url: str, region: SmallRegion) -> Iterator[Client]:
    with served(database_url) as address, Client(address, region.region_key) as client:
        yield client


def test_lists_are_typed_and_narrowed(vigie: Client, region: SmallRegion) -> None:
    assert [one.territory for one in vigie.territories()] == ["region", "east", "west"]
    (lamp,) = vigie.assets(territory="east", bbox=(5.0, 47.0, 6.0, 48.0), near=(5.1, 47.5), within_m=10)
    assert (lamp.type_name_en, lamp.last_observed_at) == ("Street light", END - STEP)
    assert list(vigie.assets(polygon=[(0, 0), (1, 0), (1, 1)])) == []
    assert list(vigie.assets(tags={"zone": "centre"})) == []
    (series,) = vigie.series(asset_id=lamp.asset_id)
    assert (series.series_id, series.unit) == (region.east_series, "W")
    (last,) = vigie.last_values(asset_id=lamp.asset_id)
    assert (last.value, last.observed_at) == (40 + (N_STEPS - 1) % 7, END - STEP)


def test_pages_of_any_list_are_followed(vigie: Client) -> None:
    whole = [one["series_id"] for one in vigie.pages("/v1/series")]
    assert [one["series_id"] for one in vigie.pages("/v1/series", limit=1)] == whole
    assert len(whole) == 2


def test_typed_lists_follow_pages(vigie: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lists._pages, "__defaults__", (1,))
    assert len(list(vigie.territories())) == 3


def test_measurements_come_as_arrays(vigie: Client, region: SmallRegion) -> None:
    """In NumPy, pandas and polars the rows are those stored, in UTC."""
    wanted = [region.east_series, region.west_series]
    found = vigie.measurements(wanted, begin=BEGIN, end=END, names=True)
    assert len(found) == 2 * N_STEPS
    times, values = found.by_series()[region.west_series]
    expected = np.datetime64(BEGIN.replace(tzinfo=None), "us") + np.arange(N_STEPS) * np.timedelta64(STEP)
    np.testing.assert_array_equal(times, expected)
    np.testing.assert_array_equal(values, 40.0 + np.arange(N_STEPS) % 7)
    frame = found.to_pandas()
    assert set(frame["quantity"]) == {"active_power"}
    assert frame["observed_at"].iloc[0] == BEGIN
    polars = found.to_polars()
    assert polars.schema["observed_at"] == pl.Datetime("us", "UTC")
    assert polars["value"].sum() == frame["value"].sum() == 2 * values.sum()


def test_curves_come_as_arrays_with_nan_where_nothing_is(vigie: Client, region: SmallRegion) -> None:
    begin = BEGIN - timedelta(hours=1)
    found = vigie.curves([region.east_series], begin=begin, end=BEGIN + timedelta(hours=1), bucket="raw", points=12)
    (curve,) = found
    assert (curve.unit, found.bucket, len(found.starts)) == ("W", "raw", 12)
    np.testing.assert_array_equal(curve.n, [0] * 6 + [1] * 6)
    np.testing.assert_array_equal(curve.values, [np.nan] * 6 + [40, 41, 42, 43, 44, 45])
    assert found.starts[0] == np.datetime64(begin.replace(tzinfo=None))
    frame = found.to_pandas()
    assert frame.index[6] == BEGIN
    assert frame[region.east_series].sum() == sum(range(40, 46))
    polars = found.to_polars()
    assert polars["start"].dtype == pl.Datetime("us", "UTC")
    assert polars[str(region.east_series)].null_count() == 6


@pytest.mark.parametrize("extension", ["parquet", "csv"])
def test_files_are_written_whole(vigie: Client, tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"values.{extension}"
    n_bytes = vigie.download(path, begin=BEGIN, end=END, extension=extension, territory="east")  # type: ignore[arg-type]
    assert n_bytes == path.stat().st_size
    if extension == "parquet":
        assert pq.read_table(path).num_rows == N_STEPS
    else:
        assert len(path.read_text(encoding="utf-8").splitlines()) == N_STEPS + 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_refused_leaves_nothing(vigie: Client, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="before to") as refused:
        vigie.download(tmp_path / "values.csv", begin=END, end=BEGIN, extension="csv")
    assert refused.value.status == 422
    assert list(tmp_path.iterdir()) == []


def test_instants_without_a_zone_are_refused_here(vigie: Client, region: SmallRegion) -> None:
    with pytest.raises(ValueError, match="time zone"):
        vigie.measurements([region.east_series], begin=BEGIN.replace(tzinfo=None), end=END)


def test_refusals_carry_the_servers_sentence(vigie: Client, region: SmallRegion) -> None:
    with pytest.raises(RefusedError, match="no such series") as refused:
        vigie.curves([9999], begin=BEGIN, end=END)
    assert (refused.value.status, refused.value.body["title"]) == (404, "Not found")
    with pytest.raises(RefusedError, match="did you mean 'territory'"):
        list(vigie.pages("/v1/assets", teritory="east"))


def test_a_key_that_is_not_known_is_refused(database_url: str, region: SmallRegion) -> None:
    with served(database_url) as address, Client(address, "vg_nobody") as stranger:
        with pytest.raises(RefusedError) as refused:
            list(stranger.assets())
        assert refused.value.status == 401


def test_a_key_of_one_commune_sees_nothing_of_another(database_url: str, region: SmallRegion) -> None:
    with served(database_url) as address, Client(address, region.west_key) as west:
        assert {one.territory for one in west.assets()} == {"west"}
        with pytest.raises(RefusedError):
            west.measurements([region.east_series], begin=BEGIN, end=END)


@pytest.mark.parametrize(
    "address", ["http://vigie.example.org", "http://10.0.0.1:8080", "ftp://x", "vigie.example.org"]
)
def test_a_key_never_goes_over_plain_http(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Client(address, "vg_secret")


def test_a_finding_is_judged_and_its_work_order_led_to_the_end(database_url: str) -> None:
    """Over a stale version nothing is written."""
    town: EveryRow = seed_every_row(database_url)
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "technician", ["north"], scopes=("read", "write"))
        connection.execute("update work_orders set state = 'cancelled'")
    assert town.north_key != key
    with served(database_url) as address, Client(address, key) as vigie:
        (finding,) = vigie.findings()
        failed_at = datetime(2026, 5, 2, tzinfo=UTC)
        given = vigie.judge(finding.finding_id, "confirmed", who="équipe nord", failed_at=failed_at)
        assert (given.verdict, given.failed_at) == ("confirmed", failed_at)
        assert next(vigie.verdicts(finding_id=finding.finding_id)).verdict_id == given.verdict_id
        order = vigie.open_work_order(finding_id=finding.finding_id, note="nacelle")
        planned = vigie.change_work_order(order, technician="équipe nord", planned_at=failed_at + timedelta(days=30))
        assert (planned.state, planned.technician) == ("planned", "équipe nord")
        with pytest.raises(RefusedError) as refused:
            vigie.change_work_order(order, technician="équipe sud")
        assert refused.value.status == 412
        parts = [PartUsed("ballast", 1.0, 38.5)]
        closed = vigie.close_work_order(planned, "confirmed", parts=parts, condition="failed", failed_at=failed_at)
        assert (closed.state, list(closed.parts)) == ("closed", parts)
        released = vigie.open_work_order(territory="north", title="Autre", technician="équipe nord")
        assert vigie.change_work_order(released, technician=None).technician is None


def test_every_list_of_the_client_is_read(database_url: str) -> None:
    town = seed_every_row(database_url)
    with served(database_url) as address, Client(address, town.region_key) as vigie:
        lists = {
            "devices": vigie.devices(), "findings": vigie.findings(), "incidents": vigie.incidents(),
            "verdicts": vigie.verdicts(), "work_orders": vigie.work_orders(), "kpis": vigie.kpis(),
            "forecasts": vigie.forecasts(), "models": vigie.models(), "reports": vigie.reports(),
            "rejections": vigie.rejections(), "deliveries": vigie.deliveries(), "gaps": vigie.gaps(),
        }  # fmt: skip
        assert [name for name, found in lists.items() if not list(found)] == []
        spans = {"begin": datetime(2026, 5, 1, tzinfo=UTC), "end": datetime(2026, 5, 2, tzinfo=UTC)}
        assert list(vigie.completeness(**spans))
        (report, *_) = vigie.reports(territory="north")
        assert vigie.report_file(report.report_id, "report.html") == b"secret of north"


def test_a_server_that_is_away_is_said_so(database_url: str, region: SmallRegion) -> None:
    with served(database_url) as address:
        pass
    waits: list[float] = []
    with Client(address, region.region_key) as vigie:
        vigie._transport._sleep = waits.append
        with pytest.raises(UnreachableError, match="does not answer"):
            list(vigie.assets())
    assert len(waits) == 3
    assert waits == sorted(waits)
