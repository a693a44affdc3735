"""What counts as found: which findings tell of which fault, and what is asked of them."""

from collections.abc import Mapping
from datetime import timedelta

from analytics.clock.job import KIND_BY_VERDICT
from analytics.maintenance import hints

CLOCKS = tuple(KIND_BY_VERDICT.values())
# Of detectors that know nothing of kinds of fault.
GENERAL = ("unusual_value", "unusual_together", "level_shift", "silent")
HINT_BY_FAULT: Mapping[str, str] = {
    "dead_lamp": "dead_lamp",
    "day_burner": "day_burner",
    "fouled_filter": "fouled_filter",
    "overflowing_bin": "overflow_to_come",
    "overflow": "overflow_to_come",
    "brief_overflow": "overflow_to_come",
    "silent_gateway": "silent_gateway",
    "dead_battery": "battery_low",
    "sensor_drift": "sensor_drift",
    "stuck_bay": "stuck_value",
    "duplicates": "repeated_messages",
    "garbage": "refused_messages",
    "late_batch": "late_messages",
    "no_clock": "clock_lost",
    "clock_off_by_hour": "clock_hour_off",
    "leak_night": "leak",
    "pipe_break": "pipe_break",
    "pump_bearing": "pump_wear",
    "bridge_settlement": "settlement",
    "driver_ageing": "driver_ageing",
    "dimming_not_followed": "dimming_not_followed",
    "power_factor_low": "power_factor_low",
    "thermal_derating": "thermal_derating",
    "pump_off_curve": "pump_off_curve",
    "radio_margin": "radio_margin",
    "calibration_due": "calibration_due",
    "flicker": "flicker",
    "moved_container": "container_moved",
    "bin_fire": "container_fire",
    "damper_leaking": "damper_leaking",
    "damper_stuck": "damper_stuck",
    "valve_leaking": "valve_leaking",
    "valve_stuck": "valve_stuck",
    "simultaneous_heating_cooling": "simultaneous_heating_cooling",
    "boiler_short_cycling": "short_cycling",
    "cabinet_tripped": "cabinet_tripped",
}
# In a French winter an hour ahead is just what a clock shows that is set to local time; fouled fins and a driver that
# fails make the gear hot before they do anything else.
ALSO = {
    "clock_off_by_hour": ("clock_local_time",),
    "thermal_derating": ("gear_overheating",),
    "driver_ageing": ("gear_overheating",),
}
# Faults that show in when messages arrive, and the kinds of finding that tell of arrivals: a burst shows nothing of it.
TOLD_BY_ARRIVAL = ("clock_off_by_hour", "duplicates", "garbage", "late_batch", "no_clock")
KINDS_OF_ARRIVAL = (*CLOCKS, "repeated_messages", "refused_messages", "impossible_value", "late_messages")
HINTS = tuple(hints())
UNIT_HINTS = tuple(hint.name for hint in hints().values() if "air_handling_unit" in hint.asset_types)
KINDS = (*HINTS, *GENERAL, *CLOCKS)
GRACE = timedelta(days=1)  # after the end of an episode: nights and days are told when they are over
AROUND = timedelta(days=2)  # what a fault leaves behind is explained by it: the way back looks strange too

GOAL_RECALL_HINTED = 0.9
GOAL_RECALL_GENERAL = 0.8  # of faults that have no hint of their own yet
GOAL_FALSE_ALARMS = 1.0  # per 100 asset-weeks
GOAL_LOOKALIKE = 0.1  # share of episodes that raise anything

SPREADING = {"pipe_break": ("water_pipe", "pump"), "leak_night": ("water_pipe", "pump")}  # felt in the whole network


def may_explain(fault: str, kind: str) -> bool:
    """Say whether a fault can be the reason of a finding; one that overflows is nothing but full."""
    return fault not in ("overflow", "brief_overflow") or kind == "overflow_to_come"


def accepted_kinds(fault: str) -> tuple[str, ...]:
    """Give the kinds of finding that tell of a fault: its own hint, or where it has none what is general."""
    own = HINT_BY_FAULT.get(fault)
    return (own, *ALSO.get(fault, ())) if own else GENERAL


def recall_goal(fault: str) -> float | None:
    """Give the share of episodes that should be found; none of those that nobody could tell beforehand."""
    if fault == "brief_overflow":
        return None
    return GOAL_RECALL_HINTED if fault in HINT_BY_FAULT else GOAL_RECALL_GENERAL
