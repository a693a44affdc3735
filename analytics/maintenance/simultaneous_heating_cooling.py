"""An air handling unit that heats and cools at once, while its set point is held."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("simultaneous_heating_cooling")
