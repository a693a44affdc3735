"""`POST /v1/messages` when the database goes away, the program is killed, too much comes, or the bytes mean nothing."""

import asyncio
import threading
from contextlib import suppress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import conninfo

from ingest.desk import PostDesk
from sensors.formats import find_format, formats
from sensors.posting import Post, UndeliveredError
from tests.support.posting import PostingTown, api_process, posting_client, seed_posting_town
from tests.support.proxy import Proxy, proxied
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services
NATIVE = {"format": "native", "device": "lamp-1"}
TIMED = b'{"at":"2026-03-01T06:00:00Z","values":{"active_power":41.5}}'
UNTIMED = b'{"values":{"active_power":41.5}}'


@pytest.fixture
def town(database_url: str) -> PostingTown:
    return seed_posting_town(database_url)


def behind(database_url: str, proxy: Proxy) -> str:
    """Give the way to the database through the proxy."""
    return database_url.replace(f":{proxy.server_port}/", f":{proxy.port}/")


def port_of(database_url: str) -> int:
    return int(conninfo.conninfo_to_dict(database_url)["port"])


async def until_stored(client: httpx.AsyncClient, body: bytes) -> list[int]:
    """Send as a gateway does: the same again until it is taken. Gives the statuses."""
    statuses: list[int] = []
    while not statuses or (statuses[-1] == 503 and len(statuses) < 60):
        answer = await client.post("/v1/messages", params=NATIVE, content=body)
        statuses.append(answer.status_code)
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) > 0
            assert len(answer.json()["detail"]) > 10
    return statuses


@pytest.mark.faults
@pytest.mark.parametrize("body", [TIMED, UNTIMED], ids=["with a time", "with neither time nor id"])
@pytest.mark.parametrize("how", ["stop", "pause"])
def test_outage_of_the_database_is_503_and_the_repeated_message_is_stored_once(
    town: PostingTown, body: bytes, how: str
) -> None:
    """Cut or frozen between two posts: 503 with Retry-After meanwhile, and one value when the sender was told 202."""

    async def story(proxy: Proxy) -> None:
        async with posting_client(behind(town.database_url, proxy), town.key, patience_s=1.5) as client:
            first = await client.post(
                "/v1/messages", params=NATIVE, content=b'{"at":1772000000,"values":{"voltage":1}}'
            )
            assert first.status_code == 202
            getattr(proxy, how)()
            answer = await client.post("/v1/messages", params=NATIVE, content=body)
            assert answer.status_code == 503
            getattr(proxy, {"stop": "start", "pause": "resume"}[how])()
            statuses = await until_stored(client, body)
            assert statuses[-1] == 202, statuses

    with proxied(port_of(town.database_url)) as proxy:
        asyncio.run(story(proxy))
    assert [quantity for _, quantity, _ in town.values()].count("active_power") == 1


@pytest.mark.faults
def test_killed_between_commit_and_answer_the_repeated_message_is_a_duplicate(town: PostingTown) -> None:
    """The process dies as soon as the value is in the store; its sender, not told, sends again to the next process."""
    headers = {"Authorization": f"Bearer {town.key}", "Content-Type": "application/json"}
    with api_process(town.database_url) as api:

        def send() -> None:
            with suppress(httpx.HTTPError):
                httpx.post(f"{api.url}/v1/messages", params=NATIVE, content=TIMED, headers=headers, timeout=30)

        sender = threading.Thread(target=send)
        sender.start()
        wait_until(lambda: town.fetch("select from measurements"), "the value is committed")
        api.kill()
        sender.join()
    with api_process(town.database_url) as api:
        answer = httpx.post(f"{api.url}/v1/messages", params=NATIVE, content=TIMED, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["messages"][0]["status"]) == (202, "duplicate")
    assert town.values() == [("lamp-1", "active_power", 41.5)]
    assert town.ledger() == (2, 1, 1, 0)


@pytest.mark.faults
def test_killed_again_and_again_every_message_is_stored_once(town: PostingTown) -> None:
    """A sender that repeats until 202 through three kills in the middle of its posts: each value once, none lost."""
    headers = {"Authorization": f"Bearer {town.key}", "Content-Type": "application/json"}
    left = list(range(60))
    for life in range(4):
        with (
            api_process(town.database_url) as api,
            httpx.Client(base_url=api.url, headers=headers, timeout=10) as client,
        ):
            killer = threading.Timer(0.4, api.kill) if life < 3 else None
            if killer:
                killer.start()
            with suppress(httpx.HTTPError):
                while left:
                    body = b'{"at":%d,"values":{"active_power":%d}}' % (1_772_000_000 + left[0], left[0])
                    assert client.post("/v1/messages", params=NATIVE, content=body).status_code == 202
                    left.pop(0)
                    if killer and len(left) % 20 == 0:
                        killer.join()  # so that no life sends more than twenty without its kill
            if killer:
                killer.join()
    assert left == []
    assert [value for _, _, value in town.values()] == [float(number) for number in range(60)]


