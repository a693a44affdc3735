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
DELIVERY = frozenset({"late_messages", "repeated_messages", "clock_offset", "clock_drift", "no_clock"})


def names_fault(kind: str) -> bool:
    """Say whether a kind of finding names a fault, and not only what is odd."""
    return kind not in SILENCES and kind not in ODD_VALUES
