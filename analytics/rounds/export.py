"""Rounds as GeoJSON (RFC 7946) for maps and as GPX 1.1 for navigation devices."""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from analytics.rounds.day_plan import DayPlan, LeftOut, Outlook, PlannedRound, PlannedStop


def geojson(plan: DayPlan) -> dict[str, Any]:
    """Give a feature a round (its stops joined by straight lines), a stop and a container left out."""
    features: list[dict[str, Any]] = []
    for number, one in enumerate(plan.rounds, 1):
        features.append(line_of(number, one))
        features += [stop_feature(number, order, stop) for order, stop in enumerate(one.stops, 1)]
    features += [left_feature(left) for left in plan.left_out]
    return {"type": "FeatureCollection", "features": features, **summary(plan)}


def summary(plan: DayPlan) -> dict[str, Any]:
    """Say in numbers what is planned and what it rests on."""
    given = plan.assumptions
    return {
        "territory": plan.territory,
        "day": plan.day.isoformat(),
        "waste_stream": plan.waste_stream,
        "made_at": plan.made_at.isoformat(),
        "n_rounds": len(plan.rounds),
        "n_stops": plan.n_stops,
        "n_left_out": len(plan.left_out),
        "distance_km": round(plan.distance_km, 2),
        "distances": plan.distances,
        "n_distances_estimated": plan.n_estimated,
        "solver": plan.solver,
        "seed": plan.seed,
        "assumptions": {name: getattr(given, name) for name in given.__struct_fields__},
    }


def line_of(number: int, one: PlannedRound) -> dict[str, Any]:
    """Give a round as a line from its depot over its stops to its end."""
    points = [one.depot[1:], *(place_of(stop) for stop in one.stops), one.end[1:]]
    properties = {
        "kind": "round",
        "round": number,
        "vehicle": one.vehicle,
        "depot": one.depot[0],
        "end": one.end[0],
        "leaves_at": one.leaves_at.isoformat(),
        "back_at": one.back_at.isoformat(),
        "n_stops": len(one.stops),
        "distance_km": round(one.distance_km, 2),
        "load_l": round(one.load_l),
        "capacity_l": one.capacity_l,
    }
    geometry = {"type": "LineString", "coordinates": [list(point) for point in points]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def stop_feature(number: int, order: int, stop: PlannedStop) -> dict[str, Any]:
    """Give a stop as a point."""
    properties = {
        "kind": "stop",
        "round": number,
        "order": order,
        "asset_id": stop.container.asset_id,
        "asset": stop.container.slug,
        "name": stop.container.name,
        "address": stop.container.address,
        "arrives_at": stop.arrives_at.isoformat(),
        "reason": stop.reason,
        "load_l": round(stop.load_l),
        "next_at": stop.next_at.isoformat(),
        **outlook_of(stop.outlook),
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(place_of(stop))},
        "properties": properties,
    }


def left_feature(left: LeftOut) -> dict[str, Any]:
    """Give a container left out as a point, without geometry where its place is not known."""
    one = left.container
    is_placed = one.longitude is not None and one.latitude is not None
    properties = {
        "kind": "left_out",
        "asset_id": one.asset_id,
        "asset": one.slug,
        "name": one.name,
        "address": one.address,
        "reason": left.reason,
        "next_at": left.next_at.isoformat(),
        "detour_km": None if left.detour_km is None else round(left.detour_km, 2),
        "worth_km": None if left.worth_km is None else round(left.worth_km, 2),
        **outlook_of(left.outlook),
    }
    point = {"type": "Point", "coordinates": [one.longitude, one.latitude]} if is_placed else None
    return {"type": "Feature", "geometry": point, "properties": properties}


def outlook_of(outlook: Outlook | None) -> dict[str, float | None]:
    """Give what is expected in a container, in whole percent; all null where its level is not known."""
    if outlook is None:
        return dict.fromkeys(("expected_percent", "low_percent", "high_percent", "overflow_probability"))
    return {
        "expected_percent": round(outlook.expected_percent),
        "low_percent": round(outlook.low_percent),
        "high_percent": round(outlook.high_percent),
        "overflow_probability": round(outlook.probability, 3),
    }


def place_of(stop: PlannedStop) -> tuple[float, float]:
    """Give the place of a stop; a stop has one."""
    longitude, latitude = stop.container.longitude, stop.container.latitude
    if longitude is None or latitude is None:
        raise ValueError(f"{stop.container.slug} is on a round without a place")
    return longitude, latitude


def gpx(plan: DayPlan) -> str:
    """Give a GPX route a round, with its stops in order."""
    routes = "".join(gpx_lines(plan))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Vigie" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"<metadata><name>{plain(f'{plan.territory} {plan.waste_stream} {plan.day}')}</name></metadata>\n"
        f"{routes}</gpx>\n"
    )


def gpx_lines(plan: DayPlan) -> Iterator[str]:
    """Give the routes of a GPX file."""
    for number, one in enumerate(plan.rounds, 1):
        yield f"<rte><name>{plain(one.vehicle)}</name><number>{number}</number>\n"
        yield gpx_point(one.depot[1:], one.depot[0])
        for order, stop in enumerate(one.stops, 1):
            yield gpx_point(place_of(stop), f"{order} {stop.container.name}", stop.container.address)
        yield gpx_point(one.end[1:], one.end[0])
        yield "</rte>\n"


def gpx_point(place: tuple[float, float], name: str, address: str | None = None) -> str:
    """Give one point of a route."""
    described = f"<desc>{plain(address)}</desc>" if address else ""
    return f'<rtept lat="{place[1]:.6f}" lon="{place[0]:.6f}"><name>{plain(name)}</name>{described}</rtept>\n'


def plain(text: str) -> str:
    """Escape a text for XML, without the characters that XML cannot hold."""
    return escape("".join(letter for letter in text if letter.isprintable()))
