"""What stands around findings, looked up by what causes ask for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from store.incidents import Notice, Relay, Standing, ToldFinding


@dataclass(frozen=True, slots=True)
class Ground:
    """The gateways, the children of the parents, what is announced, and how many assets measure each quantity."""

    now: datetime
    relays: Mapping[int, Relay]
    families: Mapping[int, Sequence[Standing]]
    notices: Sequence[Notice]
    n_sensors: Mapping[str, int]


def make_ground(
    now: datetime,
    relays: Iterable[Relay],
    standings: Iterable[Standing],
    notices: Sequence[Notice],
    n_sensors: Mapping[str, int],
) -> Ground:
    """Put what was read where it is found."""
    families: dict[int, list[Standing]] = {}
    for one in standings:
        families.setdefault(one.parent_id, []).append(one)
    return Ground(now, {relay.device_id: relay for relay in relays}, families, notices, n_sensors)


@dataclass(frozen=True, slots=True)
class Claim:
    """Findings that one cause would account for, and what it is about: an asset, a device, or the whole territory."""

    members: tuple[ToldFinding, ...]
    asset_id: int | None = None
    device_id: int | None = None
    lapses_at: datetime | None = None
    least: int = field(default=1, kw_only=True)


def begins_within(one: ToldFinding, begin: datetime, end: datetime | None) -> bool:
    """Say whether a finding begins in a span; one without an end goes on."""
    return begin <= one.started_at and (end is None or one.started_at <= end)


def runs(findings: Iterable[ToldFinding], span: timedelta, least: int) -> Iterable[list[ToldFinding]]:
    """Give runs of at least so many findings none of which takes longer than a span to begin, the largest first.

    What lies before and after a run is looked through again; what is left over is in none.
    """
    ordered = sorted(findings, key=lambda one: (one.started_at, one.finding_id))
    waiting = [ordered]
    while waiting:
        part = waiting.pop()
        first, end = largest_run(part, span)
        if end - first >= least:
            yield part[first:end]
            waiting += [part[end:], part[:first]]


def largest_run(ordered: Sequence[ToldFinding], span: timedelta) -> tuple[int, int]:
    """Give (first, end) of the most findings that begin within a span; of several, the earliest."""
    best, end = (0, 0), 0
    for first, one in enumerate(ordered):
        while end < len(ordered) and ordered[end].started_at - one.started_at <= span:
            end += 1
        if end - first > best[1] - best[0]:
            best = first, end
    return best


def n_things(findings: Iterable[ToldFinding]) -> int:
    """Count the assets, or devices without one, that findings are about."""
    return len({thing(one) for one in findings})


def thing(one: ToldFinding) -> tuple[str, int]:
    """Say what a finding is about: its asset, else its device, else its series, else nothing but itself."""
    for name, number in (("asset", one.asset_id), ("device", one.device_id), ("series", one.series_id)):
        if number is not None:
            return name, number
    return "finding", one.finding_id


def by_gateway(findings: Iterable[ToldFinding]) -> Iterable[tuple[int, list[ToldFinding]]]:
    """Give the findings behind each gateway, those about the gateway included."""
    pairs = sorted(
        ((gateway, one.finding_id, one) for one in findings for gateway in one.gateway_ids), key=lambda p: p[:2]
    )
    for gateway, own in groupby(pairs, key=lambda pair: pair[0]):
        yield gateway, [one for _, _, one in own]


def by_parent(findings: Iterable[ToldFinding]) -> Iterable[tuple[int, list[ToldFinding]]]:
    """Give the findings about the children of each asset."""
    known = sorted(
        (one for one in findings if one.parent_id is not None), key=lambda one: (one.parent_id, one.finding_id)
    )
    for parent, own in groupby(known, key=lambda one: one.parent_id):
        if parent is not None:
            yield parent, list(own)
