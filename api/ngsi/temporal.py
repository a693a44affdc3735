"""What a question for the past asks: which span, how many values, and how they are put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from api.ngsi.aggregate import METHODS
from api.ngsi.instant import Duration, read_duration, read_instant
from api.ngsi.media import read_count, read_names
from api.ngsi.refusal import bad
from store.ngsi.reading import BEGINNING, END, TimeProperty

TICK = timedelta(microseconds=1)
MOST_LAST = 100_000
ALL_THERE_IS = Duration(0, timedelta())
TEMPORAL = frozenset({"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration"})
PROPERTIES: tuple[TimeProperty, ...] = ("observedAt", "createdAt", "modifiedAt")
Shape = Literal["instances", "values", "aggregates"]


@dataclass(frozen=True, slots=True)
class Past:
    """From `start`, before `end`, in the time that `time_property` names; the `last_n` newest, else the oldest first.

    `time_at` and `end_time_at` are what the question named. `methods` and `duration` are for aggregates only.
    """

    time_property: TimeProperty = "observedAt"
    start: datetime = BEGINNING
    end: datetime = END
    is_timed: bool = False
    time_at: datetime | None = None
    end_time_at: datetime | None = None
    relation: str = ""
    last_n: int | None = None
    shape: Shape = "instances"
    methods: tuple[str, ...] = ()
    duration: Duration = ALL_THERE_IS


def read_past(parameters: Mapping[str, str], options: frozenset[str], *, is_needed: bool) -> Past:
    """Read the temporal parameters; `is_needed`: a span must be named. Raises ProblemError."""
    time_property = parameters.get("timeproperty", "observedAt")
    if time_property not in PROPERTIES:
        raise bad(f"timeproperty is one of {', '.join(PROPERTIES)}, not {time_property[:40]!r}")
    shape, methods, duration = read_shape(parameters, options)
    relation = parameters.get("timerel")
    if relation is None:
        if is_needed or not {"timeAt", "endTimeAt"}.isdisjoint(parameters):
            raise bad("say of which time: timerel=before, after or between, with timeAt and for between endTimeAt")
        at, end_at, span = None, None, (BEGINNING, END)
    else:
        at, end_at, span = read_span(relation, parameters)
    return Past(
        time_property=time_property,
        start=span[0],
        end=span[1],
        is_timed=relation is not None,
        time_at=at,
        end_time_at=end_at,
        relation=relation or "",
        last_n=read_count(parameters, "lastN", 1, 1, MOST_LAST) if "lastN" in parameters else None,
        shape=shape,
        methods=methods,
        duration=duration,
    )


def read_span(
    relation: str, parameters: Mapping[str, str]
) -> tuple[datetime, datetime | None, tuple[datetime, datetime]]:
    """Read from when until when. Raises ProblemError."""
    at = read_instant(parameters.get("timeAt"), "timeAt").at
    if relation == "before":
        return at, None, (BEGINNING, at)
    if relation == "after":
        return at, None, (at + TICK, END)
    if relation != "between":
        raise bad(f"timerel is before, after or between, not {relation[:40]!r}")
    end_at = read_instant(parameters.get("endTimeAt"), "endTimeAt").at
    if end_at <= at:
        raise bad("endTimeAt lies behind timeAt")
    return at, end_at, (at, end_at)


def read_shape(parameters: Mapping[str, str], options: frozenset[str]) -> tuple[Shape, tuple[str, ...], Duration]:
    """Read how values are put together. Raises ProblemError."""
    if {"temporalValues", "aggregatedValues"} <= options:
        raise bad("options: choose one of temporalValues and aggregatedValues")
    if "aggregatedValues" not in options:
        return "values" if not options.isdisjoint(SIMPLE) else "instances", (), ALL_THERE_IS
    methods = read_names(parameters.get("aggrMethods")) or []
    if not methods or set(methods) - METHODS.keys():
        raise bad(f"aggregatedValues goes with aggrMethods, some of {', '.join(METHODS)}")
    text = parameters.get("aggrPeriodDuration", "PT0S")
    return "aggregates", tuple(dict.fromkeys(methods)), read_duration(text, "aggrPeriodDuration")


SIMPLE = frozenset({"temporalValues", "keyValues", "simplified"})


def posted_parameters(document: Mapping[str, Any]) -> dict[str, str]:
    """Give the temporal part of a posted Query as parameters. Raises ProblemError."""
    found: dict[str, str] = {}
    for name, members in (("temporalQ", TEMPORAL), ("aggrParams", TEMPORAL)):
        part = document.get(name, {})
        if not isinstance(part, dict):
            raise bad(f"{name} is an object")
        for key, value in part.items():
            if key in members:
                found[key] = as_text(key, value)
    if "aggrParams" in document:
        found["options"] = "aggregatedValues"
    return found


def as_text(name: str, value: Any) -> str:
    """Give a member as it would stand in an address. Raises ProblemError."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(cast(list[str], value))
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise bad(f"{name} is a text")
    return str(value)
