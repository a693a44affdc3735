"""Is the battery as a new one ought to be, and does it hold? Told by the level in percent alone.

A voltage says little of a lithium cell, which keeps it until it is nearly empty: not known. Devices on the mains have
no battery: whoever begins the acceptance leaves the check out.
"""

from datetime import timedelta

import numpy as np

from analytics.acceptance.checks import Check, Outcome
from store.acceptance import Watch, WatchedDevice

LEAST_NEW_PERCENT = 80.0
MOST_FALL_PERCENT_PER_DAY = 0.5  # empty within seven months; a level told in whole percents falls by one at times
LEAST_DAYS = 5


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Look at the level and at how it falls."""
    levels = next((one.means for one in device.series if one.quantity == "battery_level"), None)
    if not levels:
        return Outcome("unknown", "L’appareil ne dit pas le niveau de sa pile.", "The device does not tell its level.")
    values = np.array([levels[hour] for hour in sorted(levels)])
    days = (max(levels) - min(levels)) / timedelta(days=1)
    quarter = max(1, values.size // 4)
    first, last = float(np.median(values[:quarter])), float(np.median(values[-quarter:]))
    fall = (first - last) / (0.75 * days) if days >= LEAST_DAYS else None
    detail = {"first_percent": first, "last_percent": last, "fall_percent_per_day": fall}
    told_fr, told_en = f"{last:.0f} % à la fin", f"{last:.0f} % at the end"
    if last < LEAST_NEW_PERCENT:
        return Outcome("fail", f"Pile faible : {told_fr}.", f"Low battery: {told_en}.", detail)
    if fall is not None and fall > MOST_FALL_PERCENT_PER_DAY:
        left_d = last / fall
        left_en = f"{left_d / 30:.0f} months" if left_d >= 60 else f"{left_d:.0f} days"
        left_fr = left_en.replace("months", "mois").replace("days", "jours")
        return Outcome(
            "fail",
            f"Pile qui se vide : {told_fr}, vide en {left_fr} à ce rythme.",
            f"The battery runs down: {told_en}, empty within {left_en} at this pace.",
            detail,
        )
    if fall is None:
        return Outcome("unknown", f"Suivie trop peu de jours ({told_fr}).", f"Too few days ({told_en}).", detail)
    return Outcome("pass", f"Pile : {told_fr}.", f"Battery: {told_en}.", detail)


CHECK = Check(
    "battery",
    "Pile",
    "Battery",
    "own limits for new devices: at least 80 %, falling by at most 0.5 points a day",
    judge,
)
