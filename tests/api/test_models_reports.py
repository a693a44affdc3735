"""Models and signed reports over the API: listed for whom they are, files byte for byte."""

import asyncio
import hashlib
import json

import httpx
import pytest

from store.connect import connect
from tests.support.api import api_client, read_all
from tests.support.every_row import EveryRow, seed_every_row

pytestmark = pytest.mark.services


@pytest.fixture
def town(database_url: str) -> EveryRow:
    return seed_every_row(database_url)


def read(database_url: str, key: str, path: str, **parameters: object) -> list[dict[str, object]]:
    async def story() -> list[dict[str, object]]:
        async with api_client(database_url, key) as client:
            return await read_all(client, path, **parameters)

    return asyncio.run(story())


def test_models_are_listed_with_those_that_all_share(database_url: str, town: EveryRow) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into models (family, version, trained_at, trained_by, score, card, content)"
            " values ('weibull', 1, now(), 'test', 0.25, '{\"units\": 30}', ''),"
            " ('weibull', 2, now(), 'test', 0.5, '{}', '')"
        )
        connection.execute(
            "insert into model_promotions (model_id, at, actor, reason)"
            " select model_id, now(), 'test', 'better' from models where family = 'weibull' and version = 1"
        )
    found = read(database_url, town.north_key, "/v1/models", limit=1)
    told = [(one["family"], one["version"], one["territory"], one["is_champion"]) for one in found]
    assert told == [
        ("weibull", 2, None, False),
        ("weibull", 1, None, True),
        ("failure_probability", 1, "north", False),
    ]
    (champion,) = read(database_url, town.north_key, "/v1/models", state="champion")
    assert (champion["score"], champion["card"]) == (0.25, {"units": 30})
    assert "content" not in champion
    assert read(database_url, town.north_key, "/v1/models", family="weibull", territory="north") == []


def test_a_report_is_listed_and_its_files_come_as_they_were_signed(database_url: str, town: EveryRow) -> None:
    (report,) = read(database_url, town.north_key, "/v1/reports")
    assert (report["territory"], report["period"], report["language"]) == ("north", "2026-05", "fr")
    assert report["files"] == [
        {"name": "report.html", "about": "secret of north", "n_bytes": 9, "sha256": "hash of north"}
    ]

    async def story() -> tuple[httpx.Response, httpx.Response]:
        async with api_client(database_url, town.north_key) as client:
            place = f"/v1/reports/{report['report_id']}/files"
            return await client.get(f"{place}/report.html"), await client.get(f"{place}/manifest.json")

    page, manifest = asyncio.run(story())
    assert (page.content, page.headers["content-type"]) == (b"secret of north", "application/octet-stream")
    assert page.headers["content-disposition"] == 'attachment; filename="report.html"'
    assert json.loads(manifest.content)["files"] == report["files"]


def test_files_in_parts_are_put_together(database_url: str, town: EveryRow) -> None:
    parts = [b"one ", b"two ", b"three"]
    digest = hashlib.sha256(b"".join(parts)).hexdigest()
    manifest = {"files": [{"name": "inputs/a.parquet", "about": "a", "n_bytes": 13, "sha256": digest}]}
    with connect(database_url, program="test") as connection:
        row = connection.execute(
            "insert into reports (territory_id, period, language, signed_at, manifest, signature, kept_until)"
            " select territory_id, '2026-06', 'fr', now(), %s, '', now() + interval '1 year'"
            " from territories where slug = 'north' returning report_id",
            (json.dumps(manifest).encode(),),
        ).fetchone()
        for number, part in reversed(list(enumerate(parts))):
            connection.execute(
                "insert into evidence (territory_id, sha256, part, content, kept_until)"
                " select territory_id, %s, %s, %s, now() from territories where slug = 'north'",
                (digest, number, part),
            )
    assert row is not None

    async def story() -> bytes:
        async with api_client(database_url, town.north_key) as client:
            return (await client.get(f"/v1/reports/{row[0]}/files/inputs/a.parquet")).content

    assert asyncio.run(story()) == b"one two three"


@pytest.mark.parametrize("name", ["report.html", "manifest.json", "nothing", "../report.html"])
def test_reports_of_others_and_files_that_are_not_there_are_404(database_url: str, town: EveryRow, name: str) -> None:
    numbers = {one["territory"]: one["report_id"] for one in read(database_url, town.region_key, "/v1/reports")}

    async def story() -> set[int]:
        async with api_client(database_url, town.north_key) as client:
            return {
                (await client.get(f"/v1/reports/{number}/files/{name}")).status_code
                for number in (numbers["south"], 9999)
            }

    assert asyncio.run(story()) == {404}
