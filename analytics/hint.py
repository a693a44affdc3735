"""Maintenance hints told: each for each territory, step by step, as far as rollups are computed.

Hints that read the same are a family: what they share is read once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.feedback.threshold import without_quiet
from analytics.maintenance import Hint, Span, Verdict, families
from analytics.maintenance.lwm2m import resource_of
from analytics.period import begin
from store.hints import Gone, HintMark, close_hint_findings, read_hint_marks, read_removals, save_hint_mark
from store.inputs import Connection, Window
from store.results import Finding, open_finding

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HintReport:
    """Steps told, findings opened (or raised) and closed; whether a hint had more steps to tell than it was given."""

    n_steps: int = 0
    n_opened: int = 0
    n_closed: int = 0
    is_behind: bool = False

    def __add__(self, other: "HintReport") -> "HintReport":
        """Add two reports up."""
        return HintReport(
            self.n_steps + other.n_steps,
            self.n_opened + other.n_opened,
            self.n_closed + other.n_closed,
            self.is_behind or other.is_behind,
        )


def tell_hints(connection: Connection, computed_to: datetime, n_steps: int = 50) -> HintReport:
    """Tell every hint up to where rollups are computed, at most so many steps of each; each is a transaction."""
    report = HintReport()
    for family in families().values():
        report += tell_family(connection, family, computed_to, n_steps)
    return report


def tell_family(
    connection: Connection,
    family: Sequence[Hint],
    computed_to: datetime,
    n_steps: int = 50,
    territory_id: int | None = None,
) -> HintReport:
    """Tell the hints of a family in all territories, or in one; those that are equally far share what they read."""
    report = HintReport()
    for mark, equals in read_marks(connection, family).items():
        if territory_id in (None, mark.territory_id):
            spans = steps(equals[0], mark, computed_to, n_steps)
            told = [tell_step(connection, equals, mark, span) for span in spans]
            report = sum(told, report + HintReport(is_behind=len(told) == n_steps))
    return report


def read_marks(connection: Connection, family: Sequence[Hint]) -> Mapping[HintMark, Sequence[Hint]]:
    """Read how far each hint of a family was told in each territory, and put together those that are equally far."""
    equals: dict[HintMark, list[Hint]] = {}
    for hint in family:
        for mark in read_hint_marks(connection, hint.name, hint.version, hint.asset_types):
            equals.setdefault(mark, []).append(hint)
    return equals


def steps(hint: Hint, mark: HintMark, until: datetime, n_steps: int) -> Iterable[Span]:
    """Give the spans that wait: each one period of the hint's rhythm, or as many as go into its stride."""
    told_to = mark.told_to
    for _ in range(n_steps):
        ends = [next_end(hint, told_to, mark.time_zone)]
        while (later := next_end(hint, ends[-1], mark.time_zone)) <= min(until, told_to + hint.stride):
            ends.append(later)
        if ends[0] > until:
            return
        yield Span(told_to, ends[-1], mark.time_zone, tuple(ends))
        told_to = ends[-1]


def next_end(hint: Hint, after: datetime, time_zone: str) -> datetime:
    """Give the first instant after this one at which a hint is told."""
    if isinstance(hint.rhythm, timedelta):
        return EPOCH + ((after - EPOCH) // hint.rhythm + 1) * hint.rhythm
    zone = ZoneInfo(time_zone)
    day = after.astimezone(zone).date()
    return next(at for n in range(3) if (at := begin(day + n * DAY, hint.rhythm, zone)) > after)


def tell_step(connection: Connection, family: Sequence[Hint], mark: HintMark, span: Span) -> HintReport:
    """Tell one step of hints that read the same, write what follows from it, and note how far they are."""
    window = Window(mark.territory_id, family[0].asset_types, span.begins_at - family[0].reach, span.ends_at)
    with connection.transaction():
        inputs = family[0].read(connection, window)
        return sum((tell_one(connection, hint, mark, span, inputs) for hint in family), HintReport())


def tell_one(connection: Connection, hint: Hint, mark: HintMark, span: Span, inputs: Any) -> HintReport:
    """Tell one hint of what was read, write what follows, and note how far it is."""
    verdicts = without_removed(connection, without_quiet(connection, hint, mark.territory_id, hint.tell(inputs, span)))
    report = write(connection, hint, mark.territory_id, verdicts)
    save_hint_mark(connection, mark.territory_id, hint.name, hint.version, span.ends_at)
    return report


def without_removed(connection: Connection, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Leave out what is said to be there of a device that had been taken from its place by then."""
    ids = list({one.device_id for one in verdicts if one.is_present and one.device_id is not None})
    removals = read_removals(connection, ids) if ids else {}
    return [one for one in verdicts if not one.is_present or one.at < removals.get(one.device_id or 0, FOREVER)]


def write(connection: Connection, hint: Hint, territory_id: int, verdicts: Iterable[Verdict]) -> HintReport:
    """Open the findings of what is there, close those of what is not, in order of time."""
    n_opened = n_closed = 0
    gone: dict[datetime, list[Gone]] = {}
    for verdict in sorted(verdicts, key=lambda verdict: verdict.at):
        if verdict.is_present is True:
            n_closed += close(connection, hint, territory_id, gone)
            n_opened += open_finding(connection, finding_of(hint, territory_id, verdict))
        elif verdict.is_present is False:
            gone.setdefault(verdict.at, []).append(gone_of(verdict))
    n_closed += close(connection, hint, territory_id, gone)
    return HintReport(1, n_opened, n_closed)


def gone_of(verdict: Verdict) -> Gone:
    """Say about what a fault has gone, and at which level that is."""
    level = None if verdict.level is None else verdict.level.now
    return Gone(verdict.asset_id, verdict.device_id, verdict.series_id, level)


def close(connection: Connection, hint: Hint, territory_id: int, gone: dict[datetime, list[Gone]]) -> int:
    """Close what has gone, and forget it."""
    n_closed = sum(close_hint_findings(connection, territory_id, hint.name, about, at) for at, about in gone.items())
    gone.clear()
    return n_closed


def finding_of(hint: Hint, territory_id: int, verdict: Verdict) -> Finding:
    """Put a verdict into a finding."""
    return Finding(
        territory_id=territory_id,
        kind=hint.name,
        model=hint.name,
        model_version=hint.version,
        started_at=verdict.started_at,
        score=verdict.score,
        severity=verdict.severity,
        sentence_en=verdict.sentence_en,
        sentence_fr=verdict.sentence_fr,
        evidence=evidence_of(hint, verdict),
        asset_id=verdict.asset_id,
        device_id=verdict.device_id,
        series_id=verdict.series_id,
    )


def evidence_of(hint: Hint, verdict: Verdict) -> dict[str, Any]:
    """Give the numbers of a verdict, its level, and the resource of LwM2M that says the same, where there is one."""
    told = dict(verdict.evidence or {})
    resource = resource_of(hint.name, told)
    level = {} if verdict.level is None else {"level": asdict(verdict.level)}
    return told | level | ({} if resource is None else {"lwm2m": resource.path})
