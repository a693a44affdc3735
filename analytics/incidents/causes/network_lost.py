"""All gateways of a territory that relay nothing at once, two at least: a network, a broker, or the platform itself."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.causes.gateway_silent import accounts_for
from analytics.incidents.ground import Claim, Ground, runs
from analytics.incidents.words import IF_AGAIN, count_en, count_fr, since_en, since_fr
from store.incidents import Line, ToldFinding

TOGETHER = timedelta(hours=1)
LEAST, LEAST_SHARE = 2, 0.8


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Find gateways that fell silent together, and what that accounts for."""
    anchors = [one for one in findings if one.kind == "silent_gateway"]
    least = max(LEAST, LEAST_SHARE * len(ground.relays))
    for run in runs(anchors, TOGETHER, LEAST):
        gateways = {gateway for one in run for gateway in one.gateway_ids}
        if len(gateways) >= least:
            behind = (one for one in findings if gateways.intersection(one.gateway_ids))
            yield Claim(tuple(one for one in behind if one in run or any(accounts_for(anchor, one) for anchor in run)))


def tell(line: Line) -> tuple[str, str]:
    """Say that nothing comes, or came."""
    if line.ended_at is not None:
        return (
            f"{line.name}: none of the gateways relayed anything {since_en(line)}: {count_en(line)}. {IF_AGAIN[0]}",
            f"{line.name} : aucune passerelle n'a rien relayé {since_fr(line)} : {count_fr(line)}. {IF_AGAIN[1]}",
        )
    return (
        f"{line.name}: none of the gateways relays anything {since_en(line)}: {count_en(line)}. To do: check the"
        " network operator, the broker and this platform.",
        f"{line.name} : aucune passerelle ne relaie plus rien {since_fr(line)} : {count_fr(line)}. À faire : contrôler"
        " l'opérateur du réseau, le courtier et la plateforme.",
    )


CAUSE = Cause(name="network_lost", rank=18, claim=claim, tell=tell, severity="urgent")
