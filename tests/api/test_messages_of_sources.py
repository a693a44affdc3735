"""Posts read by the rules of a source, by people's codecs, and no more of them than a key may send."""

import asyncio
import json
from base64 import b64encode

import httpx
import pytest

from api.allowance import BURST_S, Allowance
from api.program import SettingError, settings_from
from deploy.codecs import enter, make_bindings
from ingest.replay import replay
from sensors.field_table import read_field_table
from store.connect import connect
from store.quarantine import Choice
from store.registry import DeviceEntry, register
from store.sources import RuleEntry, SourceEntry, write_source
from tests.api.test_messages import Story, native, post
from tests.support.lorawan import EUI, a_chirpstack_event
from tests.support.posting import PostingTown, posting_client, seed_posting_town

services = pytest.mark.services
MAPPING = {
    "name": "wells",
    "topic": "wells/{device}/state",
    "time": {"path": "$.t", "format": "s"},
    "values": [{"path": "$.d", "quantity": "distance", "unit": "m"}],
}
WELL = {"source": "wells", "topic": "wells/7/state"}
SAID = {"t": 1772344800, "d": 3.25}
STORED = [("bin-7", "distance", 3250.0)]


@pytest.fixture
def town(database_url: str) -> PostingTown:
    return seed_posting_town(database_url)


def add_wells(town: PostingTown, territory: str | None = None, rule_territory: str | None = None) -> None:
    """Enter a source without a broker, whose JSON mapping reads `wells/7/state` as of the device bin-7."""
    rules = (
        RuleEntry("json_mapping", "", rule_territory, "bin-", json.dumps(MAPPING)),
        RuleEntry("sparkplug_b", territory=rule_territory),
    )
    with connect(town.database_url, program="test") as connection:
        write_source(connection, SourceEntry("wells", "http:", rules, territory))
        connection.commit()


def tell(town: PostingTown, story: Story, key: str | None = None, **settings: float) -> None:
    async def run() -> None:
        async with posting_client(town.database_url, key or town.key, **settings) as client:  # type: ignore[arg-type]
            await story(client)

    asyncio.run(run())


def statuses(answer: httpx.Response) -> list[str]:
    return [message["status"] for message in answer.json()["messages"]]


def reasons(town: PostingTown) -> list[tuple[str, str]]:
    return [
        (str(source), str(reason))
        for source, reason in town.fetch(
            "select source, reason from rejections where resolved_at is null order by 1, 2"
        )
    ]


@services
def test_post_is_read_by_the_json_mapping_and_prefix_of_its_source(town: PostingTown) -> None:
    add_wells(town)

    async def story(client: httpx.AsyncClient) -> None:
        assert statuses(await post(client, SAID, **WELL)) == ["stored"]
        item = {"source": "wells", "topic": "wells/7/state", "payload": SAID}
        listed = {"messages": [item, {"format": "native", "device": "lamp-1", "payload": json.loads(native(41.5))}]}
        assert statuses(await post(client, listed)) == ["duplicate", "stored"]

    tell(town, story)
    assert town.values() == [*STORED, ("lamp-1", "active_power", 41.5)]


@services
def test_what_no_rule_reads_is_kept_and_replayed_once_the_source_is_entered(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await post(client, SAID, **WELL)).status_code == 422

    tell(town, story)
    assert reasons(town) == [("http:wells", "unknown_topic")]
    add_wells(town)
    with connect(town.database_url, program="test") as connection:
        assert replay(connection, Choice()).n_stored == 1
        assert replay(connection, Choice()).n_messages == 0
    assert (town.values(), reasons(town), town.ledger()) == (STORED, [], (1, 1, 0, 0))


@services
@pytest.mark.parametrize("bound", ["territory", "rule_territory"])
def test_source_of_another_territory_is_no_way_into_it(town: PostingTown, bound: str) -> None:
    """Neither a source bound to the neighbour nor a rule of it reads a post of `east`, today or in a replay."""
    add_wells(town, **{bound: "west"})

    async def story(client: httpx.AsyncClient) -> None:
        assert (await post(client, SAID, **WELL)).status_code == 422
        assert (await post(client, SAID, **WELL, territory="west")).status_code == 403

    tell(town, story)
    assert reasons(town) == [("http:wells", "unknown_topic")]
    with connect(town.database_url, program="test") as connection:
        register(connection, devices=[DeviceEntry("west", "bin-7")])
        connection.commit()
        assert replay(connection, Choice()).n_messages == 0
    assert town.values() == []


