"""People's codecs on network servers' raw payloads, through broker, worker and store."""

import json
from base64 import b64encode
from functools import partial

import psycopg
import pytest
from psycopg import conninfo

from deploy.codecs import enter, make_bindings
from ingest.codecs.book import CodecBook
from ingest.codecs.format import CodecFormat
from sensors.field_table import read_field_table
from sensors.formats.chirpstack import FORMAT as CHIRPSTACK
from sensors.formats.the_things_stack import FORMAT as THE_THINGS_STACK
from sensors.rejection import Reason
from store.codecs import Binding, CodecRow, CodecState, Connection, Variable, set_variable
from store.registry import DeviceEntry, register
from tests.support.chain import Chain, make_chain, working
from tests.support.lorawan import ARRIVAL_US, EUI, a_chirpstack_event, a_stack_message, chirpstack_topic
from tests.support.proxy import proxied
from tests.support.publisher import Message, publish
from tests.support.waiting import wait_until

THERMOMETER = """function decodeUplink(input) {
  const frame = Buffer.from(input.bytes);
  const step = Number(input.variables.step);
  return { data: { t_in: frame.readInt16BE(0) * step, door: frame[2] ? "offen" : "zu", nr: 7 } };
}"""
MAPPING = {
    "fields": {
        "t_in": {"quantity": "temperature", "unit": "[degF]", "channel": "inside"},
        "door": {"quantity": "door", "codes": {"offen": "open", "zu": "closed"}},
        "nr": None,
    },
    "variables": {"step": "0.1"},
}
HOSTILE = {
    "loop": "for (;;);",
    "regex": "/^(a+)+$/.test('a'.repeat(40) + 'b');",
    "memory": "const a = []; for (;;) a.push(new Array(1000).fill(1));",
    "unstoppable": 'new Array(4e9).join("");',
}
PAYLOAD = (680).to_bytes(2, "big") + b"\x01"  # 68 °F, open


def message(n: int, payload: bytes = PAYLOAD, profile: str = "Maison T-1", **fields: object) -> Message:
    """Give the n-th raw uplink of the device: bytes without a decoded object."""
    event = a_chirpstack_event(
        deduplicationId=f"59320769-9476-588f-84c6-{n:012d}",
        time=f"2026-03-01T12:{n // 60:02d}:{n % 60:02d}Z",
        fCnt=n,
        data=b64encode(payload).decode(),
        deviceInfo={"devEui": EUI, "deviceProfileName": profile},
        **fields,
    )
    return Message(chirpstack_topic("up"), json.dumps(event).encode())


def add(chain: Chain, name: str, source: str, mapping: object, **bound: list[str]) -> int:
    """Add a codec as the command does."""
    table = read_field_table(json.dumps(mapping))
    lists = [bound.get(kind, []) for kind in ("profiles", "topics", "devices")]
    bindings = make_bindings(name, *lists, territory=chain.territory)
    with psycopg.connect(chain.settings.database_url) as connection:
        return enter(connection, name, source, table, bindings)[0]


def stored(chain: Chain) -> list[tuple[str, str, float]]:
    query = """
        select s.channel, s.quantity, m.value from measurements m join series s using (series_id)
        where s.quantity in ('temperature', 'door') order by m.observed_at, s.quantity
    """
    return [(channel, quantity, round(value, 6)) for channel, quantity, value in chain.fetch(query)]


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Chain:
    return make_chain(database_url, mqtt_url, territory_slug, [DeviceEntry(territory_slug, EUI)])


def send(chain: Chain, *messages: Message) -> None:
    """Publish to the network server's topics."""
    publish(chain.settings.mqtt_url, messages)


def wait_until_listening(chain: Chain) -> None:
    """From here on the worker listens to all its topics."""
    topic = chain.topic(EUI)
    publish(chain.settings.mqtt_url, [Message(topic, b'{"at":1780000000,"values":{"voltage":230.5}}')])
    chain.wait_for_stored(1)


