"""A mixed air sensor that says what return and outdoor air cannot give together."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("sensor_bias")
