"""Occupancy of parking and fill level of containers: means of places, through the guard step by step."""

from collections.abc import Sequence
from itertools import groupby

from analytics.open_data.guard import Cell, Shown, protect
from analytics.open_data.making import Ask, Made, Row, coarse
from store.inputs import Connection
from store.open_rows import PlaceStep, PlaceSteps, read_container_steps, read_parking_steps

BOUND = -3  # place of the column in a row


def parking_occupancy(connection: Connection, ask: Ask) -> Made:
    """Make the occupancy of car parks and of places of bays."""
    return tell("occupancy", read_parking_steps(connection, ask.span), ask)


def container_fill(connection: Connection, ask: Ask) -> Made:
    """Make the fill level of places of containers."""
    return tell("fill", read_container_steps(connection, ask.span), ask)


def tell(table: str, found: PlaceSteps, ask: Ask) -> Made:
    """Tell each step's places and their total, as the guard lets them."""
    rows: list[Row] = []
    for _, together in groupby(found.steps, key=lambda step: step.begins_at):
        rows += tell_step(list(together), ask)
    return Made({table: rows}, sum(row[BOUND] == "hidden" for row in rows), completeness_of(found, ask))


def tell_step(steps: Sequence[PlaceStep], ask: Ask) -> list[Row]:
    """Tell one step: a row for each place, one for the total."""
    shown, total = protect([Cell(one.place, one.n_known, one.total) for one in steps], ask.least)
    begins_at = steps[0].begins_at
    times = (begins_at, ask.end_of(begins_at))
    rows = [
        row_of("place", one.name, times, what, (coarse(one.longitude), coarse(one.latitude)))
        for one, what in zip(steps, shown, strict=True)
    ]
    return [*rows, row_of("total", "", times, total, (None, None))]


def row_of(scope: str, name: str, times: Row, shown: Shown, place: Row) -> Row:
    """Write a row: scope, place, name, start, end, number, mean, bound, longitude, latitude."""
    return (scope, shown.place, name, *times, shown.n, shown.mean, shown.bound, *place)


def completeness_of(found: PlaceSteps, ask: Ask) -> float | None:
    """Give the share of things and steps of the span that are known; None where there is nothing to be known."""
    expected = found.n_placed * ask.n_steps
    return min(1.0, sum(one.n_known for one in found.steps) / expected) if expected else None
