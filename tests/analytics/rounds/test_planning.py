"""The rounds of a day: who is a candidate, what a stop is worth, hours, why containers are left out, files."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from analytics.rounds.choice import choose, next_vehicle, plan_slots, still_free, usable_for
from analytics.rounds.day_plan import DayPlan, LeftOut, Outlook
from analytics.rounds.distances import estimate
from analytics.rounds.export import geojson, gpx
from analytics.rounds.fleet import Assumptions, Depot, Fleet, FleetError, VehicleEntry, read_fleet
from analytics.rounds.planning import Candidate, Question, plan_day
from analytics.rounds.problem import Effort
from analytics.rounds.sheet import write_sheet
from analytics.rounds.solver_builtin import solve
from store.baseline import PlannedRounds
from store.planned_rounds import Container

ZONE = ZoneInfo("Europe/Paris")
DAY = date(2026, 3, 3)
BEGINS, ENDS = datetime(2026, 3, 3, tzinfo=ZONE), datetime(2026, 3, 4, tzinfo=ZONE)
NEXT = datetime(2026, 3, 6, 6, tzinfo=ZONE)
DEPOT = Depot("Dépôt", 5.00, 47.30)
TRUCK = VehicleEntry("Benne 1", "Dépôt", 20_000.0, "06:00", "13:00")
FLEET = Fleet((DEPOT,), (TRUCK,))
QUESTION = Question("town", "Europe/Paris", DAY, "glass", datetime(2026, 3, 2, 16, tzinfo=UTC), Effort(iterations=200))


def container(asset_id: int, km_east: float = 0.0, **changes: object) -> Container:
    plain = Container(
        asset_id, f"bin-{asset_id}", f"Bac {asset_id}", None, 5.0 + km_east / 75.6, 47.3, "nord", "glass", 3000.0,
        None, None, None,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def candidate(one: Container, probability: float, expected: float = 50.0) -> Candidate:
    outlook = Outlook(expected, expected - 10, expected + 10, probability)
    return Candidate(one, outlook, probability, expected / 100 * 3000, "may_overflow", NEXT)


def planned(candidates: list[Candidate], fleet: Fleet = FLEET, left: tuple[LeftOut, ...] = ()) -> DayPlan:
    return plan_day(QUESTION, fleet, candidates, left, estimate, solve)


def test_only_containers_worth_the_way_are_served() -> None:
    """20 km for an overflow: a sure one 3 km away is served, one chance in a hundred 3 km further is not."""
    plan = planned([candidate(container(1, 3), 1.0, 90), candidate(container(2, 6), 0.01)])
    (one,) = plan.rounds
    assert [stop.container.asset_id for stop in one.stops] == [1]
    (left,) = plan.left_out
    assert (left.container.asset_id, left.reason) == (2, "not_worth")
    assert left.worth_km == pytest.approx(0.2)
    assert left.detour_km == pytest.approx(8.4, abs=0.1)
    assert one.distance_km == pytest.approx(8.4, abs=0.1)


def test_a_small_risk_on_the_way_is_served() -> None:
    plan = planned([candidate(container(1, 3), 1.0), candidate(container(2, 1.5), 0.01)])
    assert [stop.container.asset_id for stop in plan.rounds[0].stops] in ([1, 2], [2, 1])
    assert plan.left_out == ()


def test_nothing_at_risk_is_no_round() -> None:
    plan = planned([candidate(container(1, 3), 0.02)])
    assert plan.rounds == ()
    assert "Aucune tournée" in write_sheet(plan, "fr")


def test_what_has_no_room_is_said_so() -> None:
    """The vehicle takes 2,000 l, two containers hold 1,500 l each and are sure to overflow."""
    small = replace_vehicle(capacity_l=2000.0)
    plan = planned([candidate(container(1, 2), 1.0), candidate(container(2, 2.1), 1.0)], small)
    assert plan.n_stops == 1
    assert [left.reason for left in plan.left_out] == ["no_room"]
    assert "no vehicle had room or time" in write_sheet(plan, "en")


def test_without_a_vehicle_all_is_left() -> None:
    plan = planned([candidate(container(1, 2), 1.0)], Fleet((DEPOT,), ()))
    assert [(left.reason, left.detour_km) for left in plan.left_out] == [("no_room", None)]
    write_sheet(plan, "fr")


def replace_vehicle(**changes: object) -> Fleet:
    fields = {name: getattr(TRUCK, name) for name in TRUCK.__struct_fields__}
    return Fleet((DEPOT,), (VehicleEntry(**{**fields, **changes}),))


def test_hours_are_kept_and_told_in_civil_time() -> None:
    """A street open from nine: the vehicle leaves just in time rather than wait there."""
    late = container(1, 3, open_from="09:00", open_to="11:00", service_s=600.0)
    (one,) = planned([candidate(late, 1.0)]).rounds
    assert one.stops[0].arrives_at == datetime(2026, 3, 3, 9, tzinfo=ZONE)
    drive = timedelta(hours=4.2 / 25)
    assert abs(one.leaves_at - (one.stops[0].arrives_at - drive)) < timedelta(minutes=1)
    assert abs(one.back_at - (one.stops[0].arrives_at + timedelta(minutes=10) + drive)) < timedelta(minutes=1)


def test_a_street_closed_all_day_is_left() -> None:
    never = container(1, 3, open_from="14:00", open_to="15:00")
    assert planned([candidate(never, 1.0)]).rounds == ()


@pytest.mark.parametrize(
    ("opens", "closes"), [("01:00", "03:00"), ("23:00", "03:00"), (None, "03:00"), ("23:00", None)]
)
def test_hours_after_midnight_are_those_of_the_shift(opens: str | None, closes: str | None) -> None:
    fleet = replace_vehicle(from_hour="22:30", to_hour="05:00")
    (one,) = planned([candidate(container(1, 3, open_from=opens, open_to=closes), 1.0)], fleet).rounds
    earliest = {"01:00": datetime(2026, 3, 4, 1, tzinfo=ZONE), "23:00": datetime(2026, 3, 3, 23, tzinfo=ZONE)}
    shift = datetime(2026, 3, 3, 22, 30, tzinfo=ZONE)
    assert earliest.get(opens or "", shift) <= one.stops[0].arrives_at <= datetime(2026, 3, 4, 5, tzinfo=ZONE)
    assert closes is None or one.stops[0].arrives_at <= datetime(2026, 3, 4, 3, tzinfo=ZONE)


def test_a_shift_over_midnight_on_the_day_clocks_change() -> None:
    """On 28 March 2026 the shift from 22:00 to 05:00 has six hours, for the hour from two is not there."""
    question = replace(QUESTION, day=date(2026, 3, 28))
    fleet = replace_vehicle(from_hour="22:00", to_hour="05:00")
    slow = container(1, 3, service_s=6.5 * 3600)
    plan = plan_day(question, fleet, [candidate(slow, 1.0)], (), estimate, solve)
    assert plan.rounds == ()
    quick = container(1, 3, service_s=5.5 * 3600)
    (one,) = plan_day(question, fleet, [candidate(quick, 1.0)], (), estimate, solve).rounds
    assert one.leaves_at.astimezone(ZONE).hour == 22
    assert one.back_at - one.leaves_at < timedelta(hours=6)


PLAN = PlannedRounds("nord", "glass", (1, 4), 1, date(2026, 1, 1), time(5, 30), None)


def chosen(containers: list[Container], outlooks: dict[int, Outlook]) -> tuple[list[Candidate], list[LeftOut]]:
    slots = plan_slots(containers, [PLAN], DAY, ZONE)
    next_at = {at: next_vehicle(own, BEGINS, ENDS, 3) for at, own in slots.items()}
    return choose(containers, outlooks, slots, next_at, ENDS)


def test_candidates_and_those_that_cannot_be() -> None:
    """By its risk; not known, where the plan sends a vehicle that Tuesday; else left, and so without a place."""
    containers = [container(1), container(2), container(3, sector="sud"), container(4, longitude=None)]
    known = Outlook(150.0, 100.0, 180.0, 0.7)
    candidates, left = chosen(containers, {1: known, 4: known})
    assert [(one.container.asset_id, one.worth, one.load_l, one.reason) for one in candidates] == [
        (1, 0.7, 3000.0, "may_overflow"),
        (2, 1.0, 3000.0, "fixed_plan"),
    ]
    assert [(one.container.asset_id, one.reason) for one in left] == [(3, "level_not_known"), (4, "no_position")]


def test_the_next_vehicle_is_that_of_the_plan_else_some_days_on() -> None:
    candidates, _ = chosen([container(1), container(2, sector="sud")], {n: Outlook(5, 1, 9, 0.1) for n in (1, 2)})
    assert candidates[0].next_at == datetime(2026, 3, 6, 5, 30, tzinfo=ZONE)
    assert candidates[1].next_at == BEGINS + timedelta(days=3)


def test_a_container_without_its_volume_counts_as_the_largest() -> None:
    containers = [container(1, capacity_l=None), container(2, capacity_l=4000.0)]
    candidates, _ = chosen(containers, {n: Outlook(50, 40, 60, 0.1) for n in (1, 2)})
    assert [one.load_l for one in candidates] == [2000.0, 2000.0]


def full_plan() -> DayPlan:
    nasty = container(2, 3, name='<b>"Église" & Cie</b>', address="1 rue d’Aval <")
    unknown = LeftOut(container(7, longitude=None, name="<i>"), None, "no_position", NEXT)
    return planned([candidate(container(1, 2), 1.0), candidate(nasty, 1.0), candidate(container(3, 40), 0.001)],
                   left=(unknown,))  # fmt: skip


def test_geojson_holds_rounds_stops_and_what_is_left_out() -> None:
    body = json.loads(json.dumps(geojson(full_plan())))
    kinds = [feature["properties"]["kind"] for feature in body["features"]]
    assert kinds == ["round", "stop", "stop", "left_out", "left_out"]
    line = body["features"][0]
    assert line["geometry"]["coordinates"][0] == line["geometry"]["coordinates"][-1] == [5.0, 47.3]
    assert len(line["geometry"]["coordinates"]) == 4
    assert [feature["geometry"] is None for feature in body["features"]] == [False, False, False, True, False]
    assert body["assumptions"]["overflow_km"] == 20.0
    assert body["distances"].startswith("great circle")


def test_gpx_is_well_formed_and_in_order() -> None:
    plan = full_plan()
    root = ElementTree.fromstring(gpx(plan))
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    points = root.findall("g:rte/g:rtept", space)
    assert [point.attrib["lon"] for point in (points[0], points[-1])] == ["5.000000", "5.000000"]
    names = [point.findtext("g:name", "", space) for point in points[1:-1]]
    assert names == [f"{order} {stop.container.name}" for order, stop in enumerate(plan.rounds[0].stops, 1)]


class Tags(HTMLParser):
    """Notes tags and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sheet_shows_names_as_they_are_and_every_container(language: str) -> None:
    """Names are text, never markup; each stop and each container left out stands there with its reason."""
    plan = full_plan()
    page = Tags()
    page.feed(write_sheet(plan, language))  # type: ignore[arg-type]
    assert not {"b", "i", "script"} & set(page.tags)
    for stop in plan.rounds[0].stops:
        assert stop.container.name in page.text
    assert "Bac 3" in page.text
    assert {"fr": "mardi 3 mars 2026", "en": "Tuesday 3 March 2026"}[language] in page.text
    assert {"fr": "position inconnue", "en": "no position"}[language] in page.text
    assert {"fr": "100 % de risque de débordement", "en": "100% risk of overflow"}[language] in page.text


