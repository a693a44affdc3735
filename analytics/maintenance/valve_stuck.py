"""A heating or cooling valve that does not follow its command."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("valve_stuck")
