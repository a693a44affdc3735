"""What somebody muted at an alert: who is not told, of what, until when; and what is told all the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alert.mute import paused_until
from analytics.alert.raising import raise_alerts
from sensors.severity import SEVERITIES, Severity, is_at_least
from store.alert_messages import find_due
from store.alert_pauses import NewPause, Pause, PauseError, Scope, create_pause, end_pause
from store.alerts import find_occasion
from store.connect import connect
from store.inputs import Connection
from store.technician import NotThereError
from tests.analytics.alert.alerted_town import HOUR, MINUTE, a_channel, a_rule, messages, seed_alerted_town, tell

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
pauses = st.builds(
    Pause,
    st.sampled_from(["leak", "co2_high"]),
    st.none(),
    st.sampled_from(SEVERITIES),
    st.integers(1, 600).map(lambda minutes: NOW + timedelta(minutes=minutes)),
) | st.builds(
    Pause,
    st.none(),
    st.integers(1, 3),
    st.sampled_from(SEVERITIES),
    st.integers(1, 600).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)


@pytest.mark.parametrize(
    ("asset_ids", "severity", "minutes"),
    [
        ([1], "warning", 60),
        ([1], "info", 60),
        ([1], "urgent", 0),
        ([2], "warning", 120),
        ([1, 2], "warning", 60),
        ([1, 3], "warning", 0),
        ([], "warning", 0),
    ],
)
def test_an_incident_waits_while_each_of_its_assets_is_muted(
    asset_ids: list[int], severity: Severity, minutes: int
) -> None:
    muted = [
        Pause(None, 1, "warning", NOW + HOUR),
        Pause(None, 1, "info", NOW + 9 * HOUR * (severity != "info")),
        Pause(None, 2, "urgent", NOW + 2 * HOUR),
    ]
    assert paused_until(muted, "leak", asset_ids, severity, NOW) == NOW + timedelta(minutes=minutes)


@given(st.lists(pauses, max_size=5), st.lists(st.integers(1, 4), max_size=3, unique=True), st.sampled_from(SEVERITIES))
def test_nothing_waits_longer_than_somebody_asked_for(
    muted: list[Pause], asset_ids: list[int], severity: Severity
) -> None:
    """Never before now, never beyond the last pause that this severity allows, and never for another kind."""
    until = paused_until(muted, "leak", asset_ids, severity, NOW)
    allowed = [one.until_at for one in muted if is_at_least(one.up_to, severity) and one.kind != "co2_high"]
    assert until == NOW or until in allowed


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as connection:
        seed_alerted_town(connection)
        a_rule(connection, channel_id=a_channel(connection, "Astreinte"))
        yield connection


def now() -> datetime:
    return datetime.now(UTC)


def region_of(town: Connection) -> list[int]:
    return [row[0] for row in town.execute("select territory_id from territories where slug = 'region'")]


def mute(town: Connection, alert_id: int, scope: Scope, for_min: int = 60) -> int:
    new = NewPause(alert_id, scope, for_min, "works", "Ana")
    return int(create_pause(town, new, "test", region_of(town))["pause_id"])


@pytest.mark.services
@pytest.mark.parametrize(("scope", "waits"), [("asset", [True, False]), ("kind", [True, True])])
def test_what_is_muted_waits_and_the_rest_is_told(town: Connection, scope: Scope, waits: list[bool]) -> None:
    tell(town, "overflow_to_come", "bin-0", "warning")
    raise_alerts(town, now())
    mute(town, 1, scope)
    town.execute("delete from alert_messages")
    tell(town, "overflow_to_come", "bin-1", "warning")
    raise_alerts(town, now())
    found = town.execute("select due_at > now() + interval '50 min' from alert_messages order by alert_id").fetchall()
    assert [row[0] for row in found] == waits


@pytest.mark.services
def test_what_waits_to_be_sent_is_muted_too_and_told_once_it_is_ended(town: Connection) -> None:
    tell(town, "overflow_to_come", "bin-0", "warning")
    raise_alerts(town, now())
    before = find_occasion(town)
    number = mute(town, 1, "asset")
    assert find_occasion(town) != before
    raise_alerts(town, now())
    assert find_due(town, now()) == []
    before = find_occasion(town)
    end_pause(town, number, "test", region_of(town))
    assert find_occasion(town) != before
    raise_alerts(town, now())
    assert find_due(town, now()) == [1]
    assert len(messages(town)) == 1


@pytest.mark.services
def test_what_becomes_worse_is_told_at_once(town: Connection) -> None:
    tell(town, "overflow_to_come", "bin-0", "warning")
    raise_alerts(town, now())
    mute(town, 1, "kind")
    raise_alerts(town, now())
    assert find_due(town, now()) == []
    town.execute("update incidents set severity = 'urgent', updated_at = clock_timestamp()")
    raise_alerts(town, now())
    assert find_due(town, now()) == [1]


@pytest.mark.services
def test_it_is_over_by_itself_and_what_settled_meanwhile_is_dropped(town: Connection) -> None:
    for slug in ("bin-0", "bin-1"):
        tell(town, "overflow_to_come", slug, "warning")
    raise_alerts(town, now())
    mute(town, 1, "kind")
    raise_alerts(town, now())
    town.execute("update incidents set ended_at = now() where incident_id = 2")
    later = now() + HOUR + MINUTE
    raise_alerts(town, later)
    assert find_due(town, later) == [1]


@pytest.mark.services
def test_what_safety_hangs_on_is_never_muted(town: Connection) -> None:
    """Neither by its kind, nor with all that is told of its asset."""
    tell(town, "container_fire", "bin-0")
    tell(town, "overflow_to_come", "bin-1", "critical")
    raise_alerts(town, now())
    for scope in ("asset", "kind"):
        with pytest.raises(PauseError, match="safety") as refused:
            mute(town, 1, scope)
        assert "sécurité" in refused.value.sentence_fr
    mute(town, 2, "asset")
    town.execute("delete from alert_messages")
    tell(town, "container_fire", "bin-1")
    raise_alerts(town, now())
    due = town.execute("select alert_id from alert_messages where due_at <= now() order by alert_id").fetchall()
    kinds = town.execute("select kind from alerts where alert_id = any(%s)", ([row[0] for row in due],)).fetchall()
    assert kinds
    assert {kind for (kind,) in kinds} == {"bin_fire"}


@pytest.mark.services
def test_an_alert_about_several_assets_is_muted_by_its_kind_only(town: Connection) -> None:
    tell(town, "overflow_to_come", "bin-0", "warning")
    tell(town, "overflow_to_come", "bin-1", "warning")
    raise_alerts(town, now())
    town.execute("update findings set incident_id = 1")
    town.execute("update incidents set asset_id = null where incident_id = 1")
    with pytest.raises(PauseError, match="about 2 assets"):
        mute(town, 1, "asset")
    mute(town, 1, "kind")
    with pytest.raises(NotThereError):
        create_pause(town, NewPause(1, "kind", 60, "works", "x"), "test", [0])
    with pytest.raises(NotThereError):
        end_pause(town, 1, "test", [0])
