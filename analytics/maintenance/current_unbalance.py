"""A pump whose motor draws unlike currents from its three phases: a contact, a fuse, a winding, or a phase of the grid.

Unbalance is the largest difference of a phase from the mean of the three, over that mean, as NEMA MG 1 (14.36) takes it
for voltages; 1 % there gives 6 to 10 % in the currents of a loaded motor, and IEC 60034-26 says what that heats. Makers
of pumps allow 10 % at rated load. A day is the median of its hours in which the motor ran. It is there at 10 % on three
days, or at 50 % on the last one, as where a phase is lost; gone below 8 % on three. Below 1 A meters are too coarse; a
motor of one phase is not judged, nor a pump that tells its speed: drives draw unlike currents from a sound grid.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from analytics.grouping import by_asset
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import DAY_S, Floats, current, daily_medians
from analytics.maintenance.rising import FRESH, RUNNING_QUANTILE, RUNS_FROM
from analytics.sentence import local_day, local_day_fr
from store.gauge_hours import GaugeHours, read_gauge_hours

REACH = timedelta(days=30)
PHASES = ("l1", "l2", "l3")
UNBALANCED, BALANCED, LOST = 0.1, 0.08, 0.5
LEAST_A = 1.0
N_DAYS = 3


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each pump with currents of three phases at each midnight; `score` is the unbalance, 0 to 2."""
    return [
        verdict for part in span.parts() for own in by_asset(rows).values() if (verdict := judge(own, part)) is not None
    ]


def judge(own: Sequence[GaugeHours], span: Span) -> Verdict | None:
    """Look at the last days of a motor; None where not all its phases are measured, or it is fed by a drive."""
    at, reach_s = span.ends_at, REACH.total_seconds()
    if current([row for row in own if row.quantity == "rotation_speed"], at, reach_s) is not None:
        return None
    each = ((name, current([row for row in own if row.channel == name], at, reach_s)) for name in PHASES)
    known = {name: row for name, row in each if row is not None}
    if len(known) < len(PHASES):
        return None
    about = known["l1"]
    days_s, days = unbalance_by_day(known, at.timestamp())
    last = days[-N_DAYS:]
    if days.size < N_DAYS or at.timestamp() - days_s[-1] > FRESH.total_seconds():
        return Verdict(about.asset_id, at, None, span.begins_at)
    if last.min() < UNBALANCED and last[-1] < LOST:
        return Verdict(about.asset_id, at, False if last.max() < BALANCED else None, span.begins_at)
    below = np.flatnonzero(days < UNBALANCED)
    since = datetime.fromtimestamp(float(days_s[int(below[-1]) + 1 if below.size else 0]), UTC)
    return present(known, span, since, float(np.median(last[last >= UNBALANCED])))


def amperes(phases: Mapping[str, GaugeHours]) -> tuple[Floats, Floats]:
    """Give (begins, currents (n_hours, 3) [A]) of the hours known on all phases in which the motor ran."""
    hours_s = phases["l1"].begins_s
    for name in PHASES[1:]:
        hours_s = np.intersect1d(hours_s, phases[name].begins_s)
    each = np.column_stack([phases[name].mean[np.isin(phases[name].begins_s, hours_s)] for name in PHASES])
    each = np.abs(np.where(np.isfinite(each), each, 0.0))
    mean = each.mean(axis=1)
    from_a = RUNS_FROM * float(np.quantile(mean, RUNNING_QUANTILE)) if mean.size else 0.0
    runs = (mean > from_a) & (mean >= LEAST_A)
    return hours_s[runs], each[runs]


def unbalance_by_day(phases: Mapping[str, GaugeHours], until_s: float) -> tuple[Floats, Floats]:
    """Give (begin [Unix s], unbalance) of the days on which a motor ran on two phases and more."""
    hours_s, each = amperes(phases)
    mean = each.mean(axis=1)
    unbalance = np.abs(each - mean[:, None]).max(axis=1) / mean
    is_three_phase = np.sort(each, axis=1)[:, 1] >= RUNS_FROM * each.max(axis=1)
    return daily_medians(hours_s[is_three_phase], unbalance[is_three_phase], until_s)


def present(phases: Mapping[str, GaugeHours], span: Span, since: datetime, unbalance: float) -> Verdict:
    """Say that a motor's phases are unlike."""
    about = phases["l1"]
    hours_s, each = amperes(phases)
    now = np.median(each[hours_s >= hours_s[-1] - DAY_S], axis=0)
    currents = [f"{value:.1f}" for value in now.tolist()]
    percent, as_read = f"{100 * unbalance:.0f} %", " / ".join(currents)
    return Verdict(
        about.asset_id,
        span.ends_at,
        True,
        since,
        score=unbalance,
        severity="urgent" if unbalance >= LOST else "warning",
        sentence_en=(
            f"{about.name}: the currents of its three phases differ by up to {percent} from their mean ({as_read} A),"
            f" since {local_day(since, span.time_zone)}. To do: check fuses, contacts and the voltage of each phase,"
            " then the winding, before the motor overheats."
        ),
        sentence_fr=(
            f"{about.name} : les intensités de ses trois phases s'écartent jusqu'à {percent} de leur moyenne"
            f" ({as_read.replace('.', ',')} A), depuis le {local_day_fr(since, span.time_zone)}. À faire : contrôler"
            " fusibles, contacts et tension de chaque phase, puis le bobinage, avant que le moteur ne surchauffe."
        ),
        evidence={
            "unbalance": round(unbalance, 4),
            "told_from": UNBALANCED,
            "amperes": {name: round(value, 2) for name, value in zip(PHASES, now.tolist(), strict=True)},
            "quantity": "current",
            "channel": PHASES[int(np.argmax(np.abs(now - now.mean())))],
            "curve_from": (since - timedelta(days=14)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="current_unbalance",
    asset_types=("pump",),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("current", "rotation_speed"), channels=("", *PHASES)),
    tell=tell,
    stride=timedelta(days=28),
)
