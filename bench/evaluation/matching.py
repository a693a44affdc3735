"""Findings against truth, for one town: which episodes were found and when, which findings tell of nothing wrong.

Pure: it sees the findings, the truth, and what stands in the town. Beside each share stands what chance would give:
for a fault, how many assets of the same type that nothing struck were accused in the same span; for a look-alike, in
how many spans of the same length, whole weeks earlier or later, the same assets were accused of something.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.maintenance import hints
from bench.evaluation.expected import (
    AROUND,
    CLOCKS,
    GENERAL,
    GRACE,
    HINT_BY_FAULT,
    HINTS,
    SPREADING,
    accepted_kinds,
    may_explain,
)
from simulators.truth import TrueEpisode, Truth

WEEK = timedelta(weeks=1)
MOST_WEEKS = 8  # to shift a look-alike's span by


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its kind, asset and device ("" where none), when its signs began and when it was told.

    `is_quiet` says that it lies in an incident for which nobody is sent out, of what was announced for instance.
    """

    kind: str
    asset: str
    device: str
    started_at: datetime
    told_at: datetime
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands in a town: the type of each asset, the assets of each device."""

    type_by_asset: Mapping[str, str]
    assets_by_device: Mapping[str, tuple[str, ...]]

    def struck(self, episode: TrueEpisode) -> frozenset[str]:
        """Give the assets that an episode may show on: its own, and those that its devices tell about."""
        own = {asset for device in episode.devices for asset in self.assets_by_device.get(device, ())}
        return frozenset(own | {episode.asset} if episode.asset else self.type_by_asset)


@dataclass(frozen=True, slots=True)
class Case:
    """One episode judged. `by_chance` is the share of comparable spans in which the same would have been said.

    `delay_h` [h] runs from the fault's full effect (negative: told while there were but signs). `is_hinted` says
    whether any maintenance hint was told of what it struck, `is_seen` whether anything was, `is_loud` whether anything
    for which somebody would be sent out.
    """

    kind: str
    is_fault: bool
    is_found: bool
    delay_h: float | None
    by_chance: float | None
    is_hinted: bool
    is_seen: bool
    is_loud: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One town judged: its episodes; by kind of finding how many there are, tell of nothing wrong, or name the fault.

    `asset_weeks` is by kind of finding: the assets it can be about, times the weeks of the full town.
    """

    seed: int
    cases: tuple[Case, ...]
    n_told: Mapping[str, int]
    n_false: Mapping[str, int]
    n_named: Mapping[str, int]
    asset_weeks: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Court:
    """All that a town is judged by."""

    found: Sequence[Found]
    truth: Truth
    ground: Ground

    @property
    def faults(self) -> list[TrueEpisode]:
        """Give the faults, those of the metered past included."""
        return [episode for episode in self.truth.episodes if episode.is_fault]

    def is_about(self, episode: TrueEpisode, one: Found) -> bool:
        """Say whether a finding is about what an episode strikes."""
        return one.device in episode.devices or one.asset in self.ground.struck(episode)

    def accounts_for(self, episode: TrueEpisode, one: Found) -> bool:
        """Say whether a fault accounts for a finding."""
        is_felt = self.ground.type_by_asset.get(one.asset) in SPREADING.get(episode.kind, ())
        is_there = is_felt or self.is_about(episode, one)
        return is_there and may_explain(episode.kind, one.kind) and holds(episode, one.told_at)

    def is_explained(self, one: Found) -> bool:
        """Say whether some fault accounts for a finding."""
        return any(self.accounts_for(episode, one) for episode in self.faults)


def judge(found: Sequence[Found], truth: Truth, ground: Ground) -> Judged:
    """Judge the findings of a town. Episodes count that begin and end in the time in which everything reports."""
    court = Court(found, truth, ground)
    unexplained = [one for one in found if not court.is_explained(one)]
    ended = [one for one in truth.episodes if truth.full_from <= one.start_at and one.end_at <= truth.generated_to]
    cases = [judge_fault(court, one) if one.is_fault else judge_lookalike(court, one, unexplained) for one in ended]
    told = [one for one in found if truth.full_from <= one.started_at]
    named = [one for one in told if names_fault(court, one)]
    false = [one for one in unexplained if truth.full_from <= one.started_at]
    return Judged(truth.seed, tuple(cases), count(told), count(false), count(named), asset_weeks(truth, ground))


