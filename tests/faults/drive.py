"""A run from its first message to its verdict."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.chain import Chain, running_chain
from tests.faults.fault import find_faults
from tests.faults.gateways import KeepingGateways, PassingGateway
from tests.faults.host import Host
from tests.faults.outcome import Outcome, finish_jobs, read_told
from tests.faults.report import Report, Struck, line_of
from tests.faults.schedule import Round
from tests.faults.servers import Servers
from tests.faults.stream import Stream
from tests.faults.verdict import count_passing, judge, read_account
from tests.support.waiting import wait_until

RECOVERY_PATIENCE_S = 180.0
ROUND_PATIENCE_S = 3600.0
N_LOOKS = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """How many messages at least, how fast at most [1/s], what strikes, and on which host the ingest runs."""

    n_messages: int
    rounds: tuple[Round, ...]
    rate_per_s: float | None = None
    drain_s: float = 600.0
    host: Host | None = None


def drive(
    servers: Servers, stream: Stream, plan: Plan, log: Path, tell: Callable[[str], None] = lambda _: None
) -> Report:
    """Run the chain under the faults, then once more in peace with the same messages, and compare."""
    with running_chain(servers, stream, "struck", log / "struck", host=plan.host) as chain:
        with PassingGateway(chain.gateway_url, stream) as passing:
            gateways = KeepingGateways(chain.gateway_url, stream, plan.rate_per_s)
            gateways.start()
            struck = strike_all(chain, gateways, plan, tell)
            n_messages = max(plan.n_messages, gateways.n_sent)
            gateways.finish(n_messages, plan.drain_s)
        verdict = judge(chain, range(gateways.n_sent))
        tell(f"all messages: {verdict}; the same again in peace")
        n_passing = settle_passing(chain, passing)
        are_done = finish_jobs(chain)
        chain.end()
        told, account = read_told(chain), read_account(chain)
        n_ended = sum(chain.n_ended.values())
    in_peace = tell_in_peace(servers, stream, gateways.n_sent, plan, log / "peace")
    differing = (told - in_peace) + (in_peace - told)
    return Report(
        struck=tuple(struck),
        verdict=verdict,
        account=account,
        n_republished=gateways.counts.republished,
        n_duplicate=gateways.counts.duplicate,
        n_passing_acknowledged=len(passing.acknowledged),
        n_passing_stored=n_passing,
        n_ended=n_ended,
        n_figures=in_peace.total(),
        n_figures_differing=differing.total(),
        are_jobs_done=are_done,
    )


def strike_all(chain: Chain, gateways: KeepingGateways, plan: Plan, tell: Callable[[str], None]) -> list[Struck]:
    """Let the rounds strike one after the other, spread over the messages."""
    done: list[Struck] = []
    seen: set[int] = set()
    for one in plan.rounds:
        share = plan.n_messages * one.number // len(plan.rounds)
        wait_for_sent(gateways, share)
        done.append(strike(chain, gateways, one, seen))
        tell(line_of(done[-1]))
    return done


def wait_for_sent(gateways: KeepingGateways, n_messages: int) -> None:
    """Wait until so many messages have been sent."""
    wait_until(lambda: gateways.n_sent >= n_messages or fail(gateways), f"{n_messages} messages", ROUND_PATIENCE_S)


def strike(chain: Chain, gateways: KeepingGateways, one: Round, seen: set[int]) -> Struck:
    """Do harm, heal, wait until all is receipted that waits, and look whether what is receipted is there.

    `seen` are the messages that were looked for before; those of this round are added.
    """
    faults = find_faults()
    chance = Random(one.seed)
    n_sent = gateways.n_sent
    with ExitStack() as stack:
        for name in one.names:
            stack.enter_context(faults[name].strike(chain, chance))
        time.sleep(one.hold_s)  # the length of the fault itself, not a wait for something
    healed_s = time.monotonic()
    waiting = gateways.waiting()
    wait_until(
        lambda: (not waiting & gateways.waiting() and chain.is_answering()) or fail(gateways),
        f"the chain goes on after {' and '.join(one.names)}",
        RECOVERY_PATIENCE_S,
    )
    recovery_s = time.monotonic() - healed_s
    sent = range(gateways.n_sent)
    fresh = set(sent) - gateways.waiting() - seen
    verdict = judge(chain, fresh)
    seen |= fresh
    return Struck(one, n_sent, recovery_s, verdict)


def fail(gateways: KeepingGateways) -> bool:
    """Raise what ended the gateways, if anything did."""
    if gateways.failure is not None:
        raise gateways.failure
    return False


def settle_passing(chain: Chain, passing: PassingGateway) -> int:
    """Give how much of the gateway that keeps nothing is stored, once nothing more comes of it."""
    counts = [-1]

    def is_still() -> bool:
        counts.append(count_passing(chain))
        return counts[-1] == len(passing.acknowledged) or (len(counts) > N_LOOKS and len(set(counts[-N_LOOKS:])) == 1)

    wait_until(is_still, "the last messages of the gateway that keeps nothing")
    return counts[-1]


def tell_in_peace(servers: Servers, stream: Stream, n_messages: int, plan: Plan, log: Path) -> Outcome:
    """Send the same messages while nothing strikes, and give what analytics makes of them."""
    with running_chain(servers, stream, "peace", log, ("ingest", "analyse")) as chain:
        gateways = KeepingGateways(chain.gateway_url, stream)
        gateways.start()
        gateways.finish(n_messages, plan.drain_s + n_messages / 100)
        assert judge(chain, range(n_messages)).is_good, "the run in peace lost something itself"
        assert finish_jobs(chain), "the run in peace leaves jobs undone"
        chain.end()
        return read_told(chain)