def test_vehicles_are_not_sent_twice() -> None:
    plan = planned([candidate(container(1, 2), 1.0)])
    assert list(still_free(FLEET.vehicles, plan)) == []
    two = replace_vehicle(n=2)
    assert [entry.n for entry in still_free(two.vehicles, plan)] == [1]
    glass = replace_vehicle(waste_streams=("glass",))
    assert list(usable_for("paper", glass.vehicles)) == []
    assert list(usable_for("paper", FLEET.vehicles)) == [TRUCK]


GOOD = {
    "depots": [{"name": "D", "longitude": 5.0, "latitude": 47.0}],
    "vehicles": [{"name": "V", "depot": "D", "capacity_l": 9000, "from_hour": "06:00", "to_hour": "13:00"}],
}


def test_a_fleet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps({**GOOD, "assumptions": {"overflow_km": 5}}))
    fleet = read_fleet(path)
    assert fleet.vehicles[0].ends == time(13)
    assert fleet.assumptions == Assumptions(overflow_km=5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"depots": []}, "names no depot there is: D"),
        ({"vehicles": []}, "no vehicle"),
        ({"depots": GOOD["depots"] * 2}, "two depots of one name"),
        ({"vehicles": GOOD["vehicles"] * 2}, "two vehicles of one name"),
        ({"assumptions": {"overflow_km": -1}}, "describes no vehicles"),
        ({"trucks": []}, "describes no vehicles"),
        ({"vehicles": [{**GOOD["vehicles"][0], "from_hour": "06:00Z"}]}, "describes no vehicles"),
    ],
)
def test_a_fleet_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, object], words: str) -> None:
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(FleetError, match=words):
        read_fleet(path)
