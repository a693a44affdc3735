"""An outdoor air damper that does not close: more outdoor air than its position lets in."""

from analytics.hvac.telling import unit_hint

HINT = unit_hint("damper_leaking")
