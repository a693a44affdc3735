"""One town judged in every respect, and the figures of all towns: the one place that lists what is judged."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from analytics.evaluate.row import Row
from bench.evaluation import findings, health, incidents, kpis
from bench.evaluation.live import judge_live, without_arrivals
from bench.evaluation.matching import Judged
from bench.evaluation.town import Plan, evaluated
from deploy.local.services import Services


@dataclass(frozen=True, slots=True)
class Task:
    """A town to evaluate."""

    services: Services
    seed: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one town gave, small enough to hand from process to process, and the seconds its steps took."""

    seed: int
    findings: Judged
    arrivals: Judged
    grouping: incidents.Grouping
    health: health.HealthJudged
    kpis: tuple[kpis.Compared, ...]
    seconds: dict[str, float]


def evaluate_town(task: Task) -> Outcome:
    """Send a town through the chain and judge what the store says, while its database is there."""
    log_warnings_only()
    arrivals = judge_live(task.services, task.seed)
    with evaluated(task.services, task.seed, task.plan) as town:
        found = without_arrivals(findings.judge_town(town))
        grouping = incidents.judge_town(town)
        health_judged = health.judge_town(town)
        return Outcome(task.seed, found, arrivals, grouping, health_judged, kpis.compare_town(town), town.seconds)


def figures(n_asked: int, outcomes: Sequence[Outcome]) -> list[Row]:
    """Give the figures of all towns together; first of all how many there are."""
    towns = Row("evaluate.towns", len(outcomes), "1", goal=n_asked)
    if not outcomes:
        return [towns]
    compared = [one for outcome in outcomes for one in outcome.kpis]
    judged = [one for outcome in outcomes for one in (outcome.findings, outcome.arrivals)]
    grouped = incidents.figures([outcome.grouping for outcome in outcomes])
    healths = health.figures([outcome.health for outcome in outcomes])
    return [towns, *kpis.figures(compared), *findings.figures(judged), *grouped, *healths]


def log_warnings_only() -> None:
    """Keep the thousand lines a town's analytics says in order off the screen."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
