"""Reads `CreateObservations`: observations as arrays, one group for each datastream."""

from collections.abc import Mapping
from typing import Any

from api.errors import ProblemError
from api.sensorthings.drafts import Draft, draft, require_id
from api.sensorthings.refusal import refused
from store.sensorthings.model import SETS

MOST_ROWS = 10_000
FEATURE = ("FeatureOfInterest/id", "FeatureOfInterest/@iot.id")


def read_arrays(body: Any) -> list[Draft | ProblemError]:
    """Give each observation of a body in its order, or why it is none.

    Raises
    ------
    ProblemError
        400 where the body as a whole is of another shape, or too long.
    """
    if not isinstance(body, list) or not all(isinstance(group, dict) for group in body):
        raise refused("the body is a list of {Datastream, components, dataArray}")
    if sum(len(group.get("dataArray") or ()) for group in body if isinstance(group.get("dataArray"), list)) > MOST_ROWS:
        raise refused(f"at most {MOST_ROWS} observations in one request")
    return [one for group in body for one in read_group(group)]


def read_group(group: Mapping[str, Any]) -> list[Draft | ProblemError]:
    """Read the observations of one datastream. Raises ProblemError."""
    kind = "MultiDatastream" if "MultiDatastream" in group else "Datastream"
    datastream, components, rows = group.get(kind), group.get("components"), group.get("dataArray")
    if not isinstance(datastream, dict) or len(datastream) != 1:
        raise refused("each group has a Datastream or MultiDatastream, as {'@iot.id': …}")
    if not isinstance(components, list) or not all(isinstance(name, str) for name in components):
        raise refused("each group has components: the names of the columns of its dataArray")
    if not isinstance(rows, list):
        raise refused("each group has a dataArray: a list of lists")
    owner = {kind: {"@iot.id": require_id(kind, next(iter(datastream.values())))}}
    return [read_row(owner, components, row) for row in rows]


def read_row(owner: Mapping[str, Any], components: list[str], row: Any) -> Draft | ProblemError:
    """Read one observation."""
    if not isinstance(row, list) or len(row) != len(components):
        return refused(f"a row has {len(components)} values, as many as there are components")
    body: dict[str, Any] = {**owner}
    for name, value in zip(components, row, strict=True):
        if name in FEATURE:
            body["FeatureOfInterest"] = {"@iot.id": value}
        elif name not in {"id", "@iot.id"}:
            body[name] = value
    try:
        return draft(SETS["Observations"], body)
    except ProblemError as error:
        return error
