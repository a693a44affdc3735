"""A heating or cooling valve that lets water through when it is shut."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("valve_leaking")
