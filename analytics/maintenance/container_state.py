"""What containers say of themselves (fire, moved, tipped over), hour by hour: shared by the hints about containers.

Names are those of object 3435 of OMA and uCIFI (filling level sensor).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sensors.quantity import find_quantity
from store.gauge_hours import StateHour, read_state_hours
from store.inputs import Connection, Window

Slugs = Mapping[str, Sequence[str]]


def read_said(connection: Connection, window: Window, slugs: Slugs) -> list[StateHour]:
    """Read all hours of these states, in which something is wrong or not: silence is no all-clear."""
    found = ((name, find_quantity(name)) for name in slugs)
    codes = {name: [code.number for code in quantity.codes] for name, quantity in found if quantity is not None}
    return read_state_hours(connection, window, codes)


def said_by_hour(rows: Sequence[StateHour], slugs: Slugs) -> Mapping[datetime, Mapping[int, tuple[str, bool]]]:
    """Give by hour and asset its name and whether it said one of these codes."""
    wrong = {(name, number_of(name, slug)) for name, own in slugs.items() for slug in own}
    found: dict[datetime, dict[int, tuple[str, bool]]] = {}
    for row in rows:
        hour = found.setdefault(row.hour, {})
        was_said = hour.get(row.asset_id, ("", False))[1]
        hour[row.asset_id] = (row.name, was_said or (row.quantity, row.state) in wrong)
    return found


def number_of(quantity: str, slug: str) -> int | None:
    """Give the number of a state's code."""
    known = find_quantity(quantity)
    return None if known is None else known.code_number(slug)
