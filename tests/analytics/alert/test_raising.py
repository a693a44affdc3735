"""What is put into the outbox: one incident, one message; rules, escalation, mutes, acknowledgements."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest

from analytics.alert.raising import AlertReport, raise_alerts
from store import alert_setup as setup
from store.alert_messages import find_due
from store.alert_setup import NewRota, SetupError
from store.alerts import AcknowledgedError, acknowledge, read_alerts
from store.connect import connect
from store.inputs import Connection
from store.technician import NotThereError
from tests.analytics.alert.alerted_town import HOUR, MINUTE, a_channel, a_rule, messages, seed_alerted_town, tell

pytestmark = pytest.mark.services


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as connection:
        seed_alerted_town(connection)
        yield connection


def now() -> datetime:
    return datetime.now(UTC)


def test_one_incident_is_one_message_however_often_it_changes(town: Connection) -> None:
    a_rule(town, channel_id=a_channel(town, "Astreinte"))
    a_rule(town, kinds=["bin_fire"], channel_id=1)  # the same channel by another rule
    tell(town, "container_fire", "bin-0")
    assert raise_alerts(town, now()) == AlertReport(1, 0)
    town.execute("update findings set score = 9, severity = 'critical', updated_at = clock_timestamp()")
    tell(town, "container_moved", "bin-0")
    for later in (MINUTE, HOUR, 24 * HOUR):
        assert raise_alerts(town, now() + later) == AlertReport()
    assert messages(town) == [(1, "Astreinte", 0)]
    (alert,) = read_alerts(town, {}, 10)
    assert (alert["kind"], alert["severity"], alert["territory"]) == ("bin_fire", "critical", "town")


@pytest.mark.parametrize(
    ("rule", "n"),
    [
        ({}, 1),
        ({"kinds": ["leak"]}, 0),
        ({"kinds": ["leak", "bin_fire"]}, 1),
        ({"least_severity": "critical"}, 0),
        ({"territory": "region"}, 1),
        ({"territory": "beside"}, 0),
    ],
)
def test_a_rule_tells_of_its_kinds_severities_and_territories(town: Connection, rule: dict[str, str], n: int) -> None:
    a_rule(town, channel_id=a_channel(town, "Astreinte", rule.get("territory", "town")), **rule)
    tell(town, "container_fire", "bin-0")
    assert raise_alerts(town, now()).n_messages == n


def test_what_is_no_kind_of_alert_or_was_judged_is_told_to_nobody(town: Connection) -> None:
    a_rule(town, least_severity="info", channel_id=a_channel(town, "Astreinte"))
    tell(town, "unusual_value", "bin-0")
    tell(town, "container_fire", "bin-1")
    town.execute("update findings set is_silenced = true, verdict = 'false_alarm' where kind = 'container_fire'")
    assert raise_alerts(town, now()) == AlertReport()


def test_a_new_rule_does_not_tell_what_is_open_already(town: Connection) -> None:
    tell(town, "container_fire", "bin-0")
    a_rule(town, channel_id=a_channel(town, "Astreinte"))
    assert raise_alerts(town, now()) == AlertReport()


def a_rota_of_three(town: Connection, escalate_min: int | None) -> None:
    channels = [a_channel(town, name) for name in ("Ana", "Bob", "Cyd")]
    today = now().date() - timedelta(days=8)  # the second week
    number = setup.create_rota(town, NewRota("town", "Astreinte", channels, today, time(0)), "test")
    a_rule(town, rota_id=number, escalate_min=escalate_min)


def test_it_is_escalated_through_the_rota_until_somebody_acknowledges(town: Connection) -> None:
    a_rota_of_three(town, escalate_min=15)
    tell(town, "container_fire", "bin-0")
    began = now()
    for minutes, told in ((0, 1), (14, 1), (16, 2), (25, 2)):
        raise_alerts(town, began + minutes * MINUTE)
        assert len(messages(town)) == told
    acknowledge(town, 1, "Bob", "test")
    raise_alerts(town, began + HOUR)
    assert messages(town) == [(1, "Bob", 0), (1, "Cyd", 1)]
    with pytest.raises(AcknowledgedError, match="by Bob"):
        acknowledge(town, 1, "Cyd", "test")
    with pytest.raises(NotThereError):
        acknowledge(town, 2, "Cyd", "test")


def test_it_ends_when_all_were_told_or_the_rule_does_not_escalate(town: Connection) -> None:
    a_rota_of_three(town, escalate_min=1)
    tell(town, "container_fire", "bin-0")
    for minutes in range(0, 20, 2):
        raise_alerts(town, now() + minutes * MINUTE)
    assert [name for _, name, _ in messages(town)] == ["Bob", "Cyd", "Ana"]
    town.execute("update alert_rules set escalate_min = null")
    tell(town, "container_fire", "bin-1")
    for minutes in range(0, 20, 2):
        raise_alerts(town, now() + minutes * MINUTE)
    assert len(messages(town)) == 4


def test_an_incident_that_is_over_ends_its_alert_and_is_not_escalated(town: Connection) -> None:
    a_rota_of_three(town, escalate_min=1)
    tell(town, "container_fire", "bin-0")
    raise_alerts(town, now())
    town.execute("update incidents set ended_at = now()")
    assert raise_alerts(town, now() + HOUR) == AlertReport(0, 1)
    assert len(messages(town)) == 1
    assert read_alerts(town, {}, 10) == []


def mute_around(town: Connection) -> datetime:
    """Mute the town (of UTC) from an hour ago for three hours, and give the end."""
    town.execute("update territories set time_zone = 'UTC'")
    at = now().replace(second=0, microsecond=0)
    setup.create_mute(town, "town", ((at - HOUR).time(), (at + 2 * HOUR).time()), "urgent", "test")
    return at + 2 * HOUR


def test_what_does_not_press_waits_and_is_dropped_when_it_is_over(town: Connection) -> None:
    a_rule(town, channel_id=a_channel(town, "Astreinte"))
    end = mute_around(town)
    tell(town, "overflow_to_come", "bin-0", "warning")
    tell(town, "overflow_to_come", "bin-1", "warning")
    tell(town, "container_fire", "bin-2", "urgent")
    assert raise_alerts(town, now()).n_messages == 3
    waits = town.execute("select due_at > now() from alert_messages order by alert_id").fetchall()
    assert waits == [(True,), (True,), (False,)]
    town.execute("update incidents set ended_at = now() where incident_id = 2")
    raise_alerts(town, now())
    assert find_due(town, end) == [1]
    due = town.execute("select alert_id from alert_messages where given_up_at is null and due_at <= %s", (end,))
    assert [row[0] for row in due.fetchall()] == [1, 3]


def test_what_becomes_worse_in_the_night_is_told_at_once(town: Connection) -> None:
    a_rule(town, channel_id=a_channel(town, "Astreinte"))
    mute_around(town)
    tell(town, "overflow_to_come", "bin-0", "warning")
    raise_alerts(town, now())
    assert find_due(town, now()) == []
    town.execute("update incidents set severity = 'urgent', updated_at = clock_timestamp()")
    raise_alerts(town, now())
    assert find_due(town, now()) == [1]
    assert len(messages(town)) == 1


def test_an_alert_goes_with_its_incident_where_that_is_merged(town: Connection) -> None:
    a_rule(town, channel_id=a_channel(town, "Astreinte"))
    for slug in ("bin-0", "bin-1"):
        tell(town, "container_fire", slug)
    raise_alerts(town, now())
    town.execute("update findings set incident_id = null")
    row = town.execute(
        "insert into incidents (territory_id, cause, severity, score, started_at, n_findings, n_assets, sentence_en,"
        " sentence_fr) select territory_id, 'many_at_once', 'urgent', 9, started_at, 2, 2, 'Two.', 'Deux.' from"
        " incidents limit 1 returning incident_id"
    ).fetchone()
    assert row is not None
    town.execute("update findings set incident_id = %s", row)
    town.execute("update incidents set merged_into_id = %s, ended_at = now() where incident_id <> %s", (*row, *row))
    assert raise_alerts(town, now()) == AlertReport(0, 1)
    assert [(one["alert_id"], one["incident_id"]) for one in read_alerts(town, {}, 10)] == [(1, row[0])]


def test_what_cannot_be_set_up_is_refused(town: Connection) -> None:
    a_channel(town, "Astreinte")
    with pytest.raises(SetupError, match="of that name already"):
        a_channel(town, "Astreinte")
    with pytest.raises(SetupError, match="no kind of alert rain"):
        a_rule(town, kinds=["rain"], channel_id=1)
    with pytest.raises(SetupError, match="either a channel or a rota"):
        a_rule(town)
    with pytest.raises(NotThereError):
        a_rule(town, territory="beside", channel_id=1)  # of another territory
    with pytest.raises(NotThereError):
        setup.create_rota(town, NewRota("beside", "R", [1], now().date()), "test")
    assert setup.read_parts(town, "rota") == []
    with pytest.raises(SetupError, match="each once"):
        setup.create_rota(town, NewRota("town", "R", [1, 1], now().date()), "test")
    with pytest.raises(SetupError, match="ends at another time"):
        setup.create_mute(town, "town", (time(1), time(1)), "urgent", "test")
