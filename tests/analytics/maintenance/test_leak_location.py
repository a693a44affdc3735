"""Where to listen first for a leak: sensors of noise and pressure behind the point that tells of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import Span, leak
from analytics.maintenance.gauges import Floats
from analytics.water_mains.location import clues_behind, locate, nearest_metered
from simulators.effect import faults
from store.gauge_hours import GaugeHours, NamedAsset
from store.water import NightFlow
from tests.support.drawn_hours import draw, gauge_hours, named_assets, night_flows
from tests.support.towns import a_town, an_episode, with_episodes

START = datetime(2025, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS, BEGIN = 30, 20
INLET, NORTH, EAST, FAR = (
    NamedAsset(1, "Inlet", None),
    NamedAsset(2, "North", 1),
    NamedAsset(3, "Rue de l'Est", 2),
    NamedAsset(4, "Rue du Port", 1),
)
ASSETS = [INLET, NORTH, EAST, FAR]


def sensor(asset: NamedAsset, quantity: str, values: Floats) -> GaugeHours:
    """A value at three in the morning, night by night."""
    begins = np.array([(START + n * DAY + timedelta(hours=2)).timestamp() for n in range(values.size)])
    about = (10 * asset.asset_id + len(quantity), asset.asset_id, asset.name, asset.parent_id, {}, quantity)
    full = np.full(values.size, 3600.0)
    return GaugeHours(*about, begins, values, values, values, full, np.ones(values.size))


def nightly(level: float, change: float, sigma: float, seed: int) -> Floats:
    """Nights around a level, with a change from the leak's night on."""
    changed = np.where(np.arange(N_DAYS) >= BEGIN, change, 0.0)
    return np.asarray(level + changed + np.random.default_rng(seed).normal(0, sigma, N_DAYS), dtype=np.float64)


def told(gauges: Sequence[GaugeHours]) -> list[dict[str, object]]:
    """Tell a leak behind the point in the north, and give what it says of where to listen."""
    draws = np.random.default_rng(3)
    north = 1.0 * draws.normal(1, 0.03, N_DAYS) + np.where(np.arange(N_DAYS) >= BEGIN, 0.8, 0.0)
    inlet = north + 0.2 * draws.normal(1, 0.03, N_DAYS)
    nights = [
        NightFlow(asset_id, asset_id, date(2025, 3, 10) + n * DAY, flow, 7200.0)
        for asset_id, own in ((1, inlet), (2, north))
        for n, flow in enumerate(own.tolist())
    ]
    ends = tuple(START + n * DAY for n in range(21, N_DAYS + 1))
    span = Span(ends[0] - DAY, ends[-1], "Europe/Paris", ends)
    verdicts = [one for one in leak.tell(leak.Points(ASSETS, nights, gauges), span) if one.is_present]
    assert {one.asset_id for one in verdicts} == {2}
    evidence = verdicts[-1].evidence
    assert evidence is not None
    assert evidence["share_of_night_inflow"] == pytest.approx(0.8 / 1.8, abs=0.05)
    first = evidence["listen_first"][0]["asset"] if evidence["listen_first"] else "Listen first"
    assert (str(first) in verdicts[-1].sentence_en) == bool(evidence["listen_first"])
    assert "Écouter d'abord" not in verdicts[-1].sentence_fr or evidence["listen_first"]
    return list(evidence["listen_first"])


def test_logger_that_became_loud_is_named_first() -> None:
    clues = told(
        [
            sensor(EAST, "noise_level", nightly(18, 14, 2, 1)),
            sensor(NORTH, "water_pressure", nightly(4.2, -0.12, 0.01, 2)),
            sensor(FAR, "noise_level", nightly(18, 20, 2, 4)),  # hangs on the inlet, not behind the north
        ]
    )
    assert {(clue["asset"], clue["rests_on"]) for clue in clues} == {
        ("Rue de l'Est", "noise_level"),
        ("North", "water_pressure"),
    }


def test_pressure_alone_names_the_place_where_it_fell_most() -> None:
    clues = told(
        [
            sensor(EAST, "water_pressure", nightly(4.0, -0.3, 0.02, 1)),
            sensor(NORTH, "water_pressure", nightly(4.2, -0.1, 0.02, 2)),
        ]
    )
    assert clues[0] == {"asset": "Rue de l'Est", "rests_on": "water_pressure", "change": pytest.approx(-0.3, abs=0.05)}


@pytest.mark.parametrize("change", [0.0, -14.0])
def test_sensors_that_did_not_change_as_a_leak_does_say_nothing(change: float) -> None:
    gauges = [sensor(EAST, "noise_level", nightly(18, change, 2, 1))]
    gauges.append(sensor(NORTH, "water_pressure", nightly(4.2, -0.02, 0.02, 2)))
    assert told(gauges) == []


def test_sensors_are_of_the_nearest_metered_point() -> None:
    parents = {asset.asset_id: asset.parent_id for asset in ASSETS}
    assert nearest_metered(3, parents, frozenset({1, 2})) == 2
    assert nearest_metered(4, parents, frozenset({1, 2})) == 1
    assert nearest_metered(4, parents, frozenset()) is None
    assert nearest_metered(1, {1: 2, 2: 1}, frozenset()) is None
    own = clues_behind(2, ASSETS, frozenset({1, 2}), [sensor(EAST, "flow", nightly(1, 0, 1, 1))])
    assert own == []


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 1e300])
def test_odd_values_locate_nothing_and_fail_nowhere(value: float) -> None:
    gauges = [sensor(EAST, "noise_level", np.full(N_DAYS, value))]
    assert locate(gauges, (START + 20 * DAY).timestamp(), (START + 30 * DAY).timestamp()) == []


def test_drawn_leak_is_heard_on_its_own_pipe() -> None:
    town = a_town(139, START, scale=0.15)
    with_episodes(town, [an_episode(town, faults()["leak_night"], "conduite-02", 20, 6, 2)])
    drawn = draw(town, ("water",), N_DAYS)
    rows = gauge_hours(town, drawn, ("flow", "water_pressure", "noise_level"))
    flows = [one for one in rows if one.quantity == "flow"]
    at_night = [one for one in rows if one.quantity != "flow"]
    points = leak.Points(named_assets(town, ("water_pipe",)), night_flows(flows), at_night)
    ends = tuple(START + n * DAY + timedelta(hours=11) for n in range(10, N_DAYS))
    verdicts = leak.tell(points, Span(ends[0] - DAY, ends[-1], "Europe/Paris", ends))
    found = [one for one in verdicts if one.is_present]
    name = next(asset.name for asset in town.assets if asset.slug == "conduite-02")
    assert found
    assert found[-1].evidence is not None
    assert found[-1].evidence["listen_first"][0]["asset"] == name
