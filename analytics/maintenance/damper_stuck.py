"""An outdoor air damper that does not move: as much comes in when told to shut, or hardly anything when to open."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("damper_stuck")
