"""Is what the device says usable: few values refused, and gauges that move?"""

from analytics.acceptance.checks import Check, Outcome
from analytics.sentence import french_number, number, spaced
from sensors.unit_sign import sign_of
from store.acceptance import Watch, WatchedDevice

MOST_REFUSED = 0.01
LEAST_VALUES = 20
STILL_BY_NATURE = frozenset({"battery_level", "battery_voltage"})


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Look at what was refused and at what never moved."""
    n = device.n_stored + device.n_rejected
    detail = {"n_stored": device.n_stored, "n_rejected": device.n_rejected}
    if n < LEAST_VALUES:
        return Outcome("unknown", f"Trop peu de valeurs ({n}).", f"Too few values ({n}).", detail)
    if device.n_rejected > MOST_REFUSED * n:
        return Outcome(
            "fail",
            f"{device.n_rejected} valeurs refusées sur {n}.",
            f"{device.n_rejected} of {n} values were refused.",
            detail,
        )
    gauges = [one for one in device.series if one.kind == "gauge" and one.quantity not in STILL_BY_NATURE]
    still = [one for one in gauges if one.lowest == one.highest and one.n >= LEAST_VALUES]
    if still:
        first = still[0]
        value, sign = number(first.lowest), spaced(sign_of(first.unit))
        return Outcome(
            "unknown",
            f"{first.name_fr} n’a jamais bougé ({french_number(value)}{sign}) : rien ne montre que le capteur mesure.",
            f"{first.name_en} never moved ({value}{sign}): nothing shows that the sensor measures.",
            {**detail, "still": [one.quantity for one in still]},
        )
    return Outcome(
        "pass", f"{n} valeurs, {device.n_rejected} refusées.", f"{n} values, {device.n_rejected} refused.", detail
    )


CHECK = Check(
    "plausibility",
    "Plausibilité",
    "Plausibility",
    "refused values of the delivery ledger; own limit of 1 %",
    judge,
)
