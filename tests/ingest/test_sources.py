"""Sources beside the own broker: read as their rules say, each with its health and account, tried without a trace."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.errors import SettingError
from ingest.errors import SettingsError
from ingest.foreign import make_broker, make_source, read_password
from ingest.trial import try_source
from store.ledger import fold
from store.registry import DeviceEntry
from store.sources import RuleEntry, SourceEntry, read_account, read_sources, remove_source, write_source
from tests.support.chain import Chain, make_chain, working
from tests.support.own_broker import OwnBroker, own_broker
from tests.support.publisher import Message, connected, publish
from tests.support.waiting import wait_until

MAPPING = {
    "name": "wells",
    "topic": "vigie/wells/{device}",
    "device": "{device}",
    "values": [{"path": "$.distance_m", "quantity": "distance", "unit": "m"}],
}
TELEMETRY = b'{"at":1780000000,"values":{"voltage":230.5}}'


@contextmanager
def foreign(folder: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch, **changes: object) -> Iterator[OwnBroker]:
    """Run another broker and enter it as the source `other`, whose devices have the prefix o-."""
    monkeypatch.setenv("OTHER_PASSWORD", "secret")
    with own_broker(folder) as broker:
        rule = RuleEntry("native", f"vigie/{chain.territory}/+/up", device_prefix="o-")
        fields: dict[str, object] = {
            "rules": (rule,),
            "territory": chain.territory,
            "user_name": "gateway",
            "password_from": "env:OTHER_PASSWORD",
            **changes,
        }
        with psycopg.connect(chain.settings.database_url) as connection:
            write_source(connection, SourceEntry("other", f"mqtt://127.0.0.1:{broker.port}", **fields))  # type: ignore[arg-type]
        yield broker


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Chain:
    entries = [DeviceEntry(territory_slug, device) for device in ("d-0", "o-d-0")]
    return make_chain(database_url, mqtt_url, territory_slug, entries)


def wait_for_source(chain: Chain) -> None:
    query = "select count(*) from source_states where source = 'other' and is_connected"
    wait_until(lambda: chain.number(query), "a session with the source")


@pytest.mark.services
@pytest.mark.parametrize("mqtt_version", ["5", "3.1.1"])
def test_each_source_is_stored_and_counted_for_itself(
    tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch, mqtt_version: str
) -> None:
    with foreign(tmp_path, chain, monkeypatch, mqtt_version=mqtt_version) as broker, working(chain):
        wait_for_source(chain)
        publish(chain.settings.mqtt_url, [Message(chain.topic("d-0"), TELEMETRY)])
        publish(broker.url(), [Message(chain.topic("d-0"), TELEMETRY), Message(chain.topic("d-1"), TELEMETRY)])
        chain.wait_for_stored(2)
        wait_until(lambda: chain.ledger() == (3, 2, 0, 1), "three outcomes")
    rows = chain.fetch(
        "select external_id from measurements join series using (series_id) join devices using (device_id) order by 1"
    )
    assert rows == [("d-0",), ("o-d-0",)]
    assert chain.fetch("select source, device, reason from rejections") == [("other", "o-d-1", "unknown_device")]
    with psycopg.connect(chain.settings.database_url) as connection:
        for _ in range(2):  # before and after the log is folded
            assert tuple(read_account(connection, "other")) == (2, 1, 0, 1)
            assert tuple(read_account(connection, "own")) == (1, 1, 0, 0)
            fold(connection)


@pytest.mark.services
def test_retained_value_without_a_time_is_no_measurement_over_mqtt_3(
    tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    with foreign(tmp_path, chain, monkeypatch, mqtt_version="3.1.1") as broker:
        with connected(broker.url()) as client:
            client.publish(chain.topic("d-0"), b'{"values":{"voltage":1}}', qos=1, retain=True).wait_for_publish(10)
        with working(chain):
            wait_for_source(chain)
            publish(broker.url(), [Message(chain.topic("d-0"), TELEMETRY)])
            chain.wait_for_stored(1)
    assert chain.fetch("select value from measurements") == [(230.5,)]
    assert chain.ledger() == (1, 1, 0, 0)


@pytest.mark.services
def test_removed_source_is_left_and_one_that_refuses_us_says_so(
    tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    with foreign(tmp_path, chain, monkeypatch) as broker, working(chain) as worker:
        wait_for_source(chain)
        monkeypatch.setenv("OTHER_PASSWORD", "wrong")
        with psycopg.connect(chain.settings.database_url) as connection:
            (entry,) = read_sources(connection)
            assert remove_source(connection, "other")
            write_source(
                connection,
                SourceEntry("other", entry.url, entry.rules, chain.territory, "5", "gateway", entry.password_from),
            )
            connection.execute("update sources set name = 'another'")
        refused = "select count(*) from source_states where source = 'another' and error like '%refuses us%'"
        wait_until(lambda: chain.number(refused), "the refusal")
        publish(broker.url(), [Message(chain.topic("d-0"), TELEMETRY)])
        publish(chain.settings.mqtt_url, [Message(chain.topic("d-0"), TELEMETRY)])
        chain.wait_for_stored(1)
        assert not worker.done()
    assert chain.ledger() == (1, 1, 0, 0)


@pytest.mark.services
def test_trial_tells_what_would_happen_and_leaves_no_trace(
    tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", chain.settings.database_url)
    monkeypatch.setenv("VIGIE_MQTT_URL", chain.settings.mqtt_url)
    with foreign(tmp_path, chain, monkeypatch) as broker:
        with psycopg.connect(chain.settings.database_url) as connection:
            (entry,) = read_sources(connection)
        with connected(broker.url()) as client:
            is_over = threading.Event()

            def keep_publishing() -> None:
                while not is_over.wait(0.2):
                    client.publish(chain.topic("d-0"), TELEMETRY, qos=1)
                    client.publish(chain.topic("d-1"), TELEMETRY, qos=1)

            sender = threading.Thread(target=keep_publishing)
            sender.start()
            report = try_source(chain.settings.database_url, make_source(entry), make_broker(entry, "x", 100), 2.0)
            shown = CliRunner().invoke(app, ["source", "test", "other", "--seconds", "2"]).output
            is_over.set()
            sender.join()
    stored = {(series.device, series.quantity) for series in report.stored}
    refused = {(one.reason, one.device) for one in report.refused}
    assert stored == {("o-d-0", "voltage")}
    assert refused == {("unknown_device", "o-d-1")}
    assert report.n_messages == sum(report.stored.values()) + sum(report.refused.values()) > 0
    assert f"{chain.territory}/o-d-0/voltage [V]" in shown
    assert "unknown_device: o-d-1" in shown
    for table in ("measurements", "series", "rejections", "batches", "deliveries_log"):
        assert chain.number(f"select count(*) from {table}") == 0


@pytest.mark.services
def test_command_enters_lists_and_removes(chain: Chain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", chain.settings.database_url)
    monkeypatch.setenv("VIGIE_MQTT_URL", chain.settings.mqtt_url)
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([{"format": "json_mapping", "mapping": MAPPING, "territory": chain.territory}]))
    run = CliRunner().invoke
    command = ["source", "add", "stack", "mqtts://eu1.example.org", "--territory", chain.territory, "--mqtt", "3.1.1"]
    added = run(app, [*command, "--rule", "the_things_stack", "--rules", str(rules), "--password-env", "STACK_KEY"])
    assert added.exit_code == 0, added.output
    shown = run(app, ["source", "list"]).output
    assert "stack  mqtts://eu1.example.org  MQTT 3.1.1" in shown
    assert "env:STACK_KEY" in shown
    with psycopg.connect(chain.settings.database_url) as connection:
        (entry,) = read_sources(connection)
    made = make_source(entry)
    assert [rule.topic_filter for rule in made.rules] == ["v3/+/devices/+/#", "vigie/wells/+"]
    assert run(app, ["source", "remove", "stack"]).exit_code == 0
    assert str(run(app, ["source", "remove", "stack"]).exception) == "there is no source stack"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mqtt://me:secret@host", "--rule", "native"], "must hold neither user nor password"),
        (["mqtt://host"], "at least one --rule"),
        (["mqtt://host", "--rule", "telepathy"], "no format 'telepathy'"),
        (["mqtt://host", "--rule", "native", "--password-env", "A", "--password-file", "b"], "not both"),
    ],
)
def test_command_refuses_what_cannot_be_used(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, ["source", "add", "x", *arguments])
    assert sentence in str(result.exception)


def test_password_comes_from_where_the_source_says(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("s3cret\nmore\n")

    def source(place: str | None) -> SourceEntry:
        return SourceEntry("x", "mqtt://host", (), password_from=place)

    assert read_password(source(f"file:{path}"), {}) == "s3cret"
    assert read_password(source("env:KEY"), {"KEY": "k"}) == "k"
    assert read_password(source(None), {}) is None
    for place in ("env:KEY", f"file:{path}.absent"):
        with pytest.raises(SettingsError, match="source x: "):
            read_password(source(place), {})


def test_sparkplug_group_is_the_territory_only_where_nothing_else_names_one() -> None:
    def naming(territory: str | None) -> bool:
        entry = SourceEntry("x", "mqtt://host", (RuleEntry("sparkplug_b"),), territory)
        return bool(make_source(entry).rules[0].stateful.naming.is_group_territory)  # type: ignore[union-attr]

    assert (naming(None), naming("dijon")) == (True, False)


def test_source_without_broker_is_entered_listed_and_not_read(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rules are for posts: no session is opened, and there is nothing to listen to."""
    monkeypatch.setenv("VIGIE_DATABASE_URL", chain.settings.database_url)
    monkeypatch.setenv("VIGIE_MQTT_URL", chain.settings.mqtt_url)
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([{"format": "json_mapping", "mapping": MAPPING}]))
    added = CliRunner().invoke(app, ["source", "add", "wells", "http:", "--rules", str(rules)])
    assert "post to /v1/messages?source=wells" in added.output
    assert "wells  posted over HTTP  any territory" in CliRunner().invoke(app, ["source", "list"]).output
    tried = CliRunner().invoke(app, ["source", "test", "wells"])
    assert isinstance(tried.exception, SettingError)
    assert "posted" in str(tried.exception)
    with working(chain):
        publish(chain.settings.mqtt_url, [Message(chain.topic("d-0"), TELEMETRY)])
        chain.wait_for_stored(1)
        wait_until(lambda: chain.number("select count(*) from source_states") >= 2, "the states of the own sessions")
        assert chain.fetch("select source from source_states where source <> 'own'") == []
