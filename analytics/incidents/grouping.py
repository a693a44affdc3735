"""Which findings belong together: causes are asked in order of rank, and each takes what no better one accounts for.

Pure, and the same for the same findings. A finding that belongs to an incident moves only to a cause of the same or a
better rank.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.incidents.causes import Cause, causes
from analytics.incidents.ground import Claim, Ground
from store.incidents import ToldFinding


@dataclass(frozen=True, slots=True)
class Group:
    """Findings with one cause."""

    cause: Cause
    claim: Claim
    members: tuple[ToldFinding, ...]


def group(told: Sequence[ToldFinding], ground: Ground) -> list[Group]:
    """Give to each finding that has no incident its cause, and to others a better one where there is one."""
    groups: list[Group] = []
    taken: set[int] = set()
    for cause in causes().values():
        free = [one for one in told if one.finding_id not in taken and may_move(one, cause)]
        for claim in sorted(cause.claim(free, ground), key=order):
            members = tuple(one for one in claim.members if one.finding_id not in taken)
            if len(members) >= claim.least:
                groups.append(Group(cause, claim, members))
                taken.update(one.finding_id for one in members)
    return groups


def may_move(one: ToldFinding, cause: Cause) -> bool:
    """Say whether a cause may take a finding from the one it is put down to."""
    standing = causes().get(one.cause or "")
    return one.incident_id is None or standing is None or cause.rank <= standing.rank


def order(claim: Claim) -> tuple[int, int]:
    """Let the claim that accounts for most come first, then the oldest finding."""
    return -len(claim.members), min((one.finding_id for one in claim.members), default=0)


def choose_id(one: Group, n_members: Mapping[int, int], spent: Iterable[int]) -> int | None:
    """Give the incident that a group goes on with: the oldest of the same cause, else the oldest that is all in it.

    None: a new one. `n_members` tells how many findings each incident has, `spent` which already go on as another.
    """
    own = Counter(member.incident_id for member in one.members if member.incident_id is not None)
    same = {member.incident_id for member in one.members if member.cause == one.cause.name}
    free = [number for number in own if number not in set(spent)]
    best = [number for number in free if number in same]
    whole = [number for number in free if own[number] == n_members.get(number)]
    return min(best or whole, default=None)