@pytest.mark.services
def test_raw_payload_is_read_by_the_codec_of_its_profile_and_by_its_newest_version(chain: Chain) -> None:
    """Units, words and channels come from the mapping; a new version is at work within seconds, without a restart."""
    assert add(chain, "maison", THERMOMETER, MAPPING, profiles=["maison/t-1"]) == 1
    with working(chain):
        wait_until_listening(chain)
        send(chain, message(1), message(2, profile="another"))
        wait_until(lambda: len(stored(chain)) == 2, "the values of the first version")
        assert stored(chain) == [("", "door", 1.0), ("inside", "temperature", 20.0)]
        assert add(chain, "maison", THERMOMETER.replace("offen", "zu"), MAPPING) == 2
        numbers = iter(range(10, 3600))
        wait_until(lambda: send(chain, message(next(numbers))) or latest_door(chain) == 0.0, "the second version")
    versions = {row[0] for row in chain.fetch("select decoder_version from batches")}
    assert {"chirpstack/1+maison/1", "chirpstack/1+maison/2"} <= {one for text in versions for one in text.split(",")}
    rejected = chain.fetch("select reason, detail, decoder_version from rejections")
    assert rejected == [("codec_failed", "no decoder: another, port 3, 3 B", "chirpstack/1")]


def latest_door(chain: Chain) -> float | None:
    doors = [value for _, quantity, value in stored(chain) if quantity == "door"]
    return doors[-1] if doors else None


@pytest.mark.services
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_codec_costs_one_rejected_message_and_not_the_worker(chain: Chain, name: str) -> None:
    """Its message is refused and kept; how it was received, and the messages around it, are stored."""
    source = f"function decodeUplink(input) {{ if (input.bytes[0] === 9) {{ {HOSTILE[name]} }} {THERMOMETER[31:]}"
    add(chain, "hostile", source, MAPPING, devices=[EUI])
    with working(chain):
        wait_until_listening(chain)
        send(chain, message(1), message(2, b"\x09\x00\x00"), message(3))
        wait_until(lambda: len(stored(chain)) == 4, "the messages around it")
        wait_until(lambda: chain.number("select count(*) from measurements where value = -97") == 3, "three receptions")
    ((reason, detail, n_values, payload, version),) = chain.fetch(
        "select reason, detail, n_measurements, payload, decoder_version from rejections"
    )
    assert (reason, n_values, version) == ("codec_failed", 1, "chirpstack/1+hostile/1")
    assert detail.startswith("hostile/1: ")
    assert json.loads(payload)["data"] == b64encode(b"\x09\x00\x00").decode()


