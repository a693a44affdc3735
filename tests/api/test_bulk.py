"""Measurements as files: every format says the same, each row once and in order, to whom it may be said only."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import store.bulk
from api.app import create_app
from store.connect import connect
from tests.api.test_hangup import scope_of, wait_for_ever
from tests.support.api import run_story
from tests.support.town import BEGIN, N_STEPS, STEP, SmallRegion, seed_small_region

pytestmark = pytest.mark.services

SPAN = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-10T00:00:00Z"}
EXTENSIONS = ("csv", "jsonl", "geojson", "parquet", "arrow")
Rows = list[tuple[int, datetime, float | None]]


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


def read(extension: str, body: bytes) -> Rows:
    """Read a file as a stranger would, with another library where there is one."""
    if extension == "csv":
        lines = csv.DictReader(io.StringIO(body.decode()), strict=True)
        return [row_of(line["series_id"], line["observed_at"], line["value"] or None) for line in lines]
    if extension in ("parquet", "arrow"):
        table = pq.read_table(pa.BufferReader(body)) if extension == "parquet" else pa.ipc.open_file(body).read_all()
        assert table.schema.field("observed_at").type == pa.timestamp("us", "UTC")
        return [row_of(row["series_id"], row["observed_at"], row["value"]) for row in table.to_pylist()]
    if extension == "geojson":
        items = [feature["properties"] for feature in json.loads(body)["features"]]
    else:
        items = [json.loads(line) for line in body.splitlines()]
    return [row_of(item["series_id"], item["observed_at"], item["value"]) for item in items]


def row_of(series_id: Any, at: Any, value: Any) -> tuple[int, datetime, float | None]:
    instant = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    assert instant.utcoffset() is not None
    return int(series_id), instant.astimezone(UTC), None if value is None else float(value)


def stored(region: SmallRegion) -> Rows:
    """What the small region holds, in order of time and then of series."""
    ids = sorted([region.east_series, region.west_series])
    return [(number, BEGIN + step * STEP, float(40 + step % 7)) for step in range(N_STEPS) for number in ids]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_every_format_holds_each_row_once_and_in_order(
    database_url: str, region: SmallRegion, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    """However the span is cut into slices, too long and too short ones among them, the rows are those stored."""
    monkeypatch.setattr(store.bulk, "TARGET_ROWS", 50)
    monkeypatch.setattr(store.bulk, "MOST_ROWS", 100)

    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/measurements.{extension}", params=SPAN)
        assert answer.status_code == 200, answer.text
        assert read(extension, answer.content) == stored(region)

    run_story(database_url, region.region_key, story)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_empty_choice_is_a_file_that_can_be_read(database_url: str, region: SmallRegion, extension: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/measurements.{extension}", params={**SPAN, "quantity": "unheard"})
        assert (answer.status_code, read(extension, answer.content)) == (200, [])

    run_story(database_url, region.region_key, story)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_instants_keep_their_parts_of_a_second_and_values_all_their_digits(
    database_url: str, region: SmallRegion, extension: str
) -> None:
    odd = [(datetime(2027, 1, 1, 0, 0, 0, us, UTC), value) for us, value in ((0, 0.1), (1, 1e-300), (120_000, -1e22))]
    with connect(database_url, program="test") as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into measurements values (%s, 1, %s, %s)", [(region.east_series, *row) for row in odd]
        )

    async def story(client: httpx.AsyncClient) -> None:
        span = {"from": "2027-01-01T00:00:00Z", "to": "2027-01-02T00:00:00Z"}
        answer = await client.get(f"/v1/measurements.{extension}", params=span)
        assert read(extension, answer.content) == [(region.east_series, *row) for row in odd]

    run_story(database_url, region.east_key, story)


def test_what_is_no_number_is_null(database_url: str, region: SmallRegion) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into measurements select %s, 1, '2027-01-01Z'::timestamptz + n * interval '1 s', v"
            " from unnest('{NaN,Infinity,2}'::float8[]) with ordinality as odd (v, n)",
            (region.east_series,),
        )

    async def story(client: httpx.AsyncClient) -> None:
        span = {"from": "2027-01-01T00:00:00Z", "to": "2027-01-02T00:00:00Z"}
        for extension in ("csv", "jsonl", "geojson"):
            rows = read(extension, (await client.get(f"/v1/measurements.{extension}", params=span)).content)
            assert [value for _, _, value in rows] == [None, None, 2.0]

    run_story(database_url, region.east_key, story)


def test_french_csv_is_what_a_french_spreadsheet_reads(database_url: str, region: SmallRegion) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into measurements values (%s, 1, '2027-01-01Z', 12.5)",
            (region.east_series,),
        )

    async def story(client: httpx.AsyncClient) -> None:
        query = {"from": "2027-01-01T00:00:00Z", "to": "2027-01-02T00:00:00Z", "french": "true", "names": "true"}
        answer = await client.get("/v1/measurements.csv", params=query)
        head, row = answer.content.decode().split("\r\n")[:2]
        assert head == "series_id;territory;device;channel;quantity;unit;observed_at;value"
        assert row == f"{region.east_series};east;dev-east;;active_power;W;2027-01-01T00:00:00Z;12,5"

    run_story(database_url, region.east_key, story)


@pytest.mark.parametrize("extension", ["jsonl", "parquet", "arrow"])
def test_rows_name_their_series_where_that_is_wanted(database_url: str, region: SmallRegion, extension: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/measurements.{extension}", params={**SPAN, "names": "true"})
        if extension == "jsonl":
            rows = [json.loads(line) for line in answer.content.splitlines()]
        else:
            reader = pq.read_table if extension == "parquet" else lambda body: pa.ipc.open_file(body).read_all()
            rows = reader(pa.BufferReader(answer.content)).to_pylist()
        place = {"east": region.east_series, "west": region.west_series}
        assert {(row["territory"], row["device"], row["series_id"]) for row in rows} == {
            (town, f"dev-{town}", number) for town, number in place.items()
        }
        assert {row["unit"] for row in rows} == {"W"}

    run_story(database_url, region.region_key, story)


def test_a_table_says_in_its_head_what_its_series_are(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get("/v1/measurements.parquet", params=SPAN)
        told = json.loads(pq.read_schema(pa.BufferReader(answer.content)).metadata[b"vigie.series"])
        assert [(row["quantity"], row["unit"]) for row in told] == [("active_power", "W")] * 2

    run_story(database_url, region.region_key, story)


def test_geojson_puts_a_measurement_where_its_asset_stood_then(database_url: str, region: SmallRegion) -> None:
    """Before its placement a device told of nothing; then of a lamp; after it was moved of another one."""
    with connect(database_url, program="test") as connection:
        connection.execute(
            "update placements set period = tstzrange('2026-03-01T00:10Z', '2026-03-01T00:20Z')"
            " where device_id = (select device_id from devices where external_id = 'dev-east')"
        )

    async def story(client: httpx.AsyncClient) -> None:
        span = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T00:30:00Z"}
        features = (await client.get("/v1/measurements.geojson", params=span)).json()["features"]
        assert [feature["geometry"] for feature in features] == [
            None,
            {"type": "Point", "coordinates": [5.1, 47.5]},
            None,
        ]

    run_story(database_url, region.east_key, story)


@pytest.mark.parametrize(
    ("query", "n_series"),
    [
        ({"territory": "east"}, 1),
        ({"type": "street_light"}, 2),
        ({"type": "bin"}, 0),
        ({"bbox": "5,47,6,48"}, 2),
        ({"bbox": "6,47,7,48"}, 0),
        ({"near": "5.1,47.509", "within_m": 1010}, 2),
        ({"near": "5.1,47.509", "within_m": 990}, 0),
        ({"polygon": "5.0,47.4;5.2,47.4;5.1,47.6"}, 2),
        ({"polygon": "5.0,47.4;5.05,47.4;5.0,47.6"}, 0),
        ({"tag": "zone:centre"}, 1),
        ({"tag": ["zone:centre", "pole:wood"]}, 0),
        ({"quantity": "active_power"}, 2),
    ],
)
def test_series_are_chosen_by_what_and_where(
    database_url: str, region: SmallRegion, query: dict[str, Any], n_series: int
) -> None:
    """Assets and measurements take the same words; a degree of latitude is 111.2 km."""
    with connect(database_url, program="test") as connection:
        connection.execute("""update assets set attributes = '{"zone": "centre"}' where name like '%east%'""")

    async def story(client: httpx.AsyncClient) -> None:
        body = (await client.get("/v1/measurements.csv", params={**SPAN, **query})).content
        assert len({row[0] for row in read("csv", body)}) == n_series
        if "quantity" not in query:
            items = (await client.get("/v1/assets", params=query)).json()["items"]
            assert len(items) == n_series

    run_story(database_url, region.region_key, story)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("near=5.1", "longitude,latitude"),
        ("near=500,47", "within"),
        ("polygon=1,2;3,4", "3 to 200"),
        ("tag=centre", "attribute:value"),
        ("bbox=1,2,3", "four numbers"),
        ("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "before"),
        ("from=1970-01-01T00:00:00Z&to=2190-01-01T00:00:00Z", "18300 days"),
    ],
)
def test_what_cannot_be_is_refused_before_any_row(
    database_url: str, region: SmallRegion, query: str, words: str
) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/measurements.csv?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert words in answer.json()["detail"]

    run_story(database_url, region.region_key, story)


def test_too_much_is_refused_by_what_is_counted_already(database_url: str, region: SmallRegion) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into measurements_daily (series_id, bucket, n, sum, min, max, first, last, first_at, last_at,"
            " covered_s) select %s, '2026-03-02Z', 2000000000, 1, 1, 1, 1, 1, now(), now(), 0",
            (region.east_series,),
        )

    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get("/v1/measurements.csv", params=SPAN)
        assert answer.status_code == 422
        assert "/v1/exports" in answer.json()["detail"]

    run_story(database_url, region.region_key, story)


def test_a_foreign_series_is_not_to_be_had(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        guessed = await client.get("/v1/measurements.csv", params={**SPAN, "series_id": region.east_series})
        assert guessed.status_code == 404
        own = await client.get("/v1/measurements.csv", params=SPAN)
        assert {row[0] for row in read("csv", own.content)} == {region.west_series}

    run_story(database_url, region.west_key, story)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_text_is_compressed_as_the_client_takes_it(database_url: str, region: SmallRegion, encoding: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        async with client.stream(
            "GET", "/v1/measurements.jsonl", params=SPAN, headers={"Accept-Encoding": encoding}
        ) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
            assert answer.headers["content-encoding"] == encoding
        body = pa.CompressedInputStream(pa.BufferReader(raw), encoding).read()
        assert read("jsonl", body) == stored(region)

    run_story(database_url, region.region_key, story)


def test_what_was_taken_out_is_in_the_audit_log(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        await client.get("/v1/measurements.csv", params={**SPAN, "quantity": "active_power"})

    run_story(database_url, region.east_key, story)
    with connect(database_url, program="test") as connection:
        rows = connection.execute("select actor, action, subject, detail from audit_log").fetchall()
    ((actor, action, subject, detail),) = rows
    assert (action, subject) == ("export", "/v1/measurements.csv")
    assert "(east)" in actor
    assert detail["filters"] == {"quantity": "active_power"}
    assert detail["n_series"] == 1


def test_a_slow_reader_of_a_file_holds_no_connection(
    database_url: str, region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one connection in the pool others are answered while a client takes nothing of the file it asked for."""
    monkeypatch.setattr(store.bulk, "TARGET_ROWS", 50)
    app = create_app(database_url, n_connections=1)
    query = str(httpx.QueryParams(SPAN)).encode()
    scope = {**scope_of("/v1/measurements.csv", region.east_key), "query_string": query}

    async def story() -> list[int]:
        n_parts = 0
        is_answering = asyncio.Event()

        async def take_little(message: Any) -> None:
            nonlocal n_parts
            n_parts += bool(message.get("body"))
            if n_parts >= 2:
                is_answering.set()
                await asyncio.Event().wait()

        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://vigie.test") as client,
            asyncio.timeout(30),
        ):
            slow = asyncio.create_task(app(scope, wait_for_ever, take_little))
            await is_answering.wait()
            answers = [await client.get("/v1/assets", headers={"X-API-Key": region.east_key}) for _ in range(3)]
            assert app.state.gate.n_running == 1
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)
            assert app.state.gate.n_running == 0
        return [answer.status_code for answer in answers]

    assert asyncio.run(story()) == [200, 200, 200]
