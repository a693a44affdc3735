"""Who is on call: members take turns of some civil days, handed over at a local time, and again from the first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.alerts import Rule


def order_of_call(rule: Rule, now: datetime) -> Sequence[int]:
    """Give the channels in the order in which they are told: who is on call first, then those whose turn comes next."""
    index = turn_of(rule, now) % len(rule.channel_ids) if rule.channel_ids else 0
    return (*rule.channel_ids[index:], *rule.channel_ids[:index])


def turn_of(rule: Rule, now: datetime) -> int:
    """Count the turns since the first; 0 for a rule without a rota, and before its first day.

    Turns end at the same time of the clock on the day of a change of summer time too.
    """
    if rule.first_on is None or rule.hand_over is None or rule.days_each is None or rule.time_zone is None:
        return 0
    local = now.astimezone(ZoneInfo(rule.time_zone))
    day = local.date() if local.time() >= rule.hand_over else local.date() - timedelta(days=1)
    return max(0, (day - rule.first_on).days // rule.days_each)
