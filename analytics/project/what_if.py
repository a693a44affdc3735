"""A project's return under other assumptions or another rule, on the savings that are known."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from store.project import Assumptions, ProjectEntry, Subsidy

ASSUMED = tuple(field.name for field in fields(Assumptions))
RULED = tuple(field.name for field in fields(Subsidy))


@dataclass(frozen=True, slots=True)
class OutOfRangeError(ValueError):
    """A parameter cannot be reckoned with; the sentence says which."""

    sentence: str

    def __str__(self) -> str:
        """Say it."""
        return self.sentence


def change(project: ProjectEntry, changes: Mapping[str, Any], today: date) -> ProjectEntry:
    """Give the project with some of its assumptions and of its subsidy's rule changed; None changes nothing.

    A rule is begun where none is entered: eligible from the first invoice on, else from the works, else from today.

    Raises
    ------
    OutOfRangeError
        A share is not between 0 and 1, a rate not between -0.5 and 1, a horizon not between 1 and 60 years.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    require_in_range(given)
    assumed = {name: value for name, value in given.items() if name in ASSUMED}
    ruled = {name: value for name, value in given.items() if name in RULED}
    began = min([invoice.invoiced_on for invoice in project.invoices] or [min(project.started_on, today)])
    rule = project.subsidy or (Subsidy(began) if ruled else None)
    return replace(
        project,
        assumptions=replace(project.assumptions, **assumed),
        subsidy=None if rule is None else replace(rule, **ruled),
    )


def require_in_range(given: Mapping[str, Any]) -> None:
    """Refuse what cannot be reckoned with."""
    bounds = {
        "share": (0, 1),
        "bonus": (0, 1),
        "least_own_share": (0, 1),
        "discount_rate": (-0.5, 1),
        "price_growth": (-0.5, 1),
        "horizon_years": (1, 60),
        "years_to_finish": (1, 20),
        "ceiling_eur": (0, float("inf")),
        "other_subsidies_eur": (0, float("inf")),
    }
    for name, (low, high) in bounds.items():
        if name in given and not low <= given[name] <= high:
            raise OutOfRangeError(f"{name} must be between {low} and {high}, not {given[name]}")
