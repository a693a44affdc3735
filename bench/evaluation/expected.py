"""What counts as found: which findings tell of which fault, and what is asked of them."""

from collections.abc import Mapping
from datetime import timedelta

from analytics.maintenance import hints

GENERAL = ("unusual_value", "silent")  # of detectors that know nothing of kinds of fault
HINT_BY_FAULT: Mapping[str, str] = {
    "dead_lamp": "dead_lamp",
    "day_burner": "day_burner",
    "fouled_filter": "fouled_filter",
    "overflowing_bin": "overflow_to_come",
    "overflow": "overflow_to_come",
    "brief_overflow": "overflow_to_come",
    "silent_gateway": "silent_gateway",
}
HINTS = tuple(hints())
KINDS = (*HINTS, *GENERAL)
GRACE = timedelta(days=1)  # after the end of an episode: nights and days are told when they are over
AROUND = timedelta(days=2)  # what a fault leaves behind is explained by it: the way back looks strange too

GOAL_RECALL_HINTED = 0.9
GOAL_RECALL_GENERAL = 0.8  # of faults that have no hint of their own yet
GOAL_FALSE_ALARMS = 1.0  # per 100 asset-weeks
GOAL_LOOKALIKE = 0.1  # share of episodes that raise anything


def may_explain(fault: str, kind: str) -> bool:
    """Say whether a fault can be the reason of a finding; one that overflows is nothing but full."""
    return fault not in ("overflow", "brief_overflow") or kind == "overflow_to_come"


def accepted_kinds(fault: str) -> tuple[str, ...]:
    """Give the kinds of finding that tell of a fault: its own hint, or where it has none what is general."""
    own = HINT_BY_FAULT.get(fault)
    return (own,) if own else GENERAL


def recall_goal(fault: str) -> float | None:
    """Give the share of episodes that should be found; none of those that nobody could tell beforehand."""
    if fault == "brief_overflow":
        return None
    return GOAL_RECALL_HINTED if fault in HINT_BY_FAULT else GOAL_RECALL_GENERAL
