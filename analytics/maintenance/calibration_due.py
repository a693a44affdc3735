"""A sensor whose calibration is due, or will be within thirty days.

A calibration is a notice of kind `calibration` about the sensor's asset: done when it begins, and good until it ends
(what its certificate or maker states) where that is a week away and more, else for the interval below. Where nobody
entered one, the sensor counts as calibrated when it began to measure there. No standard fixes the intervals: they are
ours, of the order that makers of such sensors ask for, and what is entered goes before. A notice that was over before
the sensor came was of the sensor before it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import local_day, local_day_fr, lowered
from store.calibration import CalibratedSeries, read_calibrated_series

DAY = timedelta(days=1)
DAYS_BY_QUANTITY = {
    "ph": 90,
    "free_chlorine": 90,
    "turbidity": 180,
    "conductivity": 365,
    "co2": 1095,
    "voc": 730,
    "pm2_5": 730,
    "pm10": 730,
    "sound_level": 730,
}
AHEAD = timedelta(days=30)
LEAST_CERTIFICATE = timedelta(days=7)  # a shorter notice is the visit itself
SPEAKS = timedelta(days=30)


def tell(series: Sequence[CalibratedSeries], span: Span) -> list[Verdict]:
    """Judge each sensor once a week; `score` is 1 and one more for each interval that it is overdue."""
    own = [of_this_sensor(one) for one in series]
    return [judge(one, part) for part in span.parts() for one in own]


def of_this_sensor(one: CalibratedSeries) -> CalibratedSeries:
    """Leave out a calibration from before a sensor came, unless its certificate reaches into its time."""
    is_older = one.calibrated_at is not None and one.calibrated_at < one.first_at
    is_over = one.valid_to is None or one.valid_to <= one.first_at
    return replace(one, calibrated_at=None, valid_to=None) if is_older and is_over else one


def judge(one: CalibratedSeries, span: Span) -> Verdict:
    """Compare the day on which a calibration is due with today."""
    interval = timedelta(days=DAYS_BY_QUANTITY[one.quantity])
    done_at = one.calibrated_at or one.first_at
    if one.calibrated_at and one.valid_to and one.valid_to - one.calibrated_at >= LEAST_CERTIFICATE:
        interval = one.valid_to - one.calibrated_at
    due_at = done_at + interval
    is_due = due_at - span.ends_at <= AHEAD and span.ends_at - one.last_at <= SPEAKS
    if not is_due:
        is_done = due_at - span.ends_at > AHEAD
        return Verdict(
            one.asset_id,
            span.ends_at,
            False if is_done else None,
            span.begins_at,
            device_id=one.device_id,
            series_id=one.series_id,
        )
    late = max(span.ends_at - due_at, timedelta())
    since_en, since_fr = basis_of(one, span.time_zone)
    n_days = interval // DAY
    return Verdict(
        one.asset_id,
        span.ends_at,
        True,
        min(max(due_at - AHEAD, one.first_at), span.ends_at),
        score=1 + late / interval,
        severity="warning" if late else "info",
        sentence_en=(
            f"{one.name}: calibration of its {lowered(one.quantity_en)} sensor {'was' if late else 'is'} due on"
            f" {local_day(due_at, span.time_zone)} ({since_en}, every {n_days} days). To do: calibrate or change the"
            " sensor and enter the notice of its calibration (`calibration`)."
        ),
        sentence_fr=(
            f"{one.name} : l'étalonnage de son capteur ({lowered(one.quantity_fr)}) {'était' if late else 'est'} à"
            f" faire le {local_day_fr(due_at, span.time_zone)} ({since_fr}, tous les {n_days} jours). À faire :"
            " étalonner ou remplacer le capteur et saisir l'avis d'étalonnage (`calibration`)."
        ),
        evidence={
            "due_at": due_at.isoformat(),
            "calibrated_at": None if one.calibrated_at is None else one.calibrated_at.isoformat(),
            "interval_days": n_days,
            "quantity": one.quantity,
        },
        device_id=one.device_id,
        series_id=one.series_id,
    )


def basis_of(one: CalibratedSeries, time_zone: str) -> tuple[str, str]:
    """Say in English and in French from which day on the interval is counted."""
    if one.calibrated_at is not None:
        at = one.calibrated_at
        return f"last on {local_day(at, time_zone)}", f"dernier le {local_day_fr(at, time_zone)}"
    at = one.first_at
    return (
        f"none entered since it began on {local_day(at, time_zone)}",
        f"aucun saisi depuis sa mise en service le {local_day_fr(at, time_zone)}",
    )


HINT = Hint(
    name="calibration_due",
    asset_types=(),
    rhythm=timedelta(days=7),
    reach=timedelta(),
    version="1",
    read=partial(read_calibrated_series, quantities=tuple(DAYS_BY_QUANTITY)),
    tell=tell,
)
