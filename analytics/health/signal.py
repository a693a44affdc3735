"""What each kind of finding says of a failure: how often it is right, and how long after it the failure comes.

Where technicians have judged findings, what they said moves the assumed precision, which weighs as much as
`PRIOR_WEIGHT` verdicts (posterior mean of a beta distribution), and from `LEAST_LEADS` findings on the median time that
passed until the failure takes the place of the assumed one. A lead of 0 says that the failure is there already.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PRIOR_WEIGHT = 4.0
LEAST_LEADS = 5
DAY_H = 24.0


@dataclass(frozen=True, slots=True)
class Meaning:
    """Share of findings of a kind that are right, and the median time until the failure comes [d], 0: it is there."""

    precision: float
    lead_d: float
    is_measured: bool = False

    @property
    def is_there(self) -> bool:
        """Whether it tells of a failure that has come."""
        return self.lead_d == 0


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What technicians said of findings of a kind: right, wrong; of how many it is known when the thing failed, and
    the median time until then [h], below 0 where it came before the finding."""

    n_confirmed: int = 0
    n_false: int = 0
    n_leads: int = 0
    lead_h: float | None = None


# Of kinds that tell of what comes. Vibration warns weeks to months before a bearing fails, wear by counts as long as
# the finding itself says; the rest is assumed. The precision of a maintenance hint is the one they are built for.
HINTED = 0.8
COMING: Mapping[str, Meaning] = {
    "battery_low": Meaning(HINTED, 21),
    "bearing_damage": Meaning(HINTED, 60),
    "break_to_come": Meaning(HINTED, 3650),
    "calibration_due": Meaning(HINTED, 30),
    "current_unbalance": Meaning(HINTED, 14),
    "driver_ageing": Meaning(HINTED, 14),
    "efficiency_loss": Meaning(HINTED, 60),
    "fan_wear": Meaning(HINTED, 21),
    "fouled_filter": Meaning(HINTED, 14),
    "gear_overheating": Meaning(HINTED, 14),
    "lift_doors_slow": Meaning(HINTED, 30),
    "lift_vibration": Meaning(HINTED, 60),
    "lift_wear": Meaning(HINTED, 30),
    "motor_current_high": Meaning(HINTED, 21),
    "overflow_to_come": Meaning(HINTED, 1),
    "pump_wear": Meaning(HINTED, 21),
    "radio_margin": Meaning(HINTED, 14),
    "road_worn": Meaning(HINTED, 365),
    "sensor_drift": Meaning(HINTED, 14),
    "settlement": Meaning(HINTED, 14),
    "structural_change": Meaning(0.5, 90),
    # Detectors that know nothing of kinds of failure are seldom about one.
    "level_shift": Meaning(0.15, 30),
    "unlike_peers": Meaning(0.3, 30),
    "unusual_together": Meaning(0.15, 30),
    "unusual_value": Meaning(0.1, 30),
}
THERE = Meaning(HINTED, 0)  # any other hint tells of what has happened
# What ails the sensor: a visit, whatever it watches. The bridge stands as it did.
OF_SENSOR = frozenset(
    {
        *("battery_low", "calibration_due", "radio_margin", "sensor_drift", "silent"),
        "reported_tampering",
        *("counter_reset", "impossible_value", "noisy_value", "stuck_value"),
        *("late_messages", "refused_messages", "repeated_messages"),
        *("clock_ahead", "clock_drift", "clock_hour_off", "clock_local_time", "clock_lost"),
    }
)


def meaning_of(kind: str, verdicts: Verdicts | None = None) -> Meaning:
    """Give what a finding of a kind means, by assumption and by what technicians said of its like."""
    assumed = COMING.get(kind, THERE)
    if verdicts is None or verdicts.n_confirmed + verdicts.n_false == 0:
        return assumed
    n = verdicts.n_confirmed + verdicts.n_false
    precision = (verdicts.n_confirmed + PRIOR_WEIGHT * assumed.precision) / (n + PRIOR_WEIGHT)
    lead_d = assumed.lead_d
    if verdicts.n_leads >= LEAST_LEADS and verdicts.lead_h is not None:
        lead_d = max(0.0, verdicts.lead_h / DAY_H)
    return Meaning(precision, lead_d, is_measured=True)


def told_lead(assumed_d: float, days_left: object) -> float:
    """Give the days until a failure: what the finding itself says, where it says so."""
    likely = days_left.get("likely") if isinstance(days_left, Mapping) else days_left
    if isinstance(likely, int | float) and not isinstance(likely, bool) and likely >= 0:
        return max(float(likely), 0.5)
    return assumed_d