@pytest.mark.services
@pytest.mark.faults
def test_worker_that_starts_without_its_store_refuses_nothing_for_want_of_a_codec(
    chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    """It decodes nothing before it has read what is bound, so the messages that wait for it are read rightly."""
    add(chain, "maison", THERMOMETER, MAPPING, topics=["application/+/device/+/event/up"])
    send(chain, message(1))
    port = int(conninfo.conninfo_to_dict(chain.settings.database_url)["port"] or 0)
    with proxied(port) as proxy:
        proxy.stop()
        way = chain.settings.database_url.replace(f":{port}/", f":{proxy.port}/")
        logged: list[str] = []
        with working(chain, database_url=way):
            wait_until(lambda: logged.append(capsys.readouterr().out) or "slots_unread" in "".join(logged), "a try")
            proxy.start()
            wait_until(lambda: len(stored(chain)) == 2, "its values")
    assert chain.fetch("select reason from rejections") == []


def a_book(*bindings: Binding, source: str = THERMOMETER, mapping: dict[str, object] | None = None) -> CodecBook:
    """Give a book of these bindings, each name a codec that tells it by the field `n`."""
    book = CodecBook()
    rows = [CodecRow(binding.name, 1, source, mapping or MAPPING) for binding in bindings]
    book.take(CodecState("x", rows, bindings))
    return book


def test_the_nearest_binding_reads_and_a_territory_goes_before_all() -> None:
    heard = CHIRPSTACK.hear(chirpstack_topic(), json.dumps(a_chirpstack_event()).encode())
    assert heard is not None
    bindings = {
        "topic": Binding("topic", "topic", "application/#"),
        "own-topic": Binding("own-topic", "topic", "application/#", "dijon"),
        "profile": Binding("profile", "profile", "anything"),
        "own-profile": Binding("own-profile", "profile", "anything", "dijon"),
        "device": Binding("device", "device", EUI, "dijon"),
    }
    book, found = CodecBook(), []
    for n_bound in range(1, 6):
        chosen = list(bindings.values())[:n_bound]
        book.take(CodecState(str(n_bound), [CodecRow(one.name, 1, "", {}) for one in chosen], chosen))
        codec = book.find(heard, chirpstack_topic(), "dijon")
        found.append(codec.name if codec else None)
    assert found == list(bindings)
    other = book.find(heard, chirpstack_topic(), "besancon")
    assert other is not None
    assert other.name == "profile"


def test_codec_reads_the_things_stack_too_and_goes_before_what_the_server_decoded() -> None:
    message_ = a_stack_message(frm_payload=b64encode(PAYLOAD).decode(), decoded_payload={"temperature": 99})
    book = a_book(Binding("maison", "device", EUI, "dijon"))
    try:
        (uplink,) = CodecFormat(THE_THINGS_STACK, book, "dijon").decode(
            "v3/app@tenant/devices/dev1/up", json.dumps(message_).encode(), ARRIVAL_US
        )
    finally:
        book.close()
    values = {(column.channel, column.quantity): column.values[0] for column in uplink.columns}
    assert values["inside", "temperature"] == pytest.approx(20.0, abs=1e-9)
    assert uplink.decoder == "maison/1"
    assert uplink.rejected == ()


def test_encrypted_or_empty_payload_is_left_to_the_format() -> None:
    book = a_book(Binding("maison", "device", EUI, "dijon"))
    format_ = CodecFormat(CHIRPSTACK, book, "dijon")
    for fields in ({"joinServerContext": {"sessionKeyId": "x"}, "data": "AQID"}, {"data": None}):
        payload = json.dumps(a_chirpstack_event(**fields)).encode()
        assert format_.decode(chirpstack_topic(), payload, ARRIVAL_US) == CHIRPSTACK.decode(
            chirpstack_topic(), payload, ARRIVAL_US
        )
    assert book.runner.pid is None


def test_mapping_that_no_longer_fits_fails_its_messages_with_the_reason() -> None:
    book = a_book(Binding("old", "device", EUI, "dijon"), mapping={"fields": {"t": {"quantity": "abolished_quantity"}}})
    payload = json.dumps(a_chirpstack_event(data="AQID")).encode()
    (uplink,) = CodecFormat(CHIRPSTACK, book, "dijon").decode(chirpstack_topic(), payload, ARRIVAL_US)
    (part,) = uplink.rejected
    assert part.reason is Reason.CODEC_FAILED
    assert "abolished_quantity" in part.detail


@pytest.mark.services
def test_variables_of_a_device_go_before_its_profiles_and_those_before_the_codecs(chain: Chain) -> None:
    """They reach decodeUplink, also where the rule puts a prefix before ids; without one the next is in force."""
    add(chain, "maison", THERMOMETER, MAPPING, profiles=["maison/t-1"])
    with psycopg.connect(chain.settings.database_url) as connection:
        register(connection, devices=[DeviceEntry(chain.territory, f"cs-{EUI}")])
        read = partial(read_with_variables, connection, chain.territory)
        assert read() == 68.0
        set_variable(connection, Variable("profile", "maisont1", None, "step", "0.09"))
        assert read() == 61.2
        set_variable(connection, Variable("profile", "maisont1", chain.territory, "step", "0.08"))
        assert read() == 54.4
        set_variable(connection, Variable("device", EUI, chain.territory, "step", "0.05"))
        assert (read(), read("cs-")) == (34.0, 54.4)
        set_variable(connection, Variable("device", f"cs-{EUI}", chain.territory, "step", "0.025"))
        assert (read(), read("cs-")) == (34.0, 17.0)
        set_variable(connection, Variable("device", EUI, chain.territory, "step", ""))
        assert read() == 54.4


def read_with_variables(connection: Connection, territory: str, prefix: str = "") -> float:
    """Give what the thermometer's codec makes of 68 °F, in °F, with what the store has now."""
    book = CodecBook()
    book.refresh(connection, 1.0)
    try:
        format_ = CodecFormat(CHIRPSTACK, book, territory, prefix)
        (uplink,) = format_.decode(chirpstack_topic(), message(1).payload, ARRIVAL_US)
    finally:
        book.close()
    (celsius,) = (column.values[0] for column in uplink.columns if column.quantity == "temperature")
    return round(celsius * 9 / 5 + 32, 6)