@pytest.mark.faults
def test_desk_turns_away_what_exceeds_its_window_while_the_database_is_away(town: PostingTown) -> None:
    native = find_format("native")
    assert native is not None

    def post(second: int) -> Post:
        return Post("east", native, b'{"at":%d,"values":{"active_power":1}}' % (1_772_000_000 + second), "lamp-1")

    with proxied(port_of(town.database_url)) as proxy:
        desk = PostDesk(behind(town.database_url, proxy), "test-desk", window_n=3)
        try:
            assert desk.deliver([post(0)]).result(20)[0].stored == 1
            proxy.stop()
            answers = [desk.deliver([post(1), post(2)]), desk.deliver([post(3)])]
            with pytest.raises(UndeliveredError, match="too many"):
                desk.deliver([post(4)])
            proxy.start()
            assert [told.stored for answer in answers for told in answer.result(40)] == [1, 1, 1]
            assert desk.deliver([post(4)]).result(20)[0].stored == 1
        finally:
            desk.close()
    assert len(town.values()) == 5


@pytest.mark.faults
def test_closing_desk_tells_those_who_wait_that_nothing_is_known(town: PostingTown) -> None:
    native = find_format("native")
    assert native is not None
    with proxied(port_of(town.database_url)) as proxy:
        desk = PostDesk(behind(town.database_url, proxy), "test-desk")
        proxy.stop()
        answer = desk.deliver([Post("east", native, TIMED, "lamp-1")])
        desk.close()
        with pytest.raises(UndeliveredError, match="ending"):
            answer.result(5)
        with pytest.raises(UndeliveredError, match="ending"):
            desk.deliver([Post("east", native, TIMED, "lamp-1")])
    assert town.values() == []


def test_desk_on_an_unusable_store_says_so_and_works_once_it_is_mended(town: PostingTown) -> None:
    async def story() -> None:
        async with posting_client(town.database_url, town.key) as client:
            town.execute("alter table measurements rename to hidden")
            answer = await client.post("/v1/messages", params=NATIVE, content=TIMED)
            assert answer.status_code == 503
            assert "vigie migrate" in answer.json()["detail"]
            town.execute("alter table hidden rename to measurements")
            assert (await client.post("/v1/messages", params=NATIVE, content=TIMED)).status_code == 202

    asyncio.run(story())
    assert town.ledger() == (1, 1, 0, 0)


def test_any_bytes_in_any_format_get_an_answer_and_an_account(town: PostingTown) -> None:
    """Random bytes are refused and kept, or hold nothing; never a fault, and received is what became of it."""
    with asyncio.Runner() as runner:
        opened = posting_client(town.database_url, town.key)
        client = runner.run(opened.__aenter__())

        @settings(max_examples=120, deadline=None, derandomize=True, database=None)
        @given(
            st.sampled_from(sorted(formats())),
            st.one_of(st.binary(max_size=300), st.text(max_size=100).map(str.encode), st.sampled_from(ODD)),
            st.sampled_from(["up", "join", "status", "log"]),
        )
        def send(name: str, body: bytes, event: str) -> None:
            query = {"format": name, "device": "lamp-1", "event": event}
            answer = runner.run(client.post("/v1/messages", params=query, content=body))
            assert answer.status_code in (202, 422), answer.text
            assert len(answer.json()["messages"]) == 1

        try:
            send()
        finally:
            runner.run(opened.__aexit__(None, None, None))
    received, stored, duplicate, rejected = town.ledger()
    assert received == stored + duplicate + rejected > 0


ODD = [
    b"", b"{}", b"[]", b"null", b"[" * 50_000, b'{"values":{"active_power":1e400}}', b'{"values":{"active_power":NaN}}',
    b'{"at":"2026-03-01T06:00:00Z","at":1,"values":{"active_power":1}}', b"\x00" * 64, b'[{"n":"a","v":1}]', b"\xa1",
]  # fmt: skip
