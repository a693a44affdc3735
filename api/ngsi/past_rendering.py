"""Writes the past of entities out: values one by one, in pairs with their time, or put together over periods.

An answer holds so many values of each attribute. Where there are more, it ends at the time until which all attributes
are complete, says so in Content-Range, and has the status 206.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api.ngsi.aggregate import aggregate
from api.ngsi.drafts import MEMBER, Instance
from api.ngsi.instant import instant_text
from api.ngsi.past import Evolution
from api.ngsi.rendering import Body, Style, write_head, write_instance
from api.ngsi.temporal import Past

Timed = tuple[datetime | None, Instance]
PLURAL = {
    "value": "values",
    "object": "objects",
    "languageMap": "languageMaps",
    "vocab": "vocabs",
    "json": "jsons",
    "valueList": "valueLists",
    "objectList": "objectLists",
}


@dataclass(frozen=True, slots=True)
class Cut:
    """Until when, or from when, an answer is complete."""

    content_range: str


def cut_short(evolutions: Sequence[Evolution], past: Past, n: int) -> Cut | None:
    """Take away what is beyond `n` values of an attribute, from the same time in all; None where nothing is."""
    newest = past.last_n is not None
    most = n if past.last_n is None else min(n, past.last_n)
    if newest and past.last_n is not None and past.last_n <= n:
        keep_last(evolutions, most)
        return None
    bounds = [
        timed[-most if newest else most - 1][0]
        for one in evolutions
        for timed in one.attributes.values()
        if len(timed) > most
    ]
    times = [at for at in bounds if at is not None]
    if not times:
        return None
    bound = max(times) if newest else min(times)
    for one in evolutions:
        for name, timed in one.attributes.items():
            one.attributes[name] = [pair for pair in timed if is_inside(pair[0], bound, newest=newest)]
    return Cut(content_range(evolutions, past))


def keep_last(evolutions: Sequence[Evolution], n: int) -> None:
    """Leave the newest values only."""
    for one in evolutions:
        for name, timed in one.attributes.items():
            one.attributes[name] = timed[-n:]


def is_inside(at: datetime | None, bound: datetime, *, newest: bool) -> bool:
    """Say whether a value stays in an answer that ends at a bound."""
    return at is None or (at >= bound if newest else at <= bound)


def content_range(evolutions: Sequence[Evolution], past: Past) -> str:
    """Say from when to when an answer reaches: backwards where the newest were asked for."""
    times = [at for one in evolutions for timed in one.attributes.values() for at, _ in timed if at is not None]
    first, last = min(times), max(times)
    if past.last_n is not None:
        begin = {"between": past.end_time_at, "before": past.time_at}.get(past.relation) or last
        return f"date-time {instant_text(begin)}-{instant_text(first)}/{past.last_n}"
    begin = past.time_at if past.relation in {"after", "between"} and past.time_at is not None else first
    return f"date-time {instant_text(begin)}-{instant_text(last)}/*"


def write_evolution(one: Evolution, style: Style, past: Past) -> Body:
    """Write the past of an entity out. Raises ProblemError where it has too many periods."""
    body = write_head(one.head, style)
    for iri, timed in one.attributes.items():
        if style.shows(iri):
            kept = [pair for pair in timed if shown(pair[1], style)]
            body[style.context.compact(iri)] = write_past(kept, style, past, one.head.created_at)
    return body


def shown(instance: Instance, style: Style) -> bool:
    """Say whether an instance is of a datasetId that is asked for."""
    return style.datasets is None or instance.get("datasetId", "@none") in style.datasets


def write_past(timed: Sequence[Timed], style: Style, past: Past, made_at: datetime) -> Any:
    """Write the past of one attribute out; in pairs or put together, one object for each datasetId."""
    if past.shape == "instances":
        return [write_instance(instance, style, made_at) for _, instance in timed]
    datasets = list(dict.fromkeys(instance.get("datasetId") for _, instance in timed))
    parts = [
        write_dataset([pair for pair in timed if pair[1].get("datasetId") == dataset], style, past, made_at)
        for dataset in datasets
    ]
    return parts[0] if len(parts) == 1 else parts


def write_dataset(timed: Sequence[Timed], style: Style, past: Past, made_at: datetime) -> Body:
    """Write the past of one datasetId out."""
    dataset = timed[-1][1].get("datasetId")
    kind = timed[-1][1]["type"]
    member = MEMBER[kind]
    body: Body = {"type": kind, **({"datasetId": dataset} if dataset is not None else {})}
    if past.shape == "aggregates":
        values = [(at, plain(instance.get(member))) for at, instance in timed if at is not None]
        return {**body, **aggregate(values, past.methods, past.duration)}
    simple = replace(style, representation="simplified")
    pairs = [
        [write_instance(instance, simple, made_at), "" if at is None else instant_text(at)] for at, instance in timed
    ]
    return {**body, PLURAL[member]: pairs}


def plain(value: Any) -> Any:
    """Give a value that may be written as a typed one."""
    return value["@value"] if isinstance(value, dict) and "@value" in value else value
