"""Health of assets against truth: how early failures are announced, how often rightly, what probabilities are worth.

An asset is *announced* while its probability of failing within 30 days is `ANNOUNCED` and more. A failure is a fault
that was drawn, from its full effect until its end; those that show only in when messages arrive, and containers that
overflow for less than half a day, are left out. The calibration error is the expected one over ten bins of equal width
(M. P. Naeini et al., Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015), over every asset on
every day on which so many days were left to come; where other towns were evaluated too, of probabilities calibrated by
what came in those others, as if technicians there had noted every failure.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

import numpy as np
import psycopg

from analytics.evaluate.row import Row
from analytics.health.probability import Floats
from analytics.remaining_life.families import failure_probability
from analytics.remaining_life.model_file import ModelFile
from bench.evaluation.expected import AROUND, TOLD_BY_ARRIVAL
from bench.evaluation.town import Evaluated
from simulators.truth import TrueEpisode, Truth
from store.asset_health import Outcome

ANNOUNCED = 0.5
AHEAD = timedelta(days=7)
HORIZONS = (timedelta(days=7), timedelta(days=30), timedelta(days=90))
NO_FAILURES = (*TOLD_BY_ARRIVAL, "brief_overflow")
N_BINS = 10
GOAL_AHEAD, GOAL_PRECISION, GOAL_CALIBRATION = 0.9, 0.8, 0.05
TOLD = """
select a.slug, h.scored_at, h.within_30, h.told
from asset_health h
join assets a using (asset_id)
where h.told is not null
order by a.slug, h.scored_at
"""
ASSETS = "select slug, type from assets order by slug"


@dataclass(frozen=True, slots=True)
class Telling:
    """What was told of an asset from an instant on: probability within 30 days, and the three before calibration."""

    at: datetime
    within_30: float
    told: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Foretold:
    """A failure with signs of a week and more: days between the first announcement and it, None where there was none;
    the share of sound assets of its type announced in the same span; and for how many days it has signs."""

    kind: str
    lead_d: float | None
    by_chance: float | None
    signs_d: float


@dataclass(frozen=True, slots=True)
class HealthJudged:
    """One town: failures with signs, announcements and how many of them were right, what came of what was told."""

    seed: int
    n_days: int
    foretold: tuple[Foretold, ...]
    n_announced: int
    n_right: int
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Docket:
    """What a town's health is judged by: tellings by asset, the type of each asset, instants of telling, the truth."""

    tellings: Mapping[str, Sequence[Telling]]
    type_by_asset: Mapping[str, str]
    instants: Sequence[datetime]
    truth: Truth

    @property
    def failures(self) -> list[TrueEpisode]:
        """Give the failures of single assets."""
        return [one for one in self.truth.episodes if one.is_fault and one.asset and one.kind not in NO_FAILURES]

    def holds_at(self, asset: str, at: datetime) -> Telling | None:
        """Give what held of an asset at an instant."""
        own = self.tellings.get(asset, ())
        place = bisect_right(own, at, key=lambda one: one.at)
        return own[place - 1] if place else None

    def is_announced(self, asset: str, at: datetime) -> bool:
        """Say whether a failure of an asset was announced at an instant."""
        telling = self.holds_at(asset, at)
        return telling is not None and telling.within_30 >= ANNOUNCED


def judge_town(evaluated: Evaluated) -> HealthJudged:
    """Judge what the store of a town says of its assets."""
    tellings: dict[str, list[Telling]] = defaultdict(list)
    with psycopg.connect(evaluated.database_url) as connection:
        for slug, at, within_30, told in connection.execute(TOLD):
            tellings[slug].append(Telling(at, within_30, tuple(told)))
        types = {str(slug): str(kind) for slug, kind in connection.execute(ASSETS)}
    truth = evaluated.truth
    instants = [at for at, _ in evaluated.rounds if truth.full_from <= at <= truth.generated_to]
    return judge(evaluated.seed, Docket(tellings, types, instants, truth))


