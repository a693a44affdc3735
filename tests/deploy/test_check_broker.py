"""`vigie check` on real brokers, good and bad: what each would lose is said, and nothing is left behind."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.check.broker import check_broker, judge
from deploy.check.finding import Finding, Level, is_losing
from deploy.check.mosquitto_file import ConfigurationError, check_file
from deploy.check.probe import BrokerFacts
from deploy.cli import app
from tests.support.own_broker import OwnBroker, own_broker
from tests.support.publisher import connected, listening
from tests.support.waiting import wait_until

SAFE = """
persistence true
persistence_location {folder}/
autosave_interval 5
max_queued_messages 0
max_queued_bytes 500000000
max_packet_size 2000000
sys_interval 1
"""


def by_check(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


def levels(findings: list[Finding]) -> dict[str, Level]:
    return {finding.check: finding.level for finding in findings}


def write(folder: Path, text: str) -> Path:
    path = folder / "mosquitto.conf"
    path.write_text(text)
    return path


@pytest.mark.services
def test_broker_as_it_should_be_has_no_finding(tmp_path: Path) -> None:
    with own_broker(tmp_path, further=SAFE.format(folder=tmp_path)) as broker:
        found = check_broker(broker.url()) + check_file(tmp_path / "mosquitto.conf")
    assert [one.line() for one in found if one.level in (Level.WARNING, Level.LOSS)] == []
    assert by_check(found)["queue"].found == "3,000 sent while away, 3,000 answered as taken, 3,000 delivered"


@pytest.mark.services
def test_broker_with_its_default_queue_loses_what_it_answered_as_taken(tmp_path: Path) -> None:
    """Mosquitto keeps 1,000 messages for an absent client and says success to all the others."""
    with own_broker(tmp_path, most_in_flight=20, further="persistence false\n") as broker:
        found = by_check(check_broker(broker.url()))
    assert found["queue"].level is Level.LOSS
    assert "3,000 answered as taken, 1,0" in found["queue"].found
    assert "max_queued_messages" in found["queue"].mend
    assert found["inflight"].level is Level.OK  # a client of MQTT 5 says itself how many it takes
    assert found["packet_size"].level is Level.WARNING


def test_broker_that_lets_out_few_messages_is_warned_of() -> None:
    facts = BrokerFacts(has_mqtt5=False, granted_qos=1, has_session=True, n_sent=3000, n_taken=3000)
    facts.n_inflight, facts.n_kept = 20, 3000
    found = by_check(judge(facts))
    assert (found["inflight"].level, found["protocol"].level) == (Level.WARNING, Level.WARNING)
    assert (found["queue"].level, found["session"].level) == (Level.OK, Level.OK)


@pytest.mark.services
def test_broker_that_limits_bytes_loses_what_is_above(tmp_path: Path) -> None:
    further = "persistence false\nmax_queued_messages 0\nmax_queued_bytes 500000\n"
    with own_broker(tmp_path, further=further) as broker:
        found = by_check(check_broker(broker.url()))
    assert found["queue"].level is Level.LOSS


@pytest.mark.services
def test_broker_that_grants_only_qos_0_loses(tmp_path: Path) -> None:
    with own_broker(tmp_path, further="persistence false\nmax_qos 0\n") as broker:
        found = check_broker(broker.url())
    assert by_check(found)["subscription"].level is Level.LOSS
    assert is_losing(found)


@pytest.mark.services
def test_broker_without_retained_messages_and_with_small_packets_is_warned_of(tmp_path: Path) -> None:
    further = "persistence false\nmax_queued_messages 0\nretain_available false\nmax_packet_size 5000\n"
    with own_broker(tmp_path, further=further) as broker:
        found = by_check(check_broker(broker.url()))
    assert (found["retained"].level, found["packet_size"].level) == (Level.WARNING, Level.WARNING)
    assert "5,000 B" in found["packet_size"].found


@pytest.mark.services
def test_broker_that_dropped_messages_says_so_at_the_next_check(tmp_path: Path) -> None:
    with own_broker(tmp_path, further="persistence false\nmax_queued_messages 100\nsys_interval 1\n") as broker:
        (tmp_path / "acl").write_text("user gateway\ntopic readwrite vigie/#\ntopic read $SYS/#\n")
        broker.kill()
        broker.start()
        first = by_check(check_broker(broker.url()))
        with listening(broker.url(), "$SYS/broker/publish/messages/dropped") as counts:
            wait_until(lambda: any(int(count.payload) for count in counts), "the broker's count")
        second = by_check(check_broker(broker.url()))
    assert (first["dropped"].level, second["dropped"].level) == (Level.OK, Level.LOSS)


@pytest.mark.services
def test_user_who_may_not_publish_is_told(tmp_path: Path) -> None:
    with own_broker(tmp_path) as broker:
        found = by_check(check_broker(broker.url("mute")))
    assert found["queue"].level is Level.LOSS
    assert "Not authorized" in found["queue"].meaning


@pytest.mark.services
def test_broker_that_refuses_or_is_absent_is_a_finding(tmp_path: Path) -> None:
    with own_broker(tmp_path) as broker:
        refused = check_broker(broker.url(password="wrong"))
    absent = check_broker(broker.url())
    assert [one.level for one in refused + absent] == [Level.LOSS, Level.LOSS]
    assert "Not authorized" in refused[0].found


@pytest.mark.services
def test_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    """No retained message, no session, and no message that another subscriber of the formats' topics would take."""
    with own_broker(tmp_path, further="persistence false\nmax_queued_messages 0\nsys_interval 1\n") as broker:
        allow_counts(broker)
        with listening(broker.url(), "vigie/+/+/up") as uplinks:
            check_broker(broker.url())
        with listening(broker.url(), "vigie/#") as retained, connected(broker.url()) as client:
            client.publish("vigie/a/b/up", b"last", qos=1).wait_for_publish(10)
            wait_until(lambda: retained, "a message published after it")
        with listening(broker.url(), "$SYS/broker/clients/total") as counts:
            wait_until(lambda: counts and int(counts[-1].payload) == 1, "only this client")
    assert uplinks == []
    assert [message.payload for message in retained] == [b"last"]


