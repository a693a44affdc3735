"""Does the device send as often as it declares? Not known where it declares nothing."""

from analytics.acceptance.checks import Check, Outcome
from store.acceptance import Watch, WatchedDevice

LEAST_PAUSES = 10
TOLERANCE = 0.2


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Compare the median time between messages with what is declared."""
    if device.interval_s is None:
        return Outcome("unknown", "Aucun intervalle d’envoi n’est déclaré.", "No sending interval is declared.")
    if device.n_pauses < LEAST_PAUSES or device.pause_s is None:
        return Outcome(
            "unknown",
            f"Trop peu de messages ({device.n_pauses + 1 if device.n_pauses else 'un au plus'}).",
            f"Too few messages ({device.n_pauses + 1 if device.n_pauses else 'one at most'}).",
        )
    is_kept = abs(device.pause_s / device.interval_s - 1) <= TOLERANCE
    return Outcome(
        "pass" if is_kept else "fail",
        f"Un message toutes les {device.pause_s:.0f} s (médiane), déclaré : {device.interval_s} s.",
        f"A message every {device.pause_s:.0f} s (median), declared: {device.interval_s} s.",
        {"pause_s": device.pause_s, "declared_s": device.interval_s, "n": device.n_pauses},
    )


CHECK = Check(
    "rhythm",
    "Rythme",
    "Rhythm",
    "the declared sending interval; own tolerance of 20 % on the median",
    judge,
)