@services
def test_rule_for_a_format_with_state_refuses_a_post_and_says_why(town: PostingTown) -> None:
    add_wells(town)

    async def story(client: httpx.AsyncClient) -> None:
        answer = await post(client, b"\x00", source="wells", topic="spBv1.0/g/NBIRTH/n")
        (refused,) = answer.json()["messages"][0]["rejected"]
        assert (refused["reason"], refused["detail"]) == ("not_allowed", "sparkplug_b: HTTP")

    tell(town, story)


@services
@pytest.mark.parametrize(
    "query",
    [
        {"source": "wells"},
        {"topic": "wells/7/state"},
        {**WELL, "format": "native"},
        {**WELL, "topic": "wells/+/state"},
        {**WELL, "source": "We lls"},
    ],
)
def test_post_whose_reading_is_unclear_is_not_taken(town: PostingTown, query: dict[str, str]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await post(client, SAID, **query)
        assert (answer.status_code, "messages" in answer.json()) == (422, False)

    tell(town, story)
    assert town.ledger() == (0, 0, 0, 0)


@services
@pytest.mark.parametrize("is_named", [False, True])
def test_codec_reads_a_posted_uplink(town: PostingTown, is_named: bool) -> None:
    """Over the format's own name and over a source; a codec that fails is a refusal that is replayed once mended."""
    good = (
        "function decodeUplink(input) { return { data: { temperature: input.bytes[0] / Number(input.variables.by) } } }"
    )
    event = a_chirpstack_event(data=b64encode(b"\xd7").decode(), time="2026-03-01T06:00:00Z", fCnt=None, rxInfo=None)
    query = (
        {"source": "radio", "topic": f"application/a/device/{EUI}/event/up"} if is_named else {"format": "chirpstack"}
    )
    with connect(town.database_url, program="test") as connection:
        register(connection, devices=[DeviceEntry("east", EUI)])
        write_source(connection, SourceEntry("radio", "http:", (RuleEntry("chirpstack"),)))
        bindings = make_bindings("t", ["anything"], [], [], "east")
        enter(
            connection, "t", "function decodeUplink() { throw new Error('not yet') }", read_field_table("{}"), bindings
        )
        connection.commit()

    async def story(client: httpx.AsyncClient) -> None:
        answer = await post(client, event, **query)
        assert answer.json()["messages"][0]["rejected"][0]["reason"] == "codec_failed"

    tell(town, story)
    with connect(town.database_url, program="test") as connection:
        enter(connection, "t", good, read_field_table('{"variables": {"by": "10"}}'), [])
        connection.commit()
        assert replay(connection, Choice()).n_messages == 1
    assert (EUI, "temperature", 21.5) in town.values()
    assert reasons(town) == []


@services
def test_key_that_posts_too_often_waits_and_the_others_do_not(town: PostingTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answers = [await post(client, native(41.5, second), format="native", device="lamp-1") for second in range(3)]
        assert [answer.status_code for answer in answers] == [202, 202, 429]
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert 0 < int(answers[-1].headers["retry-after"]) <= 5
        other = {"authorization": f"Bearer {town.region_key}"}
        body = {
            "messages": [
                {"territory": "west", "format": "native", "device": "lamp-w", "payload": {"values": {"co2": 5}}}
            ]
        }
        assert (await client.post("/v1/messages", json=body, headers=other)).status_code == 202

    tell(town, story, posts_per_s=0.2)
    assert town.ledger()[0] == 3


def test_allowance_lets_a_burst_through_and_then_its_rate() -> None:
    now = [100.0]
    allowance = Allowance(2.0, lambda: now[0])
    n_burst = int(2 * BURST_S)
    assert [allowance.take(1) for _ in range(n_burst)] == [0.0] * n_burst
    assert allowance.take(1) == pytest.approx(0.5)
    assert allowance.take(2) == 0.0
    now[0] += 0.5
    assert (allowance.take(1), allowance.take(1)) == (0.0, pytest.approx(0.5))
    assert [Allowance(0.0).take(1) for _ in range(1000)] == [0.0] * 1000


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "many"])
def test_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="VIGIE_API_POSTS_PER_S"):
        settings_from({"VIGIE_DATABASE_URL": "postgresql://", "VIGIE_API_POSTS_PER_S": text})
