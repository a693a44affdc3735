"""Every query that our dashboards send, with what Grafana will make of its rows."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from deploy.grafana.dashboards import BuiltDashboard, build_all

PAGE_URL = "https://vigie.example"


@dataclass(frozen=True, slots=True)
class PanelQuery:
    """One query; `rows_as` is table, time_series, variable or annotation; `columns` are those that the panel names."""

    board: str
    name: str
    sql: str
    rows_as: str
    columns: frozenset[str] = frozenset()
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.board}: {self.name}"


@lru_cache(maxsize=1)
def dashboards() -> list[BuiltDashboard]:
    """Give all dashboards in all languages."""
    return list(build_all(PAGE_URL))


def queries(language: str | None = None) -> Iterator[PanelQuery]:
    """Give the queries of all panels, variables and annotations, of one language or all."""
    for built in dashboards():
        if language not in (None, built.audience.language):
            continue
        for panel in built.model["panels"]:
            for target in panel["targets"]:
                yield PanelQuery(
                    built.uid, panel["title"], target["rawSql"], target["format"], named_columns(panel), panel["type"]
                )
        for variable in query_variables(built):
            yield PanelQuery(built.uid, f"${variable['name']}", variable["query"], "variable")
        for one in built.model["annotations"]["list"]:
            yield PanelQuery(built.uid, f"@{one['name']}", one["target"]["rawSql"], "annotation")


def named_columns(panel: dict[str, Any]) -> frozenset[str]:
    """Give the columns that a panel's overrides, links, axes and places name."""
    overrides = panel["fieldConfig"].get("overrides", [])
    names = {one["matcher"]["options"] for one in overrides if one["matcher"]["id"] == "byName"}
    names |= set(re.findall(r"__data\.fields\.(\w+)", json.dumps(panel)))
    options = panel.get("options", {})
    names |= {options[key] for key in ("xField",) if key in options}
    for layer in options.get("layers", []):
        names |= {
            layer["location"]["latitude"],
            layer["location"]["longitude"],
            layer["config"]["style"]["color"]["field"],
        }
    return frozenset(names)


def query_variables(built: BuiltDashboard) -> list[dict[str, Any]]:
    """Give the variables that ask the database."""
    return [one for one in built.model["templating"]["list"] if one["type"] == "query"]
