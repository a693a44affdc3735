"""A counter that fell: its device was restarted, changed or reset, and amounts across that instant are uncertain.

A swap or a restart that was announced (`calendars`) is not told, nor a register that went over its end: one whose last
value was within a hundredth below a power of ten or of two (16 bits and more) and which began anew near nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from math import ceil, log

from analytics.maintenance import Hint, Span, Verdict
from analytics.sentence import french_number, local_clock, local_clock_fr, lowered, spaced
from sensors.unit_sign import sign_of
from store.series_days import Reset, read_resets

HOUR = timedelta(hours=1)
QUIET = timedelta(days=1)
NEAR_END, NEAR_ZERO = 0.99, 0.01
LEAST_BITS = 16


def tell(resets: Sequence[Reset], span: Span) -> list[Verdict]:
    """Tell each hour with a fall; a day without one ends it. `score` is the number of falls of that hour."""
    sudden = [reset for reset in resets if not has_turned_over(reset)]
    return [verdict for _, own in groupby(sudden, key=lambda reset: reset.series_id) for verdict in follow(own, span)]


def follow(resets: Iterable[Reset], span: Span) -> Iterable[Verdict]:
    """Go through the falls of one counter."""
    known = list(resets)
    for reset, following in zip(known, [*known[1:], None], strict=True):
        told_at, quiet_at = reset.hour + HOUR, reset.hour + HOUR + QUIET
        if span.begins_at < told_at <= span.ends_at:
            yield present(reset, span)
        is_last = following is None or following.hour >= quiet_at
        if is_last and span.begins_at < quiet_at <= span.ends_at:
            yield Verdict(
                reset.asset_id,
                told_at,
                False,
                span.begins_at,
                device_id=reset.device_id,
                series_id=reset.series_id,
            )


def has_turned_over(reset: Reset) -> bool:
    """Say whether a register went over its end."""
    before = reset.value_before
    if before is None or before < 1 or reset.value_after > NEAR_ZERO * before:
        return False
    bits = ceil(log(before, 2))
    ends = [10.0 ** ceil(log(before, 10)), *([2.0**bits] if bits >= LEAST_BITS else [])]
    return any(NEAR_END * end <= before <= end for end in ends)


def present(reset: Reset, span: Span) -> Verdict:
    """Say which counter fell from what to what."""
    sign = spaced(sign_of(reset.unit))
    before = "?" if reset.value_before is None else f"{reset.value_before:.10g}"
    after = f"{reset.value_after:.10g}"
    return Verdict(
        reset.asset_id,
        reset.hour + HOUR,
        True,
        reset.hour,
        score=float(reset.n_resets),
        severity="info",
        sentence_en=(
            f"{reset.name}: {lowered(reset.quantity_en)} fell from {before} to {after}{sign} in the hour of"
            f" {local_clock(reset.hour, span.time_zone)}; it only ever rises, and nothing was announced."
            " To do: enter the swap if the meter was changed, else check its supply."
        ),
        sentence_fr=(
            f"{reset.name} : {lowered(reset.quantity_fr)}, passage de {french_number(before)} à"
            f" {french_number(after)}{sign} dans l'heure du {local_clock_fr(reset.hour, span.time_zone)} ; ce"
            " compteur ne fait que monter, et rien n'était annoncé. À faire : saisir le remplacement si"
            " le compteur a été changé, sinon contrôler son alimentation."
        ),
        evidence={
            "n_resets": reset.n_resets,
            "value_before": reset.value_before,
            "value_after": reset.value_after,
            "curve_from": (reset.hour - QUIET).isoformat(),
            "curve_to": (reset.hour + HOUR).isoformat(),
        },
        device_id=reset.device_id,
        series_id=reset.series_id,
    )


HINT = Hint(
    name="counter_reset",
    asset_types=(),
    rhythm=HOUR,
    reach=2 * QUIET,
    version="1",
    read=read_resets,
    tell=tell,
    stride=timedelta(days=28),
)
