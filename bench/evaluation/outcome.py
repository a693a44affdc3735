"""One town judged in every respect, and the figures of all towns: the one place that lists what is judged."""

import logging
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from analytics.evaluate.row import Row
from bench.evaluation import findings, health, incidents, kpis
from bench.evaluation.live import judge_live, without_arrivals
from bench.evaluation.matching import Judged
from bench.evaluation.town import Plan, evaluated
from deploy.local.services import Services

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Task:
    """A town to evaluate."""

    services: Services
    seed: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one town gave, small enough to hand from process to process, the seconds its steps took, and the commit of
    the code that it went through."""

    seed: int
    findings: Judged
    arrivals: Judged
    grouping: incidents.Grouping
    health: health.HealthJudged
    kpis: tuple[kpis.Compared, ...]
    seconds: dict[str, float]
    commit: str


def evaluate_town(task: Task) -> Outcome:
    """Send a town through the chain and judge what the store says, while its database is there."""
    log_warnings_only()
    commit = describe_commit()  # of what this process has imported
    arrivals = judge_live(task.services, task.seed)
    with evaluated(task.services, task.seed, task.plan) as town:
        found = without_arrivals(findings.judge_town(town))
        grouping = incidents.judge_town(town)
        health_judged = health.judge_town(town)
        compared = kpis.compare_town(town)
        return Outcome(task.seed, found, arrivals, grouping, health_judged, compared, town.seconds, commit)


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


def describe_commit() -> str:
    """Name the state of the code: its commit, marked where files differ from it, empty without a repository."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
