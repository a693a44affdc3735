"""A gateway that relays nothing: whatever is not heard behind it meanwhile, and what is odd when it is heard again.

A device counts as silent from its last message on, which may lie one long interval before.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, begins_within, by_gateway
from analytics.incidents.kinds import DELIVERY, ODD_VALUES, SILENCES
from analytics.incidents.words import IF_AGAIN, count_en, count_fr, since_en, since_fr
from store.incidents import Line, Relay, ToldFinding

HEARD_BEFORE = timedelta(hours=6)  # the longest interval between two messages that is usual
AFTERWARDS = timedelta(hours=3)


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Give to each gateway's own finding what is behind it."""
    for gateway, own in by_gateway(findings):
        relay = ground.relays.get(gateway)
        for anchor in own:
            if relay is not None and anchor.kind == "silent_gateway":
                yield about(relay, [one for one in own if accounts_for(anchor, one)])


def accounts_for(anchor: ToldFinding, one: ToldFinding) -> bool:
    """Say whether a gateway's silence explains a finding behind it: of silence meanwhile, of what came afterwards."""
    end = None if anchor.ended_at is None else anchor.ended_at + AFTERWARDS
    if one.kind in SILENCES:
        has_met = one.ended_at is None or one.ended_at >= anchor.started_at
        return has_met and begins_within(one, anchor.started_at - HEARD_BEFORE, end)
    if one.kind in DELIVERY:
        return begins_within(one, anchor.started_at - HEARD_BEFORE, end)
    if one.kind not in ODD_VALUES or end is None or anchor.ended_at is None:
        return False
    return begins_within(one, anchor.ended_at - AFTERWARDS, end)


def about(relay: Relay, members: Sequence[ToldFinding]) -> Claim:
    """Say that a gateway accounts for findings."""
    return Claim(tuple(members), relay.asset_id, None if relay.asset_id else relay.device_id)


def tell(line: Line) -> tuple[str, str]:
    """Name the gateway and how much is behind it."""
    if line.ended_at is not None:
        return (
            f"{line.name} relayed nothing {since_en(line)}: {count_en(line)}. {IF_AGAIN[0]}",
            f"{line.name} n'a rien relayé {since_fr(line)} : {count_fr(line)}. {IF_AGAIN[1]}",
        )
    return (
        f"{line.name} relays nothing {since_en(line)}: {count_en(line)}. To do: check power and network of the"
        " gateway.",
        f"{line.name} ne relaie plus rien {since_fr(line)} : {count_fr(line)}. À faire : contrôler l'alimentation et le"
        " réseau de la passerelle.",
    )


CAUSE = Cause(name="gateway_silent", rank=20, claim=claim, tell=tell, severity="warning")
