"""`POST /v1/messages`: what is answered is committed, once, for whom the key may speak, with a refusal's reason."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import cbor2
import httpx
import pytest

from api.posting import MAX_BODY_BYTES, MAX_MESSAGES
from api.posting_examples import LIST_EXAMPLES, NATIVE_EXAMPLE, REFUSED_EXAMPLE, RESULT_EXAMPLE, SENML_EXAMPLE
from tests.support.posting import PostingTown, posting_client, seed_posting_town

pytestmark = pytest.mark.services
JSON = {"content-type": "application/json"}
NATIVE = {"format": "native", "device": "lamp-1"}
Story = Callable[[httpx.AsyncClient], Awaitable[None]]


@pytest.fixture
def town(database_url: str) -> PostingTown:
    return seed_posting_town(database_url)


def tell(town: PostingTown, story: Story, key: str | None = None) -> None:
    async def run() -> None:
        async with posting_client(town.database_url, key or town.key) as client:
            await story(client)

    asyncio.run(run())


def native(value: float, second: int = 0) -> bytes:
    return b'{"at":"2026-03-01T06:00:%02dZ","values":{"active_power":%g}}' % (second, value)


async def post(
    client: httpx.AsyncClient, body: bytes | Any, content_type: str = "application/json", **query: str
) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post("/v1/messages", params=query, content=content, headers={"content-type": content_type})


def test_message_is_stored_when_the_answer_comes_and_a_duplicate_the_second_time(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = await post(client, native(41.5), **NATIVE)
        assert first.status_code == 202
        assert town.values() == [("lamp-1", "active_power", 41.5)]
        assert first.json()["messages"] == [
            {"index": 0, "status": "stored", "stored": 1, "duplicate": 0, "rejected": [], "is_repeatable": True}
        ]
        second = await post(client, native(41.5), **NATIVE)
        assert (second.status_code, second.json()["messages"][0]["status"]) == (202, "duplicate")

    tell(town, story)
    assert town.values() == [("lamp-1", "active_power", 41.5)]
    assert town.ledger() == (2, 1, 1, 0)


def test_newest_value_and_measurements_are_readable_over_the_api(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await post(client, native(41.5), territory="east", **NATIVE)).status_code == 202
        series = [item["series_id"] for item in (await client.get("/v1/series?territory=east")).json()["items"]]
        span = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z", "series_id": series}
        items = (await client.get("/v1/measurements", params=span)).json()["items"]
        assert [(item["observed_at"], item["value"]) for item in items] == [("2026-03-01T06:00:00Z", 41.5)]

    tell(town, story, town.region_key)


def test_media_type_names_the_format(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await post(client, SENML_EXAMPLE, "application/senml+json; charset=utf-8")
        assert (answer.status_code, answer.json()["messages"][0]["stored"]) == (202, 2)
        pack = cbor2.dumps([{-2: "lamp-2:", -3: 1772344800, 0: "active_power", 1: "W", 2: 7.5}])
        answer = await post(client, pack, "application/senml+cbor")
        assert (answer.status_code, answer.json()["messages"][0]["stored"]) == (202, 1)

    tell(town, story)
    assert [value for _, _, value in town.values()] == [41.5, 41.7, 7.5]


def test_list_tells_of_each_message_and_one_bad_one_harms_no_other(town: PostingTown) -> None:
    messages = [
        {"format": "native", "device": "lamp-1", "payload": NATIVE_EXAMPLE},
        {"format": "native", "device": "lamp-1", "payload": {"values": "none"}},
        {"format": "native", "device": "stranger", "payload": NATIVE_EXAMPLE},
        {"format": "native", "device": "lamp-1", "payload": NATIVE_EXAMPLE},
        {"format": "senml_json", "payload": SENML_EXAMPLE},
        {"format": "native", "device": "lamp-3", "payload": {"values": {"active_power": 5, "nonsense": 1}}},
        {"format": "native", "device": "lamp-4", "payload_base64": base64.b64encode(b"\xff\xfe").decode()},
    ]

    async def story(client: httpx.AsyncClient) -> None:
        answer = await post(client, {"messages": messages})
        assert answer.status_code == 202
        told = answer.json()["messages"]
        assert [(result["index"], result["status"]) for result in told] == [
            (0, "stored"),
            (1, "rejected"),
            (2, "rejected"),
            (3, "duplicate"),
            (4, "stored"),
            (5, "partly_rejected"),
            (6, "rejected"),
        ]
        assert (told[4]["stored"], told[4]["duplicate"]) == (1, 1)  # its first value came by the native message
        reasons = [[refused["reason"] for refused in result["rejected"]] for result in told]
        assert reasons[1:3] == [["wrong_shape"], ["unknown_device"]]
        assert reasons[5:] == [["unknown_quantity"], ["invalid_utf8"]]
        assert [result["is_repeatable"] for result in told] == [True] * 5 + [False, True]

    tell(town, story)
    received, stored, duplicate, rejected = town.ledger()
    assert received == stored + duplicate + rejected
    kept = town.fetch("select topic, source, format, reason, device from rejections order by rejection_id")
    assert ("vigie/east/lamp-1/up", "http", "native", "wrong_shape", "lamp-1") in kept
    assert ("vigie/east/stranger/up", "http", "native", "unknown_device", "stranger") in kept


def test_refused_message_is_kept_and_said_so_with_422(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        garbage = await post(client, b"\x00garbage{", **NATIVE)
        stranger = await post(client, native(1), format="native", device="lamp-99")
        for answer, reason in ((garbage, "invalid_json"), (stranger, "unknown_device")):
            assert answer.status_code == 422
            assert answer.headers["content-type"] == "application/problem+json"
            body = answer.json()
            assert body["messages"][0]["rejected"][0]["reason"] == reason
            assert "do not send it again" in body["detail"]
            assert set(body) == set(REFUSED_EXAMPLE)

    tell(town, story)
    payloads = town.fetch("select payload, n_measurements from rejections order by rejection_id")
    assert payloads == [(b"\x00garbage{", 1), (native(1), 1)]


def test_conflicting_value_is_refused_and_the_first_stands(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await post(client, native(1), **NATIVE)).status_code == 202
        answer = await post(client, native(2), **NATIVE)
        assert answer.status_code == 422
        assert answer.json()["messages"][0]["rejected"][0]["reason"] == "conflicting_value"

    tell(town, story)
    assert town.values() == [("lamp-1", "active_power", 1.0)]


def test_idempotency_key_makes_a_message_without_time_repeatable(town: PostingTown) -> None:
    body, query = b'{"values":{"active_power":3}}', {"params": NATIVE}

    async def send(client: httpx.AsyncClient, key: str | None) -> tuple[str, bool]:
        headers = {**JSON, **({"Idempotency-Key": key} if key else {})}
        answer = await client.post("/v1/messages", content=body, headers=headers, **query)  # type: ignore[arg-type]
        (told,) = answer.json()["messages"]
        return told["status"], told["is_repeatable"]

    async def story(client: httpx.AsyncClient) -> None:
        assert await send(client, "a-1") == ("stored", True)
        assert await send(client, "a-1") == ("duplicate", True)
        assert await send(client, "a-2") == ("stored", True)
        assert await send(client, None) == ("stored", False)
        assert await send(client, None) == ("stored", False)

    tell(town, story)
    assert len(town.values()) == 4


def test_ids_of_a_list_tell_apart_equal_messages_of_one_device(town: PostingTown) -> None:
    item = {"format": "cayenne", "device": "bin-7", "payload_base64": "AWcBEA=="}

    async def story(client: httpx.AsyncClient) -> None:
        for wanted in ("stored", "duplicate"):
            answer = await client.post(
                "/v1/messages", json={"messages": [item, item]}, headers={"Idempotency-Key": "list-1"}
            )
            assert [told["status"] for told in answer.json()["messages"]] == [wanted] * 2

    tell(town, story)
    assert town.values() == [("bin-7", "temperature", 27.2)] * 2


def test_message_without_measurement_is_empty(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        join = {"deviceInfo": {"devEui": "0102030405060708"}, "time": "2026-03-01T06:00:00Z"}
        answer = await post(client, join, format="chirpstack", event="join")
        assert (answer.status_code, answer.json()["messages"][0]["status"]) == (202, "empty")

    tell(town, story)


@pytest.mark.parametrize("territory", ["west", "region", "nowhere"])
def test_key_speaks_for_its_own_territory_only(town: PostingTown, territory: str) -> None:
    """403, nothing is kept, and a territory that does not exist is answered like one of others."""

    async def story(client: httpx.AsyncClient) -> None:
        query = {"format": "native", "device": "lamp-w"}
        answer = await post(client, native(1), territory=territory, **query)
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
        items = [{"payload": NATIVE_EXAMPLE, **NATIVE}, {"territory": territory, "payload": NATIVE_EXAMPLE, **query}]
        answer = await post(client, {"messages": items})
        assert answer.status_code == 403
        assert "messages[1].territory" in answer.json()["detail"]

    tell(town, story)
    assert town.values() == []
    assert town.ledger() == (0, 0, 0, 0)


def test_device_of_another_territory_is_a_stranger(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await post(client, native(1), format="native", device="lamp-w")
        assert answer.json()["messages"][0]["rejected"][0]["reason"] == "unknown_device"

    tell(town, story)
    assert town.fetch("select slug from rejections join territories using (territory_id)") == [("east",)]


def test_key_of_a_region_must_name_the_territory(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await post(client, native(1), **NATIVE)).status_code == 422
        assert (await post(client, native(1), territory="east", **NATIVE)).status_code == 202
        assert (await post(client, native(1), territory="west", format="native", device="lamp-w")).status_code == 202

    tell(town, story, town.region_key)


def test_key_without_the_scope_sends_nothing_and_one_with_it_alone_reads_nothing(town: PostingTown) -> None:
    async def refused(client: httpx.AsyncClient) -> None:
        answer = await post(client, native(1), **NATIVE, territory="east")
        assert answer.status_code == 403
        assert "ingest" in answer.json()["detail"]

    async def blind(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/territories")).status_code == 403

    tell(town, refused, town.reading_key)
    tell(town, blind, town.key)
    assert town.ledger() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("body", "content_type", "query", "status", "hint"),
    [
        (b"{}", "application/json", {}, 422, "messages"),
        (b'{"messages": []}', "application/json", {}, 422, "from 1 to"),
        (b'{"messages": [{"format": "native", "device": "lamp-1"}]}', "application/json", {}, 422, "payload"),
        (b'{"messages": [{"format": "native", "payload": {}}]}', "application/json", {}, 422, "messages[0].device"),
        (b'{"messages": [{"device": "d", "payload": {}}]}', "application/json", {}, 422, "messages[0].format"),
        (b'{"messages": [{"formt": "native"}]}', "application/json", {}, 422, "formt"),
        (b'{"messages": ' + b"[" * 100_000, "application/json", {}, 422, "messages"),
        (b'{"messages": "\xff"}', "application/json", {}, 422, "messages"),
        (b"x", "text/plain", {}, 415, "native"),
        (b"x", "", {}, 415, "native"),
        (b"x", "application/octet-stream", {"format": "morse"}, 422, "senml_cbor"),
        (b"x", "application/octet-stream", {"format": "sparkplug_b"}, 422, "MQTT"),
        (native(1), "application/json", {"format": "native"}, 422, "device"),
        (native(1), "application/json", {"format": "native", "device": "a/b"}, 422, "device"),
        (native(1), "application/json", {**NATIVE, "event": "Up!"}, 422, "event"),
    ],
)
def test_body_that_cannot_be_addressed_is_not_taken(
    town: PostingTown, body: bytes, content_type: str, query: dict[str, str], status: int, hint: str
) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await post(client, body, content_type, **query)
        assert answer.status_code == status, answer.text
        assert hint in answer.json()["detail"]
        assert "messages" not in answer.json()

    tell(town, story)
    assert town.ledger() == (0, 0, 0, 0)


def test_too_large_a_body_is_not_taken(town: PostingTown) -> None:
    async def endless() -> Any:
        for _ in range(MAX_BODY_BYTES // 100_000 + 1):
            yield b" " * 100_000

    async def story(client: httpx.AsyncClient) -> None:
        assert (await post(client, b" " * (MAX_BODY_BYTES + 1), **NATIVE)).status_code == 413
        answer = await client.post("/v1/messages", params=NATIVE, content=endless(), headers=JSON)
        assert answer.status_code == 413
        many = b'{"messages":[' + b",".join([b'{"format":"senml_json","payload":[]}'] * (MAX_MESSAGES + 1)) + b"]}"
        assert (await post(client, many)).status_code == 422
        zipped = await client.post("/v1/messages", params=NATIVE, content=b"x", headers={"content-encoding": "gzip"})
        assert zipped.status_code == 415

    tell(town, story)
    assert town.ledger() == (0, 0, 0, 0)


def test_many_senders_at_once_are_each_stored_once(town: PostingTown) -> None:
    """40 senders post 10 messages each, two messages to a body, every body twice at the same time."""

    async def send(client: httpx.AsyncClient, sender: int) -> list[str]:
        told: list[str] = []
        for step in range(5):
            items = [
                {
                    "format": "native",
                    "device": f"lamp-{sender % 10}",
                    "payload": {"at": at, "values": {"active_power": at % 100}},
                }
                for at in (1_772_000_000 + sender * 100 + step * 2 + half for half in (0, 1))
            ]
            answers = await asyncio.gather(*(post(client, {"messages": items}) for _ in range(2)))
            assert [answer.status_code for answer in answers] == [202, 202]
            told += [result["status"] for answer in answers for result in answer.json()["messages"]]
        return told

    async def story(client: httpx.AsyncClient) -> None:
        told = [status for sender in await asyncio.gather(*(send(client, n) for n in range(40))) for status in sender]
        assert (told.count("stored"), told.count("duplicate")) == (400, 400)

    tell(town, story)
    assert len(town.values()) == 400
    assert town.ledger() == (800, 400, 400, 0)


def test_examples_of_the_document_are_taken_and_answered_as_they_say(town: PostingTown) -> None:
    """Each example body is posted as it stands; the answers have the fields of the examples."""

    async def story(client: httpx.AsyncClient) -> None:
        operation = (await client.get("/openapi.json")).json()["paths"]["/v1/messages"]["post"]
        content = operation["requestBody"]["content"]
        (one, several) = content["application/json"]["examples"].values()
        assert (one["value"], several) == (NATIVE_EXAMPLE, next(iter(LIST_EXAMPLES.values())))
        assert (await post(client, one["value"], **NATIVE)).json()["messages"][0]["status"] == "stored"
        senml = await post(client, content["application/senml+json"]["example"], "application/senml+json")
        assert senml.json()["messages"][0]["stored"] + senml.json()["messages"][0]["duplicate"] == 2
        listed = (await post(client, several["value"])).json()["messages"]
        assert [told["status"] for told in listed] == ["duplicate", "duplicate", "stored"]
        assert all(told.keys() == RESULT_EXAMPLE["messages"][0].keys() for told in listed)
        documented = {"202", "401", "403", "413", "415", "422", "503"}
        assert documented <= operation["responses"].keys()

    tell(town, story)
