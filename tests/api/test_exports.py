"""Ordered files: written once, fetched in parts, only by the key that ordered them, gone when their time is over."""

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.exports.folder import Folder, FolderError
from api.program import settings_from
from store.connect import connect
from tests.api.test_bulk import read, stored
from tests.support.town import SmallRegion, seed_small_region
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

SPAN = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-10T00:00:00Z"}
ORDER = {"format": "csv", **SPAN}
Story = Callable[[httpx.AsyncClient], Awaitable[None]]


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


@asynccontextmanager
async def client_of(database_url: str, folder: Folder, key: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(database_url, n_connections=4, exports=folder)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://vigie.test", headers=headers) as client,
    ):
        yield client


def tell(database_url: str, folder: Path, key: str, story: Story, most_bytes: int = 1 << 30) -> None:
    async def told() -> None:
        async with client_of(database_url, Folder(folder, most_bytes), key) as client:
            await story(client)

    asyncio.run(told())


async def finished(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    """Ask until the export is over."""
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await client.get(address)).json()
            if found["state"] not in ("waiting", "running"):
                return found
            await asyncio.sleep(0.05)  # between two looks; the deadline is above


@pytest.mark.parametrize("more", [{}, {"format": "parquet"}, {"compression": "gzip"}])
def test_an_ordered_file_is_written_and_fetched(
    database_url: str, region: SmallRegion, tmp_path: Path, more: dict[str, str]
) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.post("/v1/exports", json={**ORDER, **more})
        assert answer.status_code == 202, answer.text
        export = await finished(client, answer.headers["location"])
        assert (export["state"], export["n_rows"]) == ("ready", len(stored(region)))
        body = (await client.get(export["file"])).content
        assert (len(body), hashlib.sha256(body).hexdigest()) == (export["n_bytes"], export["sha256"])
        if "compression" in more:
            body = gzip.decompress(body)
        assert read(str(more.get("format", "csv")), body) == stored(region)
        listed = (await client.get("/v1/exports")).json()["items"]
        assert [item["export_id"] for item in listed] == [export["export_id"]]

    tell(database_url, tmp_path / "exports", region.region_key, story)


def test_a_download_that_was_cut_goes_on_where_it_stopped(
    database_url: str, region: SmallRegion, tmp_path: Path
) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        export = await finished(client, (await client.post("/v1/exports", json=ORDER)).headers["location"])
        first = await client.get(export["file"], headers={"Range": "bytes=0-999"})
        assert (first.status_code, len(first.content)) == (206, 1000)
        rest = await client.get(export["file"], headers={"Range": "bytes=1000-", "If-Range": first.headers["etag"]})
        assert rest.status_code == 206
        assert hashlib.sha256(first.content + rest.content).hexdigest() == export["sha256"]
        changed = await client.get(export["file"], headers={"Range": "bytes=1000-", "If-Range": '"another"'})
        assert (changed.status_code, len(changed.content)) == (200, export["n_bytes"])
        behind = await client.get(export["file"], headers={"Range": f"bytes={export['n_bytes']}-"})
        assert behind.status_code == 416

    tell(database_url, tmp_path / "exports", region.region_key, story)


def test_an_export_is_its_keys_own_and_holds_what_the_key_may_see(
    database_url: str, region: SmallRegion, tmp_path: Path
) -> None:
    """Neither a guessed number nor the region's rights lead to another key's file."""

    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.post("/v1/exports", json=ORDER)
        export = await finished(client, answer.headers["location"])
        rows = read("csv", (await client.get(export["file"])).content)
        assert {row[0] for row in rows} == {region.east_series}
        for key in (region.west_key, region.region_key):
            other = {"Authorization": f"Bearer {key}"}
            for method, path in (("GET", ""), ("GET", "/file"), ("DELETE", "")):
                guessed = await client.request(method, f"{answer.headers['location']}{path}", headers=other)
                assert guessed.status_code == 404
            assert (await client.get("/v1/exports", headers=other)).json()["items"] == []
        assert (await client.get(export["file"])).status_code == 200

    tell(database_url, tmp_path / "exports", region.east_key, story)


