"""Kinds of finding as causes tell them apart: what says that nothing comes, what says that values are odd, the rest.

All other kinds name a fault of their own.
"""

SILENCES = frozenset({"silent", "silent_gateway"})
ODD_VALUES = frozenset(
    {
        "counter_reset",
        "impossible_value",
        "level_shift",
        "noisy_value",
        "stuck_value",
        "unlike_peers",
        "unusual_together",
        "unusual_value",
    }
)
DELIVERY = frozenset({"late_messages", "repeated_messages", "clock_drift"})
# What a driver that comes to its end shows, one after the other: one visit mends them all.
DRIVER = frozenset({"gear_overheating", "driver_ageing", "thermal_derating", "dead_lamp"})
# What wears shows in several ways: of a bearing in its envelope before its level; of a door in its pace and its tries.
WEAR = (
    frozenset({"bearing_damage", "pump_wear", "fan_wear"}),
    frozenset({"motor_current_high", "pump_off_curve"}),
    frozenset({"lift_doors_slow", "lift_wear"}),
)

# What a device reports of itself, and what its measurements show of the same: a lamp that says it is dead, and is dark.
REPORT = "reported_fault"
OF_LAMP = DRIVER | {"day_burner", "flicker", REPORT}


def names_fault(kind: str) -> bool:
    """Say whether a kind of finding names a fault, and not only what is odd."""
    return kind not in SILENCES and kind not in ODD_VALUES


def is_sign_of(kind: str, other: str) -> bool:
    """Say whether a kind of finding may be but a sign of another that names a fault."""
    both = {kind, other}
    return not names_fault(kind) or any(both <= one for one in (DRIVER, *WEAR)) or (REPORT in both and both <= OF_LAMP)
