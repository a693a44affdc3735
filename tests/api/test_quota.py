"""A key asks as often as it may, by second and by day, and is then told when to come again."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from api.limits import Limits, limits_from
from api.quota import Quota, seconds_to_midnight
from api.security import Access
from api.settings import SettingError
from store.connect import connect, open_async_pool
from store.keys import Key, NewKey, insert_key
from tests.support.api import run_story
from tests.support.town import SmallRegion, seed_small_region


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


@pytest.mark.services
def test_a_key_that_has_asked_its_fill_comes_again_tomorrow(database_url: str, region: SmallRegion) -> None:
    """The limit holds over two runs of the API, for this key only, and its own limit goes before the common one."""
    with connect(database_url, program="test") as connection:
        own = insert_key(connection, NewKey("own", ["east"], requests_per_day=3))[1]
        free = insert_key(connection, NewKey("free", ["east"], requests_per_day=0))[1]
    statuses: list[int] = []

    async def story(client: httpx.AsyncClient) -> None:
        for _ in range(2):
            answer = await client.get("/v1/key")
            statuses.append(answer.status_code)
        if answer.status_code == 429:
            assert answer.headers["content-type"] == "application/problem+json"
            assert 0 < int(answer.headers["retry-after"]) <= 86_400
            for other in (region.east_key, free):
                assert (await client.get("/v1/key", headers={"Authorization": f"Bearer {other}"})).status_code == 200

    for _ in range(2):
        run_story(database_url, own, story, Access(Limits(requests_per_day=1000)))
    assert statuses == [200, 200, 200, 429]


@pytest.mark.services
def test_the_limit_of_all_keys_is_that_of_the_setting(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        statuses = [(await client.get("/v1/key")).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]

    run_story(database_url, region.east_key, story, Access(Limits(requests_per_day=5)))


@pytest.mark.services
def test_a_key_that_asks_too_fast_waits(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answers = [await client.get("/v1/key") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 5

    run_story(database_url, region.east_key, story, Access(Limits(requests_per_s=0.2)))


@pytest.mark.services
def test_a_day_is_counted_in_blocks_and_never_beyond_its_limit(database_url: str, region: SmallRegion) -> None:
    """250 a day are set aside two at a time; a new day begins anew; 300 asked at once are not more."""
    now = [datetime(2026, 3, 1, 23, 0, tzinfo=UTC)]
    key = Key(1, "region", frozenset(), (), "reader", 250)

    async def story() -> tuple[int, int, int]:
        async with open_async_pool(database_url, program="test", n_connections=3) as pool:
            quota = Quota(pool, 0, lambda: now[0])
            waits = await asyncio.gather(*(quota.take(key) for _ in range(300)))
            async with pool.connection() as connection:
                row = await (await connection.execute("select n_requests from key_days")).fetchone()
                await connection.execute("delete from key_days")  # the server's clock is another than this test's
            assert row is not None
            now[0] = datetime(2026, 3, 2, 0, 0, 1, tzinfo=UTC)
            return waits.count(0), max(waits), await quota.take(key)

    assert asyncio.run(story()) == (250, 3600, 0)


@pytest.mark.parametrize(("hour", "seconds"), [(0, 86_400), (23, 3600)])
def test_until_midnight(hour: int, seconds: int) -> None:
    assert seconds_to_midnight(datetime(2026, 3, 1, hour, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    "name",
    [
        "VIGIE_API_POSTS_PER_S",
        "VIGIE_API_REQUESTS_PER_S",
        "VIGIE_API_REQUESTS_PER_DAY",
        "VIGIE_API_REPORTS_PER_H",
    ],
)
def test_a_limit_that_is_none_is_refused_by_name(name: str) -> None:
    assert limits_from({name: "7"}) != Limits()
    for text in ("-1", "nan", "inf", "many"):
        with pytest.raises(SettingError, match=name):
            limits_from({name: text})
