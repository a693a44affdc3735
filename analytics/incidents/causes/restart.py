"""Everything behind a gateway that restarts together: short silences and counters from zero, over within two hours."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, by_gateway, n_things, runs
from analytics.incidents.kinds import DELIVERY, SILENCES
from analytics.incidents.words import count_en, count_fr, since_en, since_fr
from store.incidents import Line, ToldFinding

LASTS = timedelta(hours=2)
TOGETHER = timedelta(minutes=30)
LEAST, LEAST_SHARE = 3, 0.5
KINDS = SILENCES | DELIVERY | {"counter_reset"}


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Find short findings that begin together behind a gateway."""
    for gateway, own in by_gateway(findings):
        relay = ground.relays.get(gateway)
        brief = [one for one in own if one.kind in KINDS and is_brief(one)]
        for run in runs(brief, TOGETHER, LEAST):
            if relay is not None and n_things(run) >= LEAST_SHARE * relay.n_devices:
                yield Claim(tuple(run), relay.asset_id, None if relay.asset_id else relay.device_id, least=LEAST)


def is_brief(one: ToldFinding) -> bool:
    """Say whether a finding is over and did not last."""
    return one.ended_at is not None and one.ended_at - one.started_at <= LASTS


def tell(line: Line) -> tuple[str, str]:
    """Say that it is over."""
    return (
        f"{line.name}: everything behind it restarted {since_en(line)}: {count_en(line)}. Nothing to do.",
        f"{line.name} : tout ce qui en dépend a redémarré {since_fr(line)} : {count_fr(line)}. Rien à faire.",
    )


CAUSE = Cause(name="restart", rank=15, claim=claim, tell=tell, is_quiet=True)
