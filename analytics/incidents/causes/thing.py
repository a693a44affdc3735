"""One asset (or device) with several findings: what is told of it at the same time has the same reason.

What is odd belongs to what goes on already, or ended less than half a day before. A finding that names a fault belongs
to what began within two days before it, to what still goes on and is a sign of it (odd values; a hot gear, of a driver
that fails), or to the same fault that ended less than two days before; else it is a matter of its own: another fault
wants another visit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from analytics.incidents.causes import Cause
from analytics.incidents.ground import Claim, Ground, thing
from analytics.incidents.kinds import is_sign_of, names_fault
from analytics.incidents.words import plural, since_en, since_fr
from store.incidents import Line, ToldFinding

SLACK = timedelta(hours=12)
TOGETHER = timedelta(days=2)
RELAPSE = timedelta(days=2)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Matter:
    """Findings about one thing that belong together so far."""

    members: list[ToldFinding] = field(default_factory=list)

    @property
    def began_at(self) -> datetime:
        """When the first of them began."""
        return min(one.started_at for one in self.members)

    @property
    def ends_at(self) -> datetime:
        """When the last of them ended."""
        return max(one.ended_at or NEVER for one in self.members)

    def takes(self, one: ToldFinding) -> bool:
        """Say whether a later finding belongs here."""
        if any(one.incident_id is not None and one.incident_id == other.incident_id for other in self.members):
            return True
        pause = one.started_at - self.ends_at
        is_relapse = pause <= RELAPSE and any(is_same(one, other) for other in self.members)
        if not names_fault(one.kind):
            return is_relapse or pause <= SLACK
        are_signs = all(is_sign_of(other.kind, one.kind) for other in self.members)
        return is_relapse or (pause <= SLACK and (are_signs or one.started_at - self.began_at <= TOGETHER))


def is_same(one: ToldFinding, other: ToldFinding) -> bool:
    """Say whether two findings tell of the same."""
    return (one.kind, one.series_id) == (other.kind, other.series_id)


def claim(findings: Sequence[ToldFinding], ground: Ground) -> Iterable[Claim]:
    """Part the findings of each thing into matters."""
    by_thing: dict[tuple[str, int], list[ToldFinding]] = {}
    for one in findings:
        by_thing.setdefault(thing(one), []).append(one)
    for own in by_thing.values():
        for matter in matters(own):
            first = matter.members[0]
            yield Claim(tuple(matter.members), first.asset_id, None if first.asset_id else first.device_id)


def matters(findings: Iterable[ToldFinding]) -> list[Matter]:
    """Give each finding, in order of time, to the youngest matter that takes it."""
    found: list[Matter] = []
    for one in findings:
        matter = next((matter for matter in reversed(found) if matter.takes(one)), None)
        if matter is None:
            matter = Matter()
            found.append(matter)
        matter.members.append(one)
    return found


def tell(line: Line) -> tuple[str, str]:
    """Say what the worst finding says, and how many there are."""
    if line.n_findings == 1:
        return line.sentence_en, line.sentence_fr
    return (
        f"{line.sentence_en} ({plural(line.n_findings, 'finding')} {since_en(line)})",
        f"{line.sentence_fr} ({plural(line.n_findings, 'constat')} {since_fr(line)})",
    )


CAUSE = Cause(name="thing", rank=90, claim=claim, tell=tell)
