"""Many sensors of one kind that turn odd at once, in one direction: the weather, or the day, and not each of them.

Five assets at least, and a fifth of those on which the quantity is measured, within twelve hours.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, n_things, runs
from analytics.incidents.kinds import ODD_VALUES
from analytics.incidents.words import count_en, count_fr, since_en, since_fr
from store.incidents import Line, ToldFinding

TOGETHER = timedelta(hours=12)
LEAST, LEAST_SHARE = 5, 0.2


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Look at each quantity and direction."""
    odd = [one for one in findings if one.kind in ODD_VALUES and one.quantity is not None and one.side]
    ordered = sorted(odd, key=alike)
    for (quantity, _), own in groupby(ordered, key=alike):
        for run in runs(own, TOGETHER, LEAST):
            if n_things(run) >= max(LEAST, LEAST_SHARE * ground.n_sensors.get(quantity, 0)):
                yield Claim(tuple(run), least=LEAST)


def alike(one: ToldFinding) -> tuple[str, int]:
    """Say what is odd in which direction."""
    return one.quantity or "", one.side


def tell(line: Line) -> tuple[str, str]:
    """Say how many, and the worst of them."""
    return (
        f"{line.name}: {count_en(line)} of one kind at the same time {since_en(line)}: weather, or a special day. Among"
        f" them: {line.sentence_en}",
        f"{line.name} : {count_fr(line)} d'une même nature en même temps {since_fr(line)} : météo, ou jour particulier."
        f" Entre autres : {line.sentence_fr}",
    )


CAUSE = Cause(name="many_at_once", rank=70, claim=claim, tell=tell)
