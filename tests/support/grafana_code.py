"""Grafana's own code (the package @grafana/data, in Node.js): what it makes of units, words and results."""

import json
import subprocess
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from deploy.page import find_node
from tests.support.grafana_asking import NUMBER_TYPES, TIME_TYPES, Rows, simple
from tests.support.node_package import installed

SOURCE = Path(__file__).with_name("grafana_data")
PATIENCE_S = 300


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """Put results through Grafana's code; `grafana_data/look.mjs` says what goes in and what comes out."""
    node, npm = find_node()
    program = installed(SOURCE, npm) / "look.mjs"
    done = subprocess.run(
        [*node, str(program)], input=json.dumps(asked), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def fields_of(columns: list[tuple[str, str]], rows: Rows) -> list[dict[str, Any]]:
    """Give a result as the fields that Grafana's data source would hand to the browser."""
    return [
        {"name": name, "type": field_type(simple(kind)), "values": [plain(row[place]) for row in rows]}
        for place, (name, kind) in enumerate(columns)
    ]


def field_type(kind: str) -> str:
    """Give Grafana's name of a column's type."""
    if kind in TIME_TYPES:
        return "time"
    return "number" if kind in NUMBER_TYPES else "string"


def plain(value: Any) -> Any:
    """Give a value as JSON has it: instants in milliseconds."""
    if isinstance(value, datetime):
        return value.timestamp() * 1000
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
