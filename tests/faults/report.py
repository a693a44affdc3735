"""The report of a run: one JSON object per line, as every figure of the project has it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tests.faults.schedule import Round
from tests.faults.verdict import Account, Verdict

GOAL_RECOVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of a round: seconds from the heal until all that had been sent by then was receipted."""

    round: Round
    n_sent: int
    recovery_s: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run."""

    struck: tuple[Struck, ...]
    verdict: Verdict
    account: Account
    n_republished: int
    n_duplicate: int
    n_passing_acknowledged: int
    n_passing_stored: int
    n_ended: int
    n_figures: int
    n_figures_differing: int
    are_jobs_done: bool

    @property
    def is_good(self) -> bool:
        """Say whether everything that was promised was kept; how fast is not among it."""
        after_each = all(one.verdict.is_good for one in self.struck)
        told = self.n_figures > 0 and self.n_figures_differing == 0
        return self.verdict.is_good and after_each and self.account.adds_up and told and self.are_jobs_done

    def lines(self) -> Iterator[str]:
        """Give the figures."""
        recoveries = [one.recovery_s for one in self.struck]
        yield figure("faults.messages", self.verdict.sent, "1")
        yield figure("faults.rounds", len(self.struck), "1")
        yield figure("faults.strikes", sum(len(one.round.names) for one in self.struck), "1")
        yield figure("faults.lost", self.verdict.lost, "1", goal=0)
        yield figure("faults.stored_twice", self.verdict.twice, "1", goal=0)
        yield figure("faults.wrong_value", self.verdict.wrong, "1", goal=0)
        yield figure("faults.quarantined", self.verdict.quarantined, "1")
        yield figure("faults.receipted_but_missing", sum(one.verdict.lost for one in self.struck), "1", goal=0)
        yield figure("faults.ledger_difference", self.ledger_difference, "1", goal=0)
        yield figure("faults.figures_differing", self.n_figures_differing, "1", goal=0, of=self.n_figures)
        yield figure("faults.jobs_left", int(not self.are_jobs_done), "1", goal=0)
        yield figure("faults.sent_again", self.n_republished, "1")
        yield figure("faults.lost_without_store_and_forward", self.n_passing_lost, "1", of=self.n_passing_acknowledged)
        yield figure("faults.programs_ended_by_themselves", self.n_ended, "1")
        yield figure("faults.recovery_median", round(median(recoveries), 2), "s")
        yield figure("faults.recovery_longest", round(max(recoveries), 2), "s", goal=GOAL_RECOVERY_S)

    @property
    def ledger_difference(self) -> int:
        """Values received and not accounted for, and those counted as stored beside those that are there."""
        account = self.account
        without_outcome = account.received - account.stored - account.duplicate - account.rejected
        return abs(without_outcome) + abs(account.stored - account.n_measurements)

    @property
    def n_passing_lost(self) -> int:
        """What the broker had acknowledged to the gateway that keeps nothing, and the store lacks."""
        return max(0, self.n_passing_acknowledged - self.n_passing_stored)


def figure(name: str, value: float, unit: str, goal: float | None = None, of: int | None = None) -> str:
    """Write a figure; `of` says how many there are in all."""
    fields: dict[str, object] = {"name": name, "value": value, "unit": unit, "better": "lower"}
    if of is not None:
        fields["of"] = of
    if goal is not None:
        fields |= {"goal": goal, "met": value <= goal}
    return json.dumps(fields)


def line_of(struck: Struck) -> str:
    """Write what came of a round."""
    names = "+".join(struck.round.names)
    verdict = struck.verdict
    found = "all there" if verdict.is_good else f"{verdict.lost} lost, {verdict.twice} twice, {verdict.wrong} wrong"
    return (
        f"round {struck.round.number + 1}: {names} for {struck.round.hold_s:.1f} s at message {struck.n_sent}, "
        f"recovered in {struck.recovery_s:.1f} s, {verdict.sent} newly receipted: {found}"
    )
