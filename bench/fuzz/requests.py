"""Requests drawn from the OpenAPI document, for all its routes: `python -m bench.fuzz [--examples N]`. JSON lines.

schemathesis (see `requirements-fuzz.in`) draws valid and invalid ones; each is sent without a key and with a key of
each role, over HTTP, to a process `vigie api` on a small town. In some a path or a query names what the town holds, so
that the answer is not always 404. Counted are answers of 500 and above, and those with a status, a media type or a body
that the document does not name; the first of each route is told on the error output. The stream of events, which does
not end, is left out.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from analytics.evaluate.row import Row
from bench.api import served
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from deploy.local.services import running
from store.connect import connect
from store.keys import ROLES, SCOPES, SCOPES_BY_ROLE, NewKey, insert_key
from tests.support.asks import ids_of
from tests.support.every_row import seed_every_row

WITHOUT_END = "/v1/events"
PATIENCE_S = 120.0
CHECKS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("server_errors", not_a_server_error),
    ("undocumented_statuses", status_code_conformance),
    ("undocumented_types", content_type_conformance),
    ("wrong_bodies", response_schema_conformance),
)


class Tally:
    """What went wrong, by kind; each route's first is told."""

    def __init__(self, address: str, headers_by_role: Mapping[str, Mapping[str, str]]) -> None:
        self._address = address
        self._headers_by_role = headers_by_role
        self.n_asked = 0
        self.n_by_status: dict[int, int] = {}
        self.n_by_kind = {name: 0 for name, _ in CHECKS}
        self._told: set[tuple[str, str]] = set()

    def ask(self, case: Any) -> None:
        """Send a request as each of the roles, the weakest first, and look at the answers."""
        for role, headers in self._headers_by_role.items():
            answer = case.call(base_url=self._address, headers=headers, timeout=PATIENCE_S)
            self.n_asked += 1
            self.n_by_status[answer.status_code] = self.n_by_status.get(answer.status_code, 0) + 1
            self._look(role, case, answer)

    def _look(self, role: str, case: Any, answer: Any) -> None:
        for name, check in CHECKS:
            try:
                case.validate_response(answer, checks=[check])
            except AssertionError as error:
                self._note(name, role, case, answer, str(error))
            except BaseExceptionGroup as errors:
                self._note(name, role, case, answer, str(errors.exceptions[0]))

    def _note(self, name: str, role: str, case: Any, answer: Any, text: str) -> None:
        self.n_by_kind[name] += 1
        route = f"{case.method} {case.operation.path}"
        if (name, route) not in self._told:
            self._told.add((name, route))
            asked = f"{answer.request.url} as {role}: {answer.request.body!r:.300}"
            print(f"{name}: {route}: {answer.status_code}: {asked}\n{text[:600]}", file=sys.stderr, flush=True)


def main() -> None:
    """Ask for everything that the document names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=12, help="valid and as many invalid requests of a route")
    parser.add_argument("--only", default="", help="routes whose path holds this")
    asked = parser.parse_args()
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        with fresh_database(services) as database_url:
            seed_every_row(database_url)
            headers_by_role = make_keys(database_url)
            with served(database_url) as (address, _):
                tally = Tally(address, headers_by_role)
                try:
                    ask_all(tally, address, ids_of(database_url, "north"), asked.examples, asked.only)
                finally:  # also where somebody has seen enough
                    tell(tally)


def tell(tally: Tally) -> None:
    """Print the figures."""
    print(Row("api.fuzz_requests", tally.n_asked, "1").line())
    for status, n in sorted(tally.n_by_status.items()):
        print(Row(f"api.fuzz_answers_{status}", n, "1").line())
    for name, n in tally.n_by_kind.items():
        print(Row(f"api.fuzz_{name}", n, "1", "lower", goal=0.0).line())


def make_keys(database_url: str) -> dict[str, dict[str, str]]:
    """Make a key of each role for the whole region, the administrator's with all scopes; nobody has none."""
    headers_by_role: dict[str, dict[str, str]] = {"nobody": {}}
    with connect(database_url, program="bench") as connection:
        for role in ROLES:
            scopes = SCOPES if role == ROLES[-1] else SCOPES_BY_ROLE[role]
            _, key = insert_key(connection, NewKey(f"fuzz {role}", ["region"], role, scopes))
            headers_by_role[role] = {"Authorization": f"Bearer {key}"}
    return headers_by_role


def ask_all(tally: Tally, address: str, known: Mapping[str, Any], n_examples: int, only: str) -> None:
    """Draw requests for each operation."""
    document = httpx.get(f"{address}/openapi.json", timeout=PATIENCE_S).json()
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        if operation.path == WITHOUT_END or only not in operation.path:
            continue
        for mode in GenerationMode:
            try:
                ask_drawn(tally, operation.as_strategy(generation_mode=mode), known, n_examples)
            except Unsatisfiable:  # what takes nothing cannot be asked wrongly
                continue


def ask_drawn(tally: Tally, cases: Any, known: Mapping[str, Any], n_examples: int) -> None:
    """Draw requests and send them."""

    @settings(
        max_examples=n_examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.booleans(), st.booleans())
    def ask(case: Any, knows_path: bool, knows_query: bool) -> None:
        case.path_parameters = named(case.path_parameters, known if knows_path else {})
        case.query = named(case.query, known if knows_query else {})
        tally.ask(case)

    ask()


def named(parameters: Any, known: Mapping[str, Any]) -> Any:
    """Put what is there in the place of what was drawn."""
    if not isinstance(parameters, Mapping):
        return parameters
    return {name: known.get(name) or drawn for name, drawn in parameters.items()}


if __name__ == "__main__":
    main()
