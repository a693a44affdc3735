"""A heating or cooling coil that, fully open, falls short of a set point that ordinary coils reach."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("fouled_coil")
