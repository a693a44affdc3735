"""Whether a unit has a kind of fault at the end of a day: the last day, and the last three together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.hvac.diagnosis import CONFIDENT, KIND_BY_RULE, Kind, Sign, diagnose
from analytics.hvac.unit import Steps

DAY_S = 86_400.0
DAYS_TOGETHER = 3
TEACHING_DAYS = 7  # from which the unit's own coil and sensors are learnt
LASTING_SHARE = 0.5  # of the last day, where it takes several to be sure
GONE_SHARE, LEAST_HOURS = 0.2, 2.0
TOO_OPEN = ("too_much_outdoor_air", "outdoor_air_at_standstill")
VALVES = ("heat_not_asked_for", "cold_not_asked_for")
RULES_BY_KIND: Mapping[Kind, tuple[str, ...]] = {
    "damper_leaking": TOO_OPEN,
    "damper_stuck": (*TOO_OPEN, "too_little_outdoor_air"),
    "valve_leaking": (*VALVES, "heat_at_standstill"),
    "valve_stuck": (*VALVES, "no_heat", "no_cold", "heats_and_cools"),
    **{
        kind: tuple(rule for rule, own in KIND_BY_RULE.items() if own == kind)
        for kind in ("simultaneous_heating_cooling", "sensor_bias", "fouled_coil", "schedule_ignored")
    },
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the last day says, and the last days together, the surest sign first."""

    today: Sequence[Sign]
    together: Sequence[Sign]

    def sign(self, kind: Kind) -> Sign | None:
        """Give the sign that a kind of fault is there, None where it is not."""
        able = [sign for sign in (*self.together, *self.today) if sign.kind == kind and sign.confidence >= CONFIDENT]
        lasting = [sign for sign in able if sign in self.today or self.lasts(sign)]
        return max(lasting, key=lambda sign: sign.confidence, default=None)

    def lasts(self, sign: Sign) -> bool:
        """Say whether what several days show is still there on the last."""
        own = next((one for one in self.today if one.rule == sign.rule), None)
        return own is not None and own.share >= LASTING_SHARE

    def is_gone(self, kind: Kind) -> bool:
        """Say whether the last day speaks against a kind of fault: its rules are kept, or broken for another reason."""
        own = [sign for sign in self.today if sign.rule in RULES_BY_KIND[kind]]
        if any(sign.kind != kind and sign.confidence >= CONFIDENT for sign in own):
            return True
        heard = sum(sign.applies_h for sign in own)
        return heard >= LEAST_HOURS and all(sign.share < GONE_SHARE for sign in own)


def look(steps: Steps, ends_s: float) -> Outlook | None:
    """Weigh the days before an instant (Unix seconds); None where nothing was measured on the last."""
    window = steps.take((steps.at_s >= ends_s - TEACHING_DAYS * DAY_S) & (steps.at_s < ends_s))
    if not len(window) or window.at_s[-1] < ends_s - DAY_S:
        return None
    return Outlook(diagnose(window, ends_s - DAY_S), diagnose(window, ends_s - DAYS_TOGETHER * DAY_S))
