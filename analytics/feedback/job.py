"""Once in each territory's civil day: alarms against the budget, thresholds moved by the rule."""

from dataclasses import dataclass
from datetime import datetime

from analytics.feedback.rule import decide
from analytics.feedback.threshold import movable_kinds
from store.inputs import Connection
from store.threshold import read_due, write_moves


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """Territories that were looked at, and thresholds that were moved."""

    n_looked_at: int = 0
    n_moved: int = 0

    def __add__(self, other: "FeedbackReport") -> "FeedbackReport":
        """Add two reports up."""
        return FeedbackReport(self.n_looked_at + other.n_looked_at, self.n_moved + other.n_moved)


def move_thresholds(connection: Connection, now: datetime) -> FeedbackReport:
    """Move the thresholds of the territories that have an alarm budget and whose day was not looked at yet."""
    n_looked_at = n_moved = 0
    kinds = movable_kinds()
    with connection.transaction():
        for due in read_due(connection, now):
            moves = decide(due.classes, due.budget, kinds, now)
            write_moves(connection, due, moves, sum(one.n_week for one in due.classes))
            n_looked_at += 1
            n_moved += len(moves)
    return FeedbackReport(n_looked_at, n_moved)
