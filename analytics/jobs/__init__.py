"""Jobs of analytics: kinds, one module each in `kinds`, found by being there; run in-line or by workers on any host.

A kind says what waits; what waits is run part by part. Jobs of the same kind and part are never run at once, all others
may be. A job is a few transactions that may each be cut and done again: what was not committed is found undone.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from analytics.alert.carrier import NOBODY, Carrier
from store.backup_runs import LONGEST
from store.inputs import Connection
from store.jobs import Pulse

PRESSING = 1000  # above any rank


@dataclass(frozen=True, slots=True)
class Moment:
    """When a job is looked for or run, and what was known then.

    Attributes
    ----------
    now
        The time of the day; in-line it may be any.
    pulse
        How far rollups are, and what differs whenever something has come.
    grace_s
        How long after its end [s] an hour is closed.
    settle_s
        How old a writer's knowledge of closed hours may be [s].
    carrier
        By what alerts go out.
    backup_longest
        How long at most from one backup that came back whole on trial to the next.
    """

    now: datetime
    pulse: Pulse
    grace_s: float = 30.0
    settle_s: float = 5.0
    carrier: Carrier = NOBODY
    backup_longest: timedelta = LONGEST

    @property
    def computed_to(self) -> datetime:
        """Up to when rollups are computed."""
        return self.pulse.computed_to

    @property
    def minute(self) -> str:
        """The civil minute (UTC), for jobs that also look at the time."""
        return self.now.strftime("%Y-%m-%dT%H:%MZ")


@dataclass(frozen=True, slots=True)
class Wait:
    """A part of a kind of job that may be due.

    It is due where its occasion, a text of all that it depends on, differs from the one it was last done for; without
    an occasion it is.
    """

    part: str = ""
    occasion: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a job did: a report that can be added to others of its kind.

    `is_behind`: it had more to do than it gave itself. `is_idle`: it could do nothing yet, so nothing follows from it.
    `told_to`: up to which instant of data time its work is done.
    """

    report: Any  # each kind has its own
    is_behind: bool = False
    is_idle: bool = False
    told_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    `rank` is its place in a round, the lowest first. `find` reads what waits, cheaply: it is asked every few seconds.
    `run` does one part, in transactions of its own. `is_pressing`: workers take it before all that is not.
    """

    name: str
    rank: int
    find: Callable[[Connection, Moment], Iterable[Wait]]
    run: Callable[[Connection, Moment, str], Done]
    is_pressing: bool = False

    @property
    def priority(self) -> int:
        """Its place among what waits in the queue, the highest first."""
        return PRESSING - self.rank if self.is_pressing else -self.rank


@cache
def find_kinds() -> dict[str, Kind]:
    """Give all kinds by name, in order of their rank."""
    package = importlib.import_module("analytics.jobs.kinds")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    found: list[Kind] = [importlib.import_module(f"{package.__name__}.{name}").KIND for name in names]
    return {kind.name: kind for kind in sorted(found, key=lambda kind: (kind.rank, kind.name))}
