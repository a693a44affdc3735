"""A light cabinet without current: its lamps are dark or no longer heard, and its own meter falls.

Known from the finding about the cabinet, or from three in five of its lamps falling dark or silent within three hours
while something is odd about the cabinet itself.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, begins_within, n_things, runs
from analytics.incidents.kinds import ODD_VALUES, REPORT, SILENCES
from analytics.incidents.words import since_en, since_fr
from store.incidents import Line, ToldFinding

DARK = SILENCES | {"dead_lamp"}
AFFECTED = DARK | ODD_VALUES | {"flicker"}
SIGNS_BEFORE = timedelta(hours=18)  # by day a cabinet's fall is not seen, its lamps' silence is
AFTERWARDS = timedelta(hours=36)  # the first night after a repair is odd too, and told with its day
TOGETHER = timedelta(hours=3)
LEAST, LEAST_SHARE = 3, 0.6


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Look at each cabinet: what its own finding accounts for, else what fell dark together."""
    for cabinet, own in by_cabinet(findings).items():
        anchors = [one for one in own if one.kind == "cabinet_tripped"]
        for anchor in anchors:
            yield Claim(tuple(one for one in own if one is anchor or accounts_for(anchor, one)), cabinet)
        if not anchors:
            yield from together(cabinet, own, ground)


def by_cabinet(findings: Iterable[ToldFinding]) -> dict[int, list[ToldFinding]]:
    """Give the findings about each cabinet and its lamps."""
    found: dict[int, list[ToldFinding]] = {}
    for one in findings:
        if one.asset_type == "light_cabinet" and one.asset_id is not None:
            found.setdefault(one.asset_id, []).append(one)
        elif one.asset_type == "street_light" and one.parent_id is not None:
            found.setdefault(one.parent_id, []).append(one)
    return found


def accounts_for(anchor: ToldFinding, one: ToldFinding) -> bool:
    """Say whether a cabinet without current explains a finding about it or its lamps."""
    end = None if anchor.ended_at is None else anchor.ended_at + AFTERWARDS
    has_met = one.ended_at is None or one.ended_at >= anchor.started_at - SIGNS_BEFORE
    is_own_report = one.kind == REPORT and one.asset_type == "light_cabinet"  # of its breaker
    is_sign = one.kind in AFFECTED or is_own_report
    return is_sign and has_met and begins_within(one, anchor.started_at - SIGNS_BEFORE, end)


def together(cabinet: int, own: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Find lamps that fell dark together, with what is odd about their cabinet meanwhile."""
    n_lamps = sum(one.type == "street_light" for one in ground.families.get(cabinet, ()))
    lamps = [one for one in own if one.asset_id != cabinet and one.kind in DARK]
    for run in runs(lamps, TOGETHER, LEAST):
        odd = [one for one in own if one.asset_id == cabinet and accounts_for(run[0], one)]
        if odd and n_things(run) >= LEAST_SHARE * n_lamps:
            yield Claim((*run, *odd), cabinet)


def tell(line: Line) -> tuple[str, str]:
    """Name the cabinet and how many lamps are known to be out."""
    n_lamps = max(line.n_assets - 1, 0)
    lamps_en = f", {n_lamps} of its lamps with it" if n_lamps else ""
    lamps_fr = f", et avec elle {n_lamps} de ses lampes" if n_lamps else ""
    if line.ended_at is not None:
        return (
            f"{line.name} was without current {since_en(line)}{lamps_en}. To do: look for what tripped it.",
            f"{line.name} n'était plus alimentée {since_fr(line)}{lamps_fr}. À faire : chercher ce qui l'a fait"
            " déclencher.",
        )
    return (
        f"{line.name} is without current {since_en(line)}{lamps_en}. To do: check and reset its breaker, look for the"
        " short circuit.",
        f"{line.name} n'est plus alimentée {since_fr(line)}{lamps_fr}. À faire : contrôler et réarmer son disjoncteur,"
        " chercher le court-circuit.",
    )


CAUSE = Cause(name="cabinet_tripped", rank=30, claim=claim, tell=tell, severity="urgent")
