"""What announcements were worth: precision, lead time, failures avoided and euros, out of closed work orders."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.kpi.figure import Figure
from analytics.kpi.work_orders import WorkInputs, tell_work
from sensors.work_order import Outcome
from store.baseline import DatedFactor
from store.connect import connect
from store.inputs import Window
from store.work_kpi import ClosedOrder, read_closed_orders
from store.work_orders import Asked, NewOrder, close_order, open_order
from tests.support.judged_town import seed_judged_town

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)
COSTS = (DatedFactor("failure_cost_lighting", 180.0, "{EUR}", "marché 2025", date(2025, 1, 1)),)


def an_order(
    verdict: str,
    condition: str | None = None,
    failed_after: timedelta | None = None,
    asset_type: str = "street_light",
    kinds: tuple[str, ...] = ("driver_ageing",),
) -> ClosedOrder:
    failed_at = None if failed_after is None else AT + failed_after
    return ClosedOrder(1, asset_type, verdict, condition, AT, failed_at, kinds)


def told(*orders: ClosedOrder, factors: tuple[DatedFactor, ...] = COSTS) -> dict[str, Figure]:
    return {figure.kpi: figure for figure in tell_work(WorkInputs(orders, factors, date(2026, 5, 1)))}


def test_precision_counts_another_cause_as_wrong_and_known_ones_not_at_all() -> None:
    figure = told(
        *[an_order("confirmed", "working")] * 6, an_order("false_alarm"), an_order("known"), an_order("other_cause")
    )["announcement_precision"]
    assert figure.value == pytest.approx(6 / 8)
    # Wilson's interval of 6 of 8.
    assert (figure.low, figure.high) == (pytest.approx(0.4093, abs=1e-4), pytest.approx(0.9285, abs=1e-4))
    assert {**figure.proof} == {"false_alarm": 1, "known": 1, "confirmed": 6, "other_cause": 1, "n_closed": 9}


def test_lead_time_is_of_what_failed_alone() -> None:
    figure = told(
        an_order("confirmed", "failed", 10 * DAY),
        an_order("confirmed", "failed", 4 * DAY),
        an_order("confirmed", "failed", -1 * DAY),
        an_order("confirmed", "working"),
        an_order("other_cause", "failed", 100 * DAY),
    )["announcement_lead_time"]
    assert (figure.low, figure.value, figure.high) == (-1.0, 4.0, 10.0)


def test_avoided_failures_cost_what_the_territory_entered() -> None:
    figures = told(an_order("confirmed", "working"), an_order("confirmed", "working"), an_order("confirmed", "failed"))
    count, value = figures["failures_avoided"], figures["failures_avoided_value"]
    assert (count.low, count.value, count.high) == (0.0, 2.0, 2.0)
    assert (value.low, value.value, value.high) == (0.0, 360.0, 360.0)
    assert value.proof["failure_cost_lighting"] == 180.0


def test_what_had_happened_and_what_ailed_the_sensor_were_no_failures_avoided() -> None:
    figures = told(
        an_order("confirmed", "working"),
        *(an_order("confirmed", "working", kinds=(kind,)) for kind in ("day_burner", "leak", "battery_low")),
        an_order("confirmed", "working", kinds=()),
    )
    assert figures["failures_avoided"].value == 1.0
    assert figures["failures_avoided_value"].value == 180.0
    assert figures["failures_avoided"].proof["n_foretold"] == 1


def test_without_a_cost_no_euros_are_told() -> None:
    figures = told(an_order("confirmed", "working", asset_type="boiler"), an_order("confirmed", "working"))
    value = figures["failures_avoided_value"]
    assert (value.value, value.withheld) == (None, "not known: factor failure_cost_building is not entered")
    assert figures["failures_avoided"].value == 2.0


def test_where_nobody_says_how_things_were_found_nothing_was_avoided_for_sure() -> None:
    figures = told(an_order("confirmed"), an_order("confirmed", "working"))
    assert (
        figures["failures_avoided"].withheld
        == "not known: 50% of the confirmed work orders say how the thing was found"
    )
    assert figures["failures_avoided_value"].value is None


def test_orders_opened_by_hand_say_nothing_of_announcements() -> None:
    assert told(ClosedOrder(1, "street_light", "confirmed", "working", None, None)) == {}


@pytest.mark.services
def test_orders_are_read_with_their_first_announcement(database_url: str) -> None:
    seed_judged_town(database_url, ("unusual_value", "dead_lamp"))
    boss = Asked("command of boss", "boss")
    with connect(database_url, program="test", autocommit=True) as connection:
        for new in (NewOrder(finding_id=1), NewOrder(finding_id=2), NewOrder(territory="town", title="regarder")):
            open_order(connection, new, boss)
        for number in (1, 3):
            close_order(connection, number, Outcome("confirmed", "working"), boss)
        territory_id, announced_at = connection.execute(
            "select territory_id, created_at from findings where finding_id = 1"
        ).fetchone() or (0, None)
        now = datetime.now(UTC)
        read = read_closed_orders(connection, Window(territory_id, (), now - DAY, now + DAY))
        assert read_closed_orders(connection, Window(territory_id, (), now - 2 * DAY, now - DAY)) == []
    assert read == [
        ClosedOrder(1, "street_light", "confirmed", "working", announced_at, None, ["unusual_value"]),
        ClosedOrder(3, None, "confirmed", "working", None, None, []),
    ]
