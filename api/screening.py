"""What is refused before any work: parameters that a route does not know, and forms that it does not answer in."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.errors import ProblemError

JSON = "application/json"
LIKENESS = 0.5  # as `difflib` counts it
MOST_SHOWN = 60  # characters of a name


class Screen:
    """Looks at each request before its route does; what routes take and give is found out once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[frozenset[str], tuple[str, ...]]] = {}  # by the id of a route, which stays

    async def __call__(self, request: Request) -> None:
        """End a request with 422 for a parameter that its route does not know, with 406 for a form it does not give.

        Routes that the OpenAPI document leaves out have a language of their own, and are left alone.
        """
        route = request.scope.get("route")
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            return
        known = self._known.get(id(route))
        if known is None:
            known = self._known[id(route)] = frozenset(names_within(route.dependant)), forms_of(route)
        parameters, forms = known
        if request.scope["query_string"]:
            require_known(request.query_params.keys(), parameters)
        if accept := ",".join(request.headers.getlist("accept")):
            require_form(accept, forms)


def require_known(names: Iterable[str], known: frozenset[str]) -> None:
    """Refuse a name that is not known, and say which one is nearest. Raises ProblemError."""
    for name in names:
        if name in known:
            continue
        shown = repr(name[:MOST_SHOWN])
        if not known:
            raise ProblemError(422, f"{shown}: this route takes no parameters")
        near = get_close_matches(name[:MOST_SHOWN].lower(), known, 1, LIKENESS)
        remedy = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"
        raise ProblemError(422, f"{shown}: there is no such parameter; {remedy}")


def require_form(accept: str, forms: Sequence[str]) -> None:
    """Refuse a header Accept that admits none of the forms, where there are any. Raises ProblemError."""
    if forms and not any(admits(accept, form) for form in forms):
        raise ProblemError(406, f"this route answers {' or '.join(forms)}: name one in Accept, or leave it out")


def names_within(dependant: Dependant) -> Iterator[str]:
    """Give the names of the query parameters that a function and its dependencies take."""
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from names_within(inner)


def forms_of(route: APIRoute) -> tuple[str, ...]:
    """Give the media types of a route's successful answers, without their parameters."""
    found = {} if route.response_model is None else {JSON: None}
    for status, answer in route.responses.items():
        if str(status).startswith("2"):
            found.update(dict.fromkeys(form.partition(";")[0] for form in answer.get("content", {})))
    return tuple(found)


def admits(accept: str, form: str) -> bool:
    """Whether a header Accept admits a media type: of all ranges that hold it the nearest counts (RFC 9110, 12.5.1).

    What is no range is passed over; a header without any says nothing.
    """
    ranges = list(read_ranges(accept))
    kind = form.partition("/")[0]
    for nearest in (form, f"{kind}/*", "*/*"):
        weights = [weight for found, weight in ranges if found == nearest]
        if weights:
            return max(weights) > 0
    return not ranges


def read_ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Give media ranges with their weights, 1 where none is said."""
    for part in accept.split(","):
        found, *parameters = (text.strip().lower() for text in part.split(";"))
        kind, slash, subtype = found.partition("/")
        if slash and kind and subtype and not (kind == "*" and subtype != "*"):
            yield found, weight_of(parameters)


def weight_of(parameters: Iterable[str]) -> float:
    """Read `q=`; what cannot be read counts as 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 1.0
    return 1.0
