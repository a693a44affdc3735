"""What strikes the small towns that live."""

from collections import Counter

from bench.evaluation.expected import TOLD_BY_ARRIVAL
from bench.evaluation.live import DAYS, FIRST_DAY, N_STRUCK, SCALE, strike
from bench.evaluation.town import STARTS
from simulators.grid import DAY_S
from simulators.town import Town


def test_each_fault_of_arrivals_strikes_sound_devices_once_and_ends_a_day_before_the_town() -> None:
    town = Town(7, "live-7", STARTS[3], scale=SCALE, history_days=0)
    strike(town)
    struck = [episode for episode in town.window(0) if episode.kind in TOLD_BY_ARRIVAL]
    assert Counter(episode.kind for episode in struck) == dict.fromkeys(TOLD_BY_ARRIVAL, N_STRUCK)
    assert min(episode.start_s for episode in struck) >= town.setting.start_s + FIRST_DAY * DAY_S
    assert max(episode.end_s for episode in struck) <= town.setting.start_s + (DAYS - 1) * DAY_S
    alone = [episode.devices[0] for episode in struck if episode.kind != "late_batch"]
    assert len(set(alone)) == len(alone)
