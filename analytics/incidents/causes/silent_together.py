"""Half of a gateway's devices, three at least, that fall silent within three hours while it is not known to be silent.

Asked after cabinets, which may be why: theirs is the better name.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.causes.gateway_silent import about
from analytics.incidents.ground import Claim, Ground, by_gateway, n_things, runs
from analytics.incidents.kinds import SILENCES
from analytics.incidents.words import since_en, since_fr
from store.incidents import Line, ToldFinding

TOGETHER = timedelta(hours=3)
LEAST, LEAST_SHARE = 3, 0.5


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Find devices of one gateway that fell silent together."""
    for gateway, own in by_gateway(findings):
        relay = ground.relays.get(gateway)
        for run in runs([one for one in own if one.kind in SILENCES], TOGETHER, LEAST):
            if relay is not None and n_things(run) >= LEAST_SHARE * relay.n_devices:
                yield about(relay, run)


def tell(line: Line) -> tuple[str, str]:
    """Name the gateway and how many fell silent."""
    return (
        f"{line.name}: {line.n_assets} of the devices behind it fell silent together {since_en(line)}. To do: check the"
        " gateway's aerial and network, and the current of these devices.",
        f"{line.name} : {line.n_assets} des appareils qui en dépendent se sont tus ensemble {since_fr(line)}. À faire :"
        " contrôler l'antenne et le réseau de la passerelle, et l'alimentation de ces appareils.",
    )


CAUSE = Cause(name="silent_together", rank=35, claim=claim, tell=tell, severity="warning")