def judge(seed: int, docket: Docket) -> HealthJudged:
    """Judge one town."""
    announced = list(announcements(docket))
    return HealthJudged(
        seed,
        n_days=(docket.truth.generated_to - docket.truth.full_from).days,
        foretold=tuple(foretell(docket)),
        n_announced=len(announced),
        n_right=sum(has_signs(docket, asset, at) for asset, at in announced),
        outcomes=tuple(count_outcomes(docket)),
    )


def announcements(docket: Docket) -> Iterator[tuple[str, datetime]]:
    """Give each instant at which an asset comes to be announced."""
    for asset in docket.type_by_asset:
        was_announced = False
        for at in docket.instants:
            is_announced = docket.is_announced(asset, at)
            if is_announced and not was_announced:
                yield asset, at
            was_announced = is_announced


def has_signs(docket: Docket, asset: str, at: datetime) -> bool:
    """Say whether a failure of an asset is on its way, or there, at an instant, or was until two days before."""
    return any(
        one.asset == asset and one.precursor_at <= at and (one.is_lasting or at < one.end_at + AROUND)
        for one in docket.failures
    )


def foretell(docket: Docket) -> Iterator[Foretold]:
    """Look for the first announcement of each failure that has signs a week and more before it."""
    truth = docket.truth
    for one in docket.failures:
        is_whole = truth.full_from <= one.precursor_at and one.start_at <= truth.generated_to
        signs = one.start_at - one.precursor_at
        if is_whole and signs >= AHEAD:
            span = [at for at in docket.instants if one.precursor_at <= at <= one.start_at]
            first = next((at for at in span if docket.is_announced(one.asset, at)), None)
            lead_d = None if first is None else (one.start_at - first) / timedelta(days=1)
            yield Foretold(one.kind, lead_d, announced_share(docket, one, span), signs / timedelta(days=1))


def announced_share(docket: Docket, failure: TrueEpisode, span: Sequence[datetime]) -> float | None:
    """Give the share of sound assets of the same type that were announced in a span; None where there are none."""
    kind = docket.type_by_asset.get(failure.asset)
    sound = {asset for asset, type_ in docket.type_by_asset.items() if type_ == kind}
    sound -= {one.asset for one in docket.failures if span and one.precursor_at <= span[-1]}
    if not sound or not span:
        return None
    return sum(any(docket.is_announced(asset, at) for at in span) for asset in sound) / len(sound)


def count_outcomes(docket: Docket) -> Iterator[Outcome]:
    """Count what came of what was told, as `store.asset_health.read_outcomes` does, of every day."""
    by_asset: dict[str, list[TrueEpisode]] = defaultdict(list)
    n_failures: dict[str, int] = defaultdict(int)
    for one in docket.failures:
        by_asset[one.asset].append(one)
        if docket.truth.full_from <= one.start_at <= docket.truth.generated_to:
            n_failures[docket.type_by_asset.get(one.asset, "")] += 1
    counts: dict[tuple[str, int, float], list[int]] = defaultdict(lambda: [0, 0])
    for asset, kind in docket.type_by_asset.items():
        for place, failed, told in told_and_came(docket, asset, by_asset[asset]):
            count = counts[kind, place, round(told, 4)]
            count[0] += 1
            count[1] += failed
    for (kind, place, told), (n, n_failed) in sorted(counts.items()):
        yield Outcome(kind, place, False, told, n, n_failed, n_failures[kind])


def told_and_came(docket: Docket, asset: str, own: Sequence[TrueEpisode]) -> Iterator[tuple[int, bool, float]]:
    """Give (horizon, whether it had failed by its end, what was told) of every day of an asset with an end in sight."""
    for at in docket.instants:
        telling = docket.holds_at(asset, at)
        if telling is None:
            continue
        for place, horizon in enumerate(HORIZONS, 1):
            if at + horizon <= docket.truth.generated_to:
                failed = any(one.start_at <= at + horizon and (one.is_lasting or one.end_at > at) for one in own)
                yield place, failed, telling.told[place - 1]