def allow_counts(broker: OwnBroker) -> None:
    """Let the user read the broker's counts."""
    (broker.folder / "acl").write_text("user gateway\ntopic readwrite vigie/#\ntopic read $SYS/#\n")
    broker.kill()
    broker.start()


def test_configuration_of_the_distribution_would_lose_data(tmp_path: Path) -> None:
    found = levels(check_file(write(tmp_path, "listener 1883\n")))
    assert found["persistence"] is Level.LOSS
    assert found["queue_messages"] is Level.LOSS
    assert (found["inflight"], found["packet_size"]) == (Level.WARNING, Level.WARNING)


@pytest.mark.parametrize(
    ("line", "check", "expected"),
    [
        ("autosave_interval 1800", "autosave", Level.LOSS),
        ("autosave_interval 30", "autosave", Level.WARNING),
        ("autosave_interval 0", "autosave", Level.LOSS),
        ("autosave_interval 20\nautosave_on_changes true", "autosave", Level.WARNING),
        ("max_queued_messages 5000", "queue_messages", Level.LOSS),
        ("max_queued_bytes 1000000", "queue_bytes", Level.LOSS),
        ("max_queued_bytes 0", "queue_bytes", Level.WARNING),
        ("persistent_client_expiration 2d", "session_expiry", Level.LOSS),
        ("message_size_limit 4096", "packet_size", Level.WARNING),
        ("max_qos 0", "max_qos", Level.LOSS),
        ("memory_limit 100000000", "memory_limit", Level.WARNING),
        ("persistence false", "persistence", Level.LOSS),
    ],
)
def test_each_dangerous_line_is_found(tmp_path: Path, line: str, check: str, expected: Level) -> None:
    safe = SAFE.format(folder=tmp_path) + "max_inflight_messages 0\n"
    assert {Level.OK} == set(levels(check_file(write(tmp_path, safe))).values())
    spoilt = check_file(write(tmp_path, f"{safe}# {line}\n{line}\n"))
    bad = [one for one in spoilt if one.level is not Level.OK]
    assert [(one.check, one.level) for one in bad] == [(check, expected)]
    assert bad[0].meaning
    assert bad[0].mend


def test_included_files_count(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "a.conf").write_text("max_queued_messages 50\n")
    text = SAFE.format(folder=tmp_path) + f"include_dir {tmp_path}/conf.d\n"
    assert levels(check_file(write(tmp_path, text)))["queue_messages"] is Level.LOSS


def test_configuration_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        check_file(tmp_path / "absent.conf")
    with pytest.raises(ConfigurationError, match="whole number"):
        check_file(write(tmp_path, "persistence true\nautosave_interval often\n"))


@pytest.mark.services
def test_command_ends_with_1_where_data_would_be_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIE_DATABASE_URL", raising=False)
    with own_broker(tmp_path, further=SAFE.format(folder=tmp_path)) as broker:
        monkeypatch.setenv("VIGIE_MQTT_URL", broker.url())
        good = CliRunner().invoke(app, ["check", "--broker-config", str(tmp_path / "mosquitto.conf")])
        bad_file = write(tmp_path, "persistence false\n")
        bad = CliRunner().invoke(app, ["check", "--json", "--broker-config", str(bad_file)])
    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert good.output.splitlines()[-1].startswith("0 would lose data, 0 warnings")
    found = [json.loads(line) for line in bad.output.splitlines()]
    lost = next(one for one in found if one["check"] == "persistence")
    assert (lost["subject"], lost["level"]) == ("broker_config", "loss")
    assert lost["mend"] == "persistence true"
