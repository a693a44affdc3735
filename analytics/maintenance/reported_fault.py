"""A fault that the equipment reports itself: a lamp, its gear or relay, a breaker, a machine, a container, a leak.

What is told on arrival (a person trapped in a lift) or by hints of its own (a container on fire, or moved) is not here.
"""

from analytics.maintenance.reported import FAULTS, reported_hint

HINT = reported_hint("reported_fault", FAULTS)
