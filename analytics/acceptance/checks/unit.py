"""Are the values in the unit of their quantity: within what is possible, and of the size of the peers' values?

A value of 40 W sent as 0.04 kW, or a level in metres for one in percent, lies a power of ten away from what sensors of
the same quantity on the same type of asset say. Values within the possible range alone prove no unit: without peers it
is not known.
"""

from collections.abc import Sequence
from math import log10

import numpy as np

from analytics.acceptance.checks import Check, Outcome
from analytics.sentence import french_number, number, spaced
from sensors.unit_sign import sign_of
from store.acceptance import Hourly, Watch, WatchedDevice, WatchedSeries

LEAST_PEERS = 3
DECADES_OFF = 1.7  # fifty times as much, or a fiftieth: further than things differ, nearer than a prefix of 1000
DECADES_ALIKE = 1.0


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Look at each series."""
    told = [series for series in device.series if series.kind != "state"]
    if not told:
        return Outcome("unknown", "Aucune valeur dans une unité.", "No value in a unit.")
    for series in told:
        if is_outside(series):
            lowest, highest = number(series.lowest), number(series.highest)
            sign = spaced(sign_of(series.unit))
            return Outcome(
                "fail",
                f"{series.name_fr} : de {french_number(lowest)} à {french_number(highest)}{sign}, hors de ce qui est"
                " possible.",
                f"{series.name_en}: {lowest} to {highest}{sign}, outside what is possible.",
                {"quantity": series.quantity, "lowest": series.lowest, "highest": series.highest},
            )
    asset_type = device.asset_type or ""
    sizes = [(decades(one, watch.peers.get((one.quantity, asset_type), ())), one) for one in told]
    known = [(size, one) for size, one in sizes if size is not None]
    if not known:
        return Outcome(
            "unknown",
            "Dans ce qui est possible, mais aucun capteur semblable pour comparer.",
            "Within what is possible, but no like sensor to compare with.",
        )
    size, worst = max(known, key=lambda one: abs(one[0]))
    return compared(worst, size)


def is_outside(series: WatchedSeries) -> bool:
    """Say whether values lie outside what is physically possible."""
    return (series.low is not None and series.lowest < series.low) or (
        series.high is not None and series.highest > series.high
    )


def decades(series: WatchedSeries, peers: Sequence[Hourly]) -> float | None:
    """Give by how many powers of ten a series lies above its peers; None where that is not known."""
    sizes = [float(np.median(np.abs(list(peer.values())))) for peer in peers if peer]
    own = float(np.median(np.abs(list(series.means.values()))))
    usual = float(np.median(sizes)) if len(sizes) >= LEAST_PEERS else 0.0
    return log10(own / usual) if own > 0 and usual > 0 else None


def compared(series: WatchedSeries, size: float) -> Outcome:
    """Say how a series compares with its peers."""
    detail = {"quantity": series.quantity, "decades": size}
    times = 10 ** abs(size)
    way_fr, way_en = ("plus", "more") if size > 0 else ("moins", "less")
    if abs(size) >= DECADES_OFF:
        return Outcome(
            "fail",
            f"{series.name_fr} : {times:.0f} fois {way_fr} que les capteurs semblables : unité ou préfixe à vérifier.",
            f"{series.name_en}: {times:.0f} times {way_en} than like sensors: check unit or prefix.",
            detail,
        )
    if abs(size) >= DECADES_ALIKE:
        return Outcome(
            "unknown",
            f"{series.name_fr} : {times:.0f} fois {way_fr} que les capteurs semblables : autre taille, ou unité ?",
            f"{series.name_en}: {times:.0f} times {way_en} than like sensors: another size, or the unit?",
            detail,
        )
    return Outcome("pass", "Du même ordre que les capteurs semblables.", "Of the same size as like sensors.", detail)


CHECK = Check(
    "unit",
    "Unité",
    "Unit",
    "what is possible: the registry of quantities; prefixes: SI Brochure (BIPM, 9th edition, table 7), kilo is 1000;"
    " own limit between sizes that differ (10 times) and prefixes (50 times)",
    judge,
)
