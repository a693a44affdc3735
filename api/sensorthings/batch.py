"""Reads a batch (OData JSON 4.01, section 19): requests, which of them stand or fall together, what refers to what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urlsplit

from api.errors import ProblemError
from api.sensorthings.drafts import read_object
from api.sensorthings.refusal import refused
from store.sensorthings.model import Id

MOST_REQUESTS = 200
DEEPEST = 100
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
MEMBERS = {"id", "method", "url", "headers", "body", "atomicityGroup", "dependsOn"}
_NAME = r"[A-Za-z0-9_.:,;-]{1,60}"
_REFERENCE = re.compile(rf"\$({_NAME})")
_FIRST = re.compile(rf"\$({_NAME})(?=/|$)")
_WITHIN = re.compile(rf"\(\$({_NAME})\)")


@dataclass(frozen=True, slots=True)
class Inner:
    """One request of a batch. `path` is behind the service root; `needs` are ids and groups that must have come off."""

    id: str
    method: str
    path: str
    query: str
    body: Any  # Any: JSON
    group: str | None
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Made:
    """What a request has made: its id, and its path behind the service root."""

    id: Id
    path: str


def read_batch(body: bytes, root: str) -> list[list[Inner]]:
    """Give the requests of a batch in their order, those of one group together.

    Raises
    ------
    ProblemError
        400 where any of it cannot be read: nothing of the batch is done then.
    """
    found = read_object(body).get("requests")
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_REQUESTS:
        raise refused(f"the body is {{'requests': […]}} with 1 to {MOST_REQUESTS} requests")
    requests = [read_inner(one, index, root) for index, one in enumerate(found)]
    parts = [list(part) for _, part in groupby(requests, key=lambda one: one.group or f" {one.id}")]
    names = [one.id for one in requests] + [part[0].group for part in parts if part[0].group]
    if len(set(names)) < len(names):
        raise refused("each request has an id of its own, and requests of one atomicityGroup stand side by side")
    check_order(parts)
    return parts


def read_inner(one: Any, index: int, root: str) -> Inner:
    """Read one request. Raises ProblemError."""
    where = f"requests[{index}]"
    if not isinstance(one, dict) or not set(one) <= MEMBERS:
        raise refused(f"{where}: an object with {', '.join(sorted(MEMBERS))}")
    id_, group, url, method = one.get("id"), one.get("atomicityGroup"), one.get("url"), one.get("method")
    if not isinstance(id_, str) or not re.fullmatch(_NAME, id_):
        raise refused(f"{where}: id is a text of letters, digits and _.:,;-")
    if group is not None and (not isinstance(group, str) or not re.fullmatch(_NAME, group)):
        raise refused(f"{where}: atomicityGroup is a text of letters, digits and _.:,;-")
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise refused(f"{where}: method is one of {', '.join(METHODS)}")
    if not isinstance(url, str):
        raise refused(f"{where}: url is a text such as Things(1)")
    path, query = split_url(url, root, where)
    body = one.get("body")
    names = {*_FIRST.findall(path)[:1], *_WITHIN.findall(path), *references(body)}
    return Inner(id_, method.upper(), path, query, body, group, frozenset(names | read_needs(one, where)))


def read_needs(one: Mapping[str, Any], where: str) -> set[str]:
    """Read what a request says it depends on. Raises ProblemError."""
    needs = one.get("dependsOn", [])
    if not isinstance(needs, list) or not all(isinstance(need, str) for need in needs):
        raise refused(f"{where}: dependsOn is a list of ids and groups of requests before it")
    return set(needs)


def check_order(parts: Sequence[Sequence[Inner]]) -> None:
    """Refuse a request that depends on what does not come before it. Raises ProblemError."""
    before: set[str] = set()
    for part in parts:
        for one in part:
            if missing := sorted(one.needs - before):
                raise refused(f"request {one.id!r} depends on {missing[0][:60]!r}, which is no request before it")
            before.add(one.id)
        before |= {part[0].group} if part[0].group else set()


def split_url(url: str, root: str, where: str) -> tuple[str, str]:
    """Give path and query behind the service root, of an address that is whole or in part. Raises ProblemError."""
    try:
        parsed, home = urlsplit(url), urlsplit(root)
    except ValueError as error:
        raise refused(f"{where}: url is no address") from error
    if parsed.netloc and (parsed.scheme, parsed.netloc) != (home.scheme, home.netloc):
        raise refused(f"{where}: url lies outside of {root}")
    path = parsed.path
    if path.startswith("/"):
        version = home.path[home.path.rindex("/") :]
        start = next((start for start in (home.path, version) if path.startswith(f"{start}/")), None)
        if start is None:
            raise refused(f"{where}: url lies outside of {home.path}")
        path = path[len(start) :]
    return unquote(path).strip("/"), parsed.query


def references(body: Any, depth: int = 0) -> Iterator[str]:
    """Give the requests that a body names in place of ids. Raises ProblemError where it is too deep."""
    if depth > DEEPEST:
        raise refused(f"a body in a batch is at most {DEEPEST} deep")
    if isinstance(body, dict):
        for name, value in body.items():
            if (match := read_reference(name, value)) is not None:
                yield match
            else:
                yield from references(value, depth + 1)
    elif isinstance(body, list):
        for value in body:
            yield from references(value, depth + 1)


def read_reference(name: str, value: Any) -> str | None:
    """Give the request that stands in place of an id, None where the value is none or is not in such a place."""
    match = _REFERENCE.fullmatch(value) if name in {"@iot.id", "id"} and isinstance(value, str) else None
    return match[1] if match else None


def resolve_path(path: str, made: Mapping[str, Made]) -> str:
    """Put what requests have made in place of their names. Raises ProblemError.

    >>> resolve_path("$a/Datastreams", {"a": Made(7, "Things(7)")}), resolve_path("Things($a)", {"a": Made(7, "")})
    ('Things(7)/Datastreams', 'Things(7)')
    """
    path = _FIRST.sub(lambda match: find_made(match[1], made).path, path) if path.startswith("$") else path
    return _WITHIN.sub(lambda match: f"({written(find_made(match[1], made).id)})", path)


def resolve_body(body: Any, made: Mapping[str, Made]) -> Any:
    """Put ids of what requests have made in place of their names. Raises ProblemError."""
    if isinstance(body, list):
        return [resolve_body(value, made) for value in body]
    if not isinstance(body, dict):
        return body
    found = {}
    for name, value in body.items():
        reference = read_reference(name, value)
        found[name] = resolve_body(value, made) if reference is None else find_made(reference, made).id
    return found


def find_made(name: str, made: Mapping[str, Made]) -> Made:
    """Give what a request has made. Raises ProblemError."""
    if name not in made:
        raise ProblemError(400, f"request {name[:60]!r} made no entity that could be named")
    return made[name]


def written(id_: Id) -> str:
    """Write an id as it stands in a path."""
    return str(id_) if isinstance(id_, int) else f"'{id_}'"
