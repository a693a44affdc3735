"""Incidents raised to alerts: what the rules ask for is put into the outbox, and to the next of the rota in time.

One incident is one alert, and a channel is told of it once: what changes meanwhile is in what is sent later, and over
the API. All of it is one transaction that may be cut anywhere and done again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial

from analytics.alert.mute import paused_until, release_at
from analytics.alert.rota import order_of_call
from sensors.alerts import AlertKind, kind_of
from sensors.severity import is_at_least
from store import alerts as kept
from store.alert_pauses import Pause, read_pauses
from store.alerts import Mute, OpenIncident, Rule, Step
from store.inputs import Connection


@dataclass(frozen=True, slots=True)
class AlertReport:
    """Messages that were put into the outbox, and alerts whose incident ended."""

    n_messages: int = 0
    n_ended: int = 0

    def __add__(self, other: "AlertReport") -> "AlertReport":
        """Add two reports up."""
        return AlertReport(self.n_messages + other.n_messages, self.n_ended + other.n_ended)


@dataclass(frozen=True, slots=True)
class House:
    """The rules, mutes and pauses of territories, each read once."""

    rules: Callable[[int], Sequence[Rule]]
    mutes: Callable[[int], Sequence[Mute]]
    pauses: Callable[[int], Sequence[Pause]]


def raise_alerts(connection: Connection, now: datetime) -> AlertReport:
    """Tell of incidents that go on what the rules ask for, and end the alerts of those that are over."""
    with connection.transaction():
        n_ended = kept.settle(connection, now)
        house = House(
            cache(partial(kept.read_rules, connection)),
            cache(partial(kept.read_mutes, connection)),
            cache(partial(read_pauses, connection, now=now)),
        )
        n_messages = sum(raise_one(connection, one, house, now) for one in kept.read_open(connection))
    return AlertReport(n_messages, n_ended)


def raise_one(connection: Connection, incident: OpenIncident, house: House, now: datetime) -> int:
    """Put into the outbox what is to be told of one incident, and give how many messages that is."""
    kind = kind_of(incident.cause, incident.kinds)
    if kind is None:
        return 0
    rules = [rule for rule in house.rules(incident.territory_id) if asks_for(rule, incident, kind.name)]
    if not rules and incident.alert_id is None:
        return 0
    alert_id = kept.write_alert(connection, incident, kind.name, now)
    release = release_of(incident, kind, house, now)
    kept.hasten_messages(connection, alert_id, release)
    if release > now:
        kept.postpone_messages(connection, alert_id, release)
    if incident.is_acknowledged:
        return 0
    told = kept.read_steps(connection, alert_id)
    steps = (next_step(rule, told, now, release) for rule in rules)
    return sum(kept.write_message(connection, alert_id, step, now) for step in steps if step is not None)


def release_of(incident: OpenIncident, kind: AlertKind, house: House, now: datetime) -> datetime:
    """Give when an incident may be told: not while it is muted by hours, nor by hand where no safety hangs on it."""
    held = now
    if not kind.is_safety:
        pauses = house.pauses(incident.territory_id)
        held = paused_until(pauses, kind.name, incident.asset_ids, incident.severity, now)
    return release_at(house.mutes(incident.territory_id), incident.severity, incident.time_zone, held)


def asks_for(rule: Rule, incident: OpenIncident, kind: str) -> bool:
    """Say whether a rule wants an incident told. What was open before the rule was made is no news to it."""
    is_of_kind = not rule.kinds or kind in rule.kinds
    return is_of_kind and is_at_least(incident.severity, rule.least_severity) and incident.created_at >= rule.created_at


def next_step(rule: Rule, told: Sequence[Step], now: datetime, release: datetime) -> Step | None:
    """Give what a rule wants sent now: first to who is on call, then, left without an answer, to the next."""
    own = [step for step in told if step.rule_id == rule.rule_id or step.channel_id in rule.channel_ids]
    reached = {step.channel_id for step in told}
    waiting = [channel for channel in order_of_call(rule, now) if channel not in reached]
    if not waiting:
        return None
    if not own:
        return Step(rule.rule_id, waiting[0], 0, release)
    last = max(step.release_at for step in own)
    if rule.escalate_min is None or now < last + timedelta(minutes=rule.escalate_min):
        return None
    return Step(rule.rule_id, waiting[0], max(step.step for step in own) + 1, release)
