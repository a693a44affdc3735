"""A lamp that stays dark while its neighbours burn: for at least four in five of the hours of a night.

Silence is not darkness: an hour counts only where the lamp's power is known. Where the whole cabinet is off (an order,
a tripped breaker, a restart) there are no burning neighbours, and nothing is said.
"""

from collections.abc import Sequence
from datetime import timedelta

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.lamps import Lamp, Neighbours, look_at, read
from analytics.sentence import local_clock, local_clock_fr
from store.hints import AssetHours

DARK_SHARE, LIT_SHARE = 0.8, 0.5
LEAST_HOURS = 2


def tell(lamps: Sequence[AssetHours], span: Span) -> list[Verdict]:
    """Judge each night of each lamp; `score` is the number of hours it should have burned and did not."""
    return [judge(*one, part) for part in span.parts() for one in look_at(lamps, part)]


def judge(lamp: Lamp, neighbours: Neighbours, span: Span) -> Verdict:
    """Compare a lamp with its neighbours, hour by hour."""
    due = [hour for hour, own in lamp.burns.items() if neighbours.burn(hour, own)]
    dark = [hour for hour in due if lamp.burns[hour] is False]
    asset_id = lamp.asset.asset_id
    if len(due) < LEAST_HOURS:
        return Verdict(asset_id, span.ends_at, None, span.begins_at)
    if len(dark) < DARK_SHARE * len(due):
        is_lit = len(dark) <= (1 - LIT_SHARE) * len(due)
        return Verdict(asset_id, due[0], False if is_lit else None, span.begins_at)
    name, since = lamp.asset.name, dark[0]
    hours = f"{len(dark)} / {len(due)} h"
    return Verdict(
        asset_id,
        span.ends_at,
        True,
        since,
        score=float(len(dark)),
        severity="warning",
        sentence_en=(
            f"{name} stayed dark while its neighbours burned ({hours}), since {local_clock(since, span.time_zone)}."
            " To do: check lamp, driver and fuse."
        ),
        sentence_fr=(
            f"{name} est restée éteinte alors que ses voisines étaient allumées ({hours}), depuis le"
            f" {local_clock_fr(since, span.time_zone)}. À faire : contrôler la lampe, le driver et le fusible."
        ),
        evidence={
            "n_dark_hours": len(dark),
            "n_due_hours": len(due),
            "usual_power_w": lamp.usual_w,
            "curve_from": span.begins_at.isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="dead_lamp",
    asset_types=("street_light",),
    rhythm="night",
    reach=timedelta(),
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=14),
)