def test_an_order_of_a_key_that_was_revoked_is_not_written(
    database_url: str, region: SmallRegion, tmp_path: Path
) -> None:
    """Rights count when the file is written, not when it was ordered."""
    folder = Folder(tmp_path / "exports")
    place = folder.ensure()
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into exports (key_id, question, extension, place)"
            """ select key_id, '{"format": "csv"}', 'csv', %s from api_keys where name = 'east'""",
            (place,),
        )
        connection.execute("update api_keys set revoked_at = now() where name = 'east'")

    async def story(client: httpx.AsyncClient) -> None:
        await asyncio.to_thread(wait_until, lambda: state_of(database_url) == "failed", "the order is refused", 60)

    tell(database_url, folder.path, region.region_key, story)
    assert not list(folder.path.glob("export-*"))


def state_of(database_url: str) -> str:
    with connect(database_url, program="test") as connection:
        row = connection.execute("select state from exports").fetchone()
    return str(row[0]) if row else ""


def test_an_order_that_a_process_left_is_written_by_the_next(
    database_url: str, region: SmallRegion, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "exports")
    place = folder.ensure()
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into exports (key_id, question, extension, place, state, n_tries, noted_at)"
            " select key_id, %s::jsonb, 'csv', %s, 'running', 1, now() - interval '2 minutes'"
            " from api_keys where name = 'region'",
            ('{"format": "csv", "from": "2026-03-01T00:00:00Z", "to": "2026-03-10T00:00:00Z"}', place),
        )

    async def story(client: httpx.AsyncClient) -> None:
        export = await finished(client, "/v1/exports/1")
        assert (export["state"], export["n_rows"]) == ("ready", len(stored(region)))

    tell(database_url, folder.path, region.region_key, story)


def test_what_is_over_leaves_the_disk(database_url: str, region: SmallRegion, tmp_path: Path) -> None:
    folder = tmp_path / "exports"

    async def story(client: httpx.AsyncClient) -> None:
        addresses = [(await client.post("/v1/exports", json=ORDER)).headers["location"] for _ in range(2)]
        for address in addresses:
            await finished(client, address)
        assert (await client.delete(addresses[0])).status_code == 204
        assert [path.name for path in folder.glob("export-*")] == ["export-2"]
        assert (await client.get(f"{addresses[0]}/file")).status_code == 409

    tell(database_url, folder, region.region_key, story)
    with connect(database_url, program="test") as connection:
        connection.execute("update exports set expires_at = now() where export_id = 2")

    async def later(client: httpx.AsyncClient) -> None:
        await asyncio.to_thread(wait_until, lambda: not list(folder.glob("export-*")), "the file is removed", 60)
        assert (await client.get("/v1/exports/2")).json()["state"] == "expired"

    tell(database_url, folder, region.region_key, later)


def test_a_folder_that_is_full_is_said(database_url: str, region: SmallRegion, tmp_path: Path) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        export = await finished(client, (await client.post("/v1/exports", json=ORDER)).headers["location"])
        assert export["state"] == "failed"
        assert "full" in export["error"]
        refused = await client.get(f"/v1/exports/{export['export_id']}/file")
        assert "full" in refused.json()["detail"]

    tell(database_url, tmp_path / "exports", region.region_key, story, most_bytes=100)


def test_orders_of_a_key_are_limited_and_checked(database_url: str, region: SmallRegion, tmp_path: Path) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into exports (key_id, question, extension, place)"
            " select key_id, '{}', 'csv', 'elsewhere' from api_keys, generate_series(1, 10) where name = 'east'"
        )

    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.post("/v1/exports", json=ORDER)).status_code == 429
        for wrong, words in (
            ({"format": "xlsx"}, "format"),
            ({**ORDER, "near": "1"}, "longitude"),
            ({"format": "parquet", "compression": "gzip"}, "leave it out"),
            ({**ORDER, "from": "2026-03-01"}, "timezone"),
        ):
            answer = await client.post("/v1/exports", json=wrong)
            assert answer.status_code == 422
            assert words in answer.json()["detail"]
        for body in (b"", b"{", b"[]", b"\xff"):
            answer = await client.post("/v1/exports", content=body)
            assert answer.status_code == 422, answer.text

    tell(database_url, tmp_path / "exports", region.east_key, story)


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "own")
    with pytest.raises(FolderError, match="somebody else"):
        Folder(tmp_path / "linked").ensure()


def test_the_folder_is_a_setting() -> None:
    assert settings_from({"VIGIE_DATABASE_URL": "x", "VIGIE_API_EXPORT_DIR": "/somewhere"}).export_dir == Path(
        "/somewhere"
    )
    assert settings_from({"VIGIE_DATABASE_URL": "x"}).export_dir.is_absolute()