def judge_fault(court: Court, episode: TrueEpisode) -> Case:
    """Look for the first finding of an accepted kind on what a fault strikes, told while there were signs of it."""
    span = episode.precursor_at, episode.end_at + GRACE
    about = [one for one in within(court.found, span) if court.is_about(episode, one)]
    accepted = [one for one in about if one.kind in accepted_kinds(episode.kind)]
    first = min((one.told_at for one in accepted), default=None)
    return Case(
        kind=episode.kind,
        is_fault=True,
        is_found=first is not None,
        delay_h=None if first is None else (first - episode.start_at) / timedelta(hours=1),
        by_chance=accused_share(court, episode, span),
        is_hinted=any(one.kind in HINTS for one in about),
        is_seen=bool(about),
        is_loud=not all(one.is_quiet for one in about),
    )


def accused_share(court: Court, episode: TrueEpisode, span: tuple[datetime, datetime]) -> float | None:
    """Give the share of sound assets of the struck type that were accused of the same; None where all are struck."""
    kind = court.ground.type_by_asset.get(episode.asset)
    others = {asset for asset, type_ in court.ground.type_by_asset.items() if type_ == kind}
    for fault in court.faults:
        if fault.precursor_at < span[1] and (fault.is_lasting or span[0] < fault.end_at + AROUND):
            others -= court.ground.struck(fault)
    kinds = accepted_kinds(episode.kind)
    accused = {one.asset for one in within(court.found, span) if one.kind in kinds} & others
    return len(accused) / len(others) if others else None


def judge_lookalike(court: Court, episode: TrueEpisode, unexplained: Sequence[Found]) -> Case:
    """Look for findings that a look-alike raised: about what it touches, and not accounted for by a fault."""
    span = episode.start_at, episode.end_at + GRACE
    about = [one for one in unexplained if court.is_about(episode, one)]
    raised = within(about, span)
    shifted = [bool(within(about, other)) for other in other_spans(span, court.truth)]
    return Case(
        kind=episode.kind,
        is_fault=False,
        is_found=bool(raised),
        delay_h=None,
        by_chance=sum(shifted) / len(shifted) if shifted else None,
        is_hinted=any(one.kind in HINTS for one in raised),
        is_seen=bool(raised),
        is_loud=not all(one.is_quiet for one in raised),
    )


def other_spans(span: tuple[datetime, datetime], truth: Truth) -> list[tuple[datetime, datetime]]:
    """Give spans as long as this one, whole weeks away, that do not meet it and lie in the full town's time."""
    weeks = [shift * WEEK for shift in range(-MOST_WEEKS, MOST_WEEKS + 1) if abs(shift) * WEEK >= span[1] - span[0]]
    moved = [(span[0] + shift, span[1] + shift) for shift in weeks if shift]
    return [one for one in moved if truth.full_from <= one[0] and one[1] <= truth.generated_to]


def names_fault(court: Court, one: Found) -> bool:
    """Say whether a maintenance hint tells of the very fault that is there."""
    own = [
        episode
        for episode in court.faults
        if episode.kind in HINT_BY_FAULT and one.kind in accepted_kinds(episode.kind)
    ]
    return any(holds(episode, one.told_at) and court.is_about(episode, one) for episode in own)


def holds(episode: TrueEpisode, at: datetime) -> bool:
    """Say whether a fault shows at an instant, or did shortly before."""
    return episode.precursor_at <= at and (episode.is_lasting or at <= episode.end_at + AROUND)


def within(found: Sequence[Found], span: tuple[datetime, datetime]) -> list[Found]:
    """Keep what was told in a span."""
    return [one for one in found if span[0] <= one.told_at <= span[1]]


def count(found: Sequence[Found]) -> Mapping[str, int]:
    """Count findings by kind."""
    return dict(Counter(one.kind for one in found))


def asset_weeks(truth: Truth, ground: Ground) -> Mapping[str, float]:
    """Give by kind of finding the assets it can be about, times the weeks in which everything reported."""
    weeks = (truth.generated_to - truth.full_from) / WEEK
    n_by_type = Counter(ground.type_by_asset.values())
    n_measured = len({asset for assets in ground.assets_by_device.values() for asset in assets})
    # Without types a hint is about any device.
    hinted = {
        name: sum(n_by_type[type_] for type_ in hint.asset_types) if hint.asset_types else n_measured
        for name, hint in hints().items()
    }
    return {kind: weeks * n for kind, n in {**hinted, **dict.fromkeys((*GENERAL, *CLOCKS), n_measured)}.items()}