def figures(judged: Sequence[HealthJudged]) -> Iterator[Row]:
    """Give the figures of all towns together, first of all how long they are."""
    yield Row("health.days", max(one.n_days for one in judged), "d", n=len(judged))
    yield from lead_figures([one for town in judged for one in town.foretold])
    n_announced, n_right = sum(one.n_announced for one in judged), sum(one.n_right for one in judged)
    if n_announced:
        yield Row("health.precision", n_right / n_announced, "1", goal=GOAL_PRECISION, n=n_announced)
    yield from calibration_figures(judged)


def lead_figures(foretold: Sequence[Foretold]) -> Iterator[Row]:
    """Give how many failures with signs of a week are announced a week ahead, and how early: all, those whose signs
    last twice as long (nobody tells on the first day of signs), and by kind."""
    kinds = sorted({one.kind for one in foretold})
    long = [one for one in foretold if one.signs_d >= 2 * AHEAD.days]
    parts = {f".{kind}": [one for one in foretold if one.kind == kind] for kind in kinds}
    for name, own in {"": foretold, ".long_signs": long, **parts}.items():
        if not own:
            continue
        is_early = [one.lead_d is not None and one.lead_d >= AHEAD.days for one in own]
        chance = [one.by_chance for one in own if one.by_chance is not None]
        yield Row(
            f"health.announced_7d{name}",
            float(np.mean(is_early)),
            "1",
            reference=float(np.mean(chance)) if chance else None,
            goal=None if name else GOAL_AHEAD,
            n=len(own),
        )
        leads = sorted(one.lead_d for one in own if one.lead_d is not None)
        if leads:
            yield Row(f"health.lead_median{name}", median(leads), "d", n=len(leads))


def calibration_figures(judged: Sequence[HealthJudged]) -> Iterator[Row]:
    """Give the calibration error of each horizon that the towns are long enough for; `reference`: uncalibrated."""
    calibrated = [
        one
        for index, town in enumerate(judged)
        for one in recalibrate(town.outcomes, train_on([*judged[:index], *judged[index + 1 :]]))
    ]
    assumed = [one for town in judged for one in town.outcomes]
    for place, horizon in enumerate(HORIZONS, 1):
        error, n = calibration_error(calibrated, place)
        if n:
            before, _ = calibration_error(assumed, place)
            name = f"health.calibration_error_{horizon.days}"
            yield Row(name, error, "1", "lower", reference=before, goal=GOAL_CALIBRATION, n=n)


def train_on(others: Sequence[HealthJudged]) -> ModelFile | None:
    """Fit the product's calibration to what came in other towns."""
    total: dict[str, int] = defaultdict(int)
    for town in others:
        for kind, n in {one.asset_type: one.n_failures for one in town.outcomes}.items():
            total[kind] += n
    outcomes = [replace(one, n_failures=total[one.asset_type]) for town in others for one in town.outcomes]
    return failure_probability.train(failure_probability.data_of(outcomes))


def recalibrate(outcomes: Iterable[Outcome], model: ModelFile | None) -> Iterator[Outcome]:
    """Give outcomes as they would have been told with a calibration."""
    for one in outcomes:
        mapped = None if model is None else map_one(model, one)
        yield one if mapped is None else replace(one, told=mapped)


def map_one(model: ModelFile, one: Outcome) -> float | None:
    """Read one probability from the map of its type and horizon; None where there is none."""
    places: list[list[object]] = model.values["places"]
    if [one.asset_type, one.place] not in places:
        return None
    index = places.index([one.asset_type, one.place])
    return float(failure_probability.mapped(model, index, np.array([one.told]))[0])


def calibration_error(outcomes: Iterable[Outcome], place: int) -> tuple[float, int]:
    """Give the expected calibration error of a horizon, and of how many asset days."""
    table: Floats = np.array([(one.told, one.n, one.n_failed) for one in outcomes if one.place == place]).reshape(-1, 3)
    told, n, n_failed = table.T
    if not n.sum():
        return 0.0, 0
    bins = np.minimum((told * N_BINS).astype(np.intp), N_BINS - 1)
    meant = np.bincount(bins, told * n, N_BINS)
    came = np.bincount(bins, n_failed, N_BINS)
    return float(np.abs(meant - came).sum() / n.sum()), int(n.sum())
