"""Lifts avoided in a simulated town whose rounds are known: what is told is true, and the truth lies in the bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.collection.inputs import LEAD, CollectionInputs
from analytics.kpi.collection import tell_collection
from analytics.kpi.rounds import is_of
from analytics.plan import slots_of
from simulators.reference import drawn_rounds, plans
from simulators.rounds import SECTORS, STREAMS, Round
from simulators.town import Town
from store.baseline import DoneRound, PlannedRounds, Slot
from store.collection import ContainerLevels, WatchedContainer
from tests.support.towns import a_quiet_town, by_series, generate_days

START = datetime(2025, 9, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
BEGIN, END = datetime(2025, 9, 30, 22, tzinfo=UTC), datetime(2025, 10, 31, 23, tzinfo=UTC)
N_DAYS = 54


@dataclass(frozen=True)
class Told:
    """A town's inputs, and its rounds as drawn."""

    inputs: CollectionInputs
    rounds: Sequence[Round]


@pytest.fixture(scope="module")
def told() -> Told:
    """Two months of a small town; every round that was driven is written down."""
    town = a_quiet_town(101, START, scale=0.1)
    rounds = [one for one in drawn_rounds(town, END) if one.start_s >= (BEGIN - LEAD).timestamp()]
    slots = planned(town)
    done = [done_round(one) for one in rounds if one.is_done]
    untold = [index for index, slot in enumerate(slots) if not any(is_of(one, slot, PARIS) for one in done)]
    levels = measured(town)
    watched = [WatchedContainer(one.asset_id, one.sector, one.waste_stream, START) for one in levels]
    return Told(CollectionInputs(slots, done, untold, [], watched, levels, [], [], BEGIN, END), rounds)


def planned(town: Town) -> list[Slot]:
    days = (BEGIN - LEAD).astimezone(PARIS).date(), END.astimezone(PARIS).date()
    entered = [
        PlannedRounds(
            one.sector,
            one.waste_stream,
            one.weekdays,
            one.every_weeks,
            one.first_on,
            time.fromisoformat(one.start_hour),
            None,
        )
        for one in plans(town)
    ]
    return [slot for plan in entered for slot in slots_of(plan, days, PARIS)]


def done_round(one: Round) -> DoneRound:
    return DoneRound(SECTORS[one.sector], STREAMS[one.stream], datetime.fromtimestamp(one.start_s, UTC), "declared")


def measured(town: Town) -> list[ContainerLevels]:
    rows = by_series(town, generate_days(town, N_DAYS))
    found = []
    for number, asset in enumerate((one for one in town.assets if one.type == "waste_container"), 1):
        at_s, values = rows[asset.slug, "", "fill_level"]
        where = str(asset.attributes["sector"]), str(asset.attributes["waste_stream"])
        instants = tuple(int(at) for at in at_s)
        found.append(ContainerLevels(number, number, asset.slug, *where, None, instants, tuple(values.tolist())))
    return found


def skipped_in_truth(told: Told) -> set[tuple[str, datetime]]:
    """Give each container with the instant of each round of its sector and stream that was not driven."""
    left_out = [one for one in told.rounds if not one.is_done and BEGIN.timestamp() <= one.start_s < END.timestamp()]
    return {
        (container.name, datetime.fromtimestamp(one.start_s, UTC))
        for one in left_out
        for container in told.inputs.levels
        if (container.sector, container.waste_stream) == (SECTORS[one.sector], STREAMS[one.stream])
    }


def test_every_skipped_lift_that_is_listed_was_skipped(told: Told) -> None:
    figures = {(one.kpi, one.asset_id): one for one in tell_collection(told.inputs)}
    town, truth = figures["lifts_avoided", None], skipped_in_truth(told)
    listed = {(one["container"], datetime.fromisoformat(one["planned_at"])) for one in town.proof["skipped"]}
    assert listed
    assert listed <= truth


def test_truth_lies_in_the_bounds(told: Told) -> None:
    (town,) = (one for one in tell_collection(told.inputs) if (one.kpi, one.asset_id) == ("lifts_avoided", None))
    assert town.low is not None
    assert town.high is not None
    assert town.low <= len(skipped_in_truth(told)) <= town.high
    assert town.high - town.low <= 0.15 * (town.baseline or 0)


def test_silent_fortnight_widens_the_bounds_and_still_holds_the_truth(told: Told) -> None:
    """From the tenth on nothing comes of a quarter of the containers."""
    gone = {one.asset_id for one in told.inputs.levels if one.asset_id % 4 == 0}
    cut = (BEGIN + timedelta(days=10)).timestamp()
    levels = [shorten(one, cut) if one.asset_id in gone else one for one in told.inputs.levels]
    inputs = CollectionInputs(
        told.inputs.slots, told.inputs.done, told.inputs.untold, [], told.inputs.watched, levels, [], [], BEGIN, END
    )
    (whole,) = (one for one in tell_collection(told.inputs) if (one.kpi, one.asset_id) == ("lifts_avoided", None))
    (town,) = (one for one in tell_collection(inputs) if (one.kpi, one.asset_id) == ("lifts_avoided", None))
    assert town.low is not None
    assert town.high is not None
    assert whole.low is not None
    assert whole.high is not None
    assert town.low <= len(skipped_in_truth(told)) <= town.high
    assert town.high - town.low > whole.high - whole.low


def shorten(one: ContainerLevels, until_s: float) -> ContainerLevels:
    n = sum(at < until_s for at in one.at_s)
    return ContainerLevels(
        one.asset_id, one.series_id, one.name, one.sector, one.waste_stream, None, one.at_s[:n], one.levels[:n]
    )
