"""Requests drawn from the OpenAPI document, for all its routes: `python -m bench.fuzz [--examples N]`. JSON lines.

schemathesis (see `requirements-fuzz.in`) draws valid and invalid ones against the real program. Counted are answers of
500 and above, and those with a status, a media type or a body that the document does not name; the first of each route
is told on the error output.
"""

import argparse
import sys
from collections.abc import Callable
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from analytics.evaluate.row import Row
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from deploy.local.services import running
from store.connect import connect
from store.keys import create_key
from tests.support.every_row import seed_every_row
from tests.support.served import served

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

    def __init__(self, address: str) -> None:
        self._address = address
        self.n_asked = 0
        self.n_by_kind = {name: 0 for name, _ in CHECKS}
        self._told: set[tuple[str, str]] = set()

    def ask(self, case: Any, headers: dict[str, str]) -> None:
        """Send a request and look at the answer."""
        answer = case.call(base_url=self._address, headers=headers, timeout=PATIENCE_S)
        self.n_asked += 1
        for name, check in CHECKS:
            try:
                case.validate_response(answer, checks=[check])
            except AssertionError as error:
                self._note(name, case, answer, str(error))
            except BaseExceptionGroup as errors:
                self._note(name, case, answer, str(errors.exceptions[0]))

    def _note(self, name: str, case: Any, answer: Any, text: str) -> None:
        self.n_by_kind[name] += 1
        route = f"{case.method} {case.operation.path}"
        if (name, route) not in self._told:
            self._told.add((name, route))
            print(f"{name}: {route}: {answer.status_code}: {text[:600]}", file=sys.stderr, flush=True)


def main() -> None:
    """Ask for everything that the document names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="requests of a route")
    parser.add_argument("--only", default="", help="routes whose path holds this")
    asked = parser.parse_args()
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        with fresh_database(services) as database_url:
            seed_every_row(database_url)
            with connect(database_url, program="bench") as connection:
                key = create_key(connection, "fuzz", ["region"], ("read", "write", "ingest"))
            with served(database_url) as address:
                tally = ask_all(address, key, asked.examples, asked.only)
    print(Row("api.fuzz_requests", tally.n_asked, "1").line())
    for name, n in tally.n_by_kind.items():
        print(Row(f"api.fuzz_{name}", n, "1", "lower", goal=0.0).line())


def ask_all(address: str, key: str, n_examples: int, only: str) -> Tally:
    """Draw requests for each operation."""
    document = httpx.get(f"{address}/openapi.json", timeout=PATIENCE_S).json()
    schema = schemathesis.openapi.from_dict(document)
    tally = Tally(address)
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == WITHOUT_END or only not in operation.path:
            continue

        @settings(
            max_examples=n_examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy())
        def ask(case: Any) -> None:
            tally.ask(case, {"Authorization": f"Bearer {key}"})

        ask()
    return tally


if __name__ == "__main__":
    main()
