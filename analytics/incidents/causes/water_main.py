"""One water main: a pipe that breaks or leaks shows at its neighbours too, as less pressure and more flow.

Neighbours are the pipe it hangs on, those that hang on it or on the same, and the pump where there is one network.
Known from the finding about the pipe, or from odd values at two neighbours within two hours, to which those belong that
begin while they go on.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, begins_within, n_things, runs
from analytics.incidents.kinds import ODD_VALUES
from analytics.incidents.words import count_en, count_fr, since_en, since_fr
from store.incidents import Line, ToldFinding

BROKEN = frozenset({"pipe_break", "leak"})
WATER = frozenset({"water_pipe", "pump", "water_meter"})
FELT = frozenset({"flow", "water_pressure", "noise_level", "active_power", "rotation_speed", "level", "volume"})
BEFORE = timedelta(hours=2)
AFTER = {"pipe_break": timedelta(days=1), "leak": timedelta(days=2)}  # of the begin: a leak is told by the night
TOGETHER = timedelta(hours=2)


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Give to each broken pipe what its neighbours feel, and put together what neighbours feel at once."""
    water = [one for one in findings if one.asset_type in WATER and is_felt(one)]
    anchors = [one for one in water if one.kind in BROKEN]
    for anchor in sorted(anchors, key=lambda one: (one.started_at, -one.score, one.finding_id)):
        yield Claim(tuple(one for one in water if one is anchor or accounts_for(anchor, one)), anchor.asset_id)
    for run in runs([one for one in water if one.kind not in BROKEN], TOGETHER, 2):
        worst = max(run, key=lambda one: (one.quantity == "flow", one.score, -one.finding_id))
        until = max(one.ended_at or ground.now for one in run)
        members = [one for one in water if is_linked(worst, one) and begins_within(one, run[0].started_at, until)]
        if n_things(members) > 1:
            yield Claim(tuple(members), worst.asset_id, least=2)


def is_felt(one: ToldFinding) -> bool:
    """Say whether a finding is what a broken pipe shows as."""
    return one.kind in BROKEN or (one.kind in ODD_VALUES and (one.quantity is None or one.quantity in FELT))


def accounts_for(anchor: ToldFinding, one: ToldFinding) -> bool:
    """Say whether a broken pipe explains a finding; a leak does while it runs, at its pipe and the one before it."""
    begin, end = anchor.started_at - BEFORE, anchor.started_at + AFTER[anchor.kind]
    if anchor.kind == "leak" and one.kind == "leak":
        begin = anchor.started_at - AFTER["leak"]
    if anchor.kind == "leak" and one.asset_id in (anchor.asset_id, anchor.parent_id):
        return begins_within(one, begin, anchor.ended_at)
    return is_linked(anchor, one) and begins_within(one, begin, end)


def is_linked(one: ToldFinding, other: ToldFinding) -> bool:
    """Say whether water runs from one to the other; a pump without a parent feeds every pipe."""
    if one.asset_id == other.asset_id or "pump" in (one.asset_type, other.asset_type):
        return True
    if one.parent_id is None and other.parent_id is None:
        return False
    return one.parent_id == other.parent_id or one.asset_id == other.parent_id or one.parent_id == other.asset_id


def tell(line: Line) -> tuple[str, str]:
    """Name the pipe, and how much feels it."""
    if line.n_assets == 1:
        return line.sentence_en, line.sentence_fr
    feel, ressentent = ("feel", "le ressentent") if line.ended_at is None else ("felt", "l'ont ressenti")
    return (
        f"{line.name}: its neighbours {feel} it too, {count_en(line)} {since_en(line)}. {line.sentence_en}",
        f"{line.name} : ses voisines {ressentent} aussi, {count_fr(line)} {since_fr(line)}. {line.sentence_fr}",
    )


CAUSE = Cause(name="water_main", rank=50, claim=claim, tell=tell, severity="warning")
