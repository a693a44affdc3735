"""A fan that runs for more than half of the time in which nobody is expected."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("schedule_ignored")
