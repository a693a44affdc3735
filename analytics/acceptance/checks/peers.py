"""Does the device agree with sensors of the same quantity on the same type of asset, hour by hour?

Of each series the median distance from the peers' hourly median is compared with the same distances of the peers
themselves, by the modified z-score M of Iglewicz and Hoaglin. Beyond `ODD` it disagrees; between `ALIKE` and `ODD` it
may only stand elsewhere: not known.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analytics.acceptance.checks import Check, Outcome
from analytics.sentence import french_number, spaced
from sensors.unit_sign import sign_of
from store.acceptance import Hourly, Watch, WatchedDevice, WatchedSeries

LEAST_PEERS = 5
LEAST_HOURS = 24
ALIKE, ODD = 3.5, 7.0
SMALLEST = 0.02  # of the peers' usual size: sensors that agree better than this are not worth a difference
Floats = NDArray[np.float64]


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Compare each gauge with its peers; the oddest counts."""
    scores: list[tuple[float, float, WatchedSeries]] = []
    for series in device.series:
        peers = watch.peers.get((series.quantity, device.asset_type or ""), ())
        found = score(series.means, peers) if series.kind == "gauge" else None
        if found is not None:
            scores.append((*found, series))
    if not scores:
        return Outcome(
            "unknown",
            "Pas assez de capteurs semblables, ou d’heures communes, pour comparer.",
            "Not enough like sensors, or hours in common, to compare with.",
        )
    z, away, worst = max(scores, key=lambda one: abs(one[0]))
    return compared(worst, z, away)


def score(own: Hourly, peers: Sequence[Hourly]) -> tuple[float, float] | None:
    """Give (modified z-score, median distance in the unit) of a series against its peers; None where not known."""
    hours = sorted(hour for hour in own if sum(hour in peer for peer in peers) >= LEAST_PEERS)
    if len(hours) < LEAST_HOURS:
        return None
    table = np.array([[peer.get(hour, np.nan) for hour in hours] for peer in peers])
    middle = np.nanmedian(table, axis=0)
    away = float(np.median(row_of(own, hours) - middle))
    of_peers = np.array([np.nanmedian(row - middle) for row in table if np.isfinite(row).sum() >= LEAST_HOURS])
    if of_peers.size < LEAST_PEERS:
        return None
    centre = float(np.median(of_peers))
    spread = float(np.median(np.abs(of_peers - centre)))
    floor = SMALLEST * float(np.median(np.abs(middle)))
    width = max(spread, floor)
    if width == 0:
        return None if away == centre else (float(np.copysign(2 * ODD, away - centre)), away)
    return 0.6745 * (away - centre) / width, away


def row_of(own: Mapping[datetime, float], hours: Sequence[datetime]) -> Floats:
    """Give the values of these hours."""
    return np.array([own[hour] for hour in hours])


def compared(series: WatchedSeries, z: float, away: float) -> Outcome:
    """Say how a series compares with its peers."""
    detail = {"quantity": series.quantity, "modified_z": z, "away": away}
    by_en = f"{away:+.3g}{spaced(sign_of(series.unit))}"
    by_fr = french_number(by_en)
    if abs(z) <= ALIKE:
        return Outcome("pass", "Comme les capteurs semblables.", "Like its peers.", detail)
    if abs(z) > ODD:
        return Outcome(
            "fail",
            f"{series.name_fr} : {by_fr} par rapport aux capteurs semblables, heure par heure.",
            f"{series.name_en}: {by_en} against like sensors, hour by hour.",
            detail,
        )
    return Outcome(
        "unknown",
        f"{series.name_fr} : {by_fr} par rapport aux capteurs semblables : autre lieu, ou écart ?",
        f"{series.name_en}: {by_en} against like sensors: another place, or an offset?",
        detail,
    )


CHECK = Check(
    "peers",
    "Accord avec les semblables",
    "Agreement with peers",
    "Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers (ASQC): modified z-score of 3.5;"
    " own limit of 7 to refuse",
    judge,
)
