"""How bad something is, the least first."""

from typing import Literal

Severity = Literal["info", "warning", "urgent", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "urgent", "critical")


def is_at_least(severity: Severity, least: Severity) -> bool:
    """Say whether a severity is at least another.

    Examples
    --------
    >>> is_at_least("urgent", "warning"), is_at_least("info", "warning")
    (True, False)
    """
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)
