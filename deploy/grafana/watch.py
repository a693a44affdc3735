"""The one alert rule that Grafana has: it watches Vigie itself, which cannot tell that it has stopped."""

from typing import Any

from deploy.grafana.query import SOURCE_TYPE
from store.sql import load_queries

QUERIES = load_queries(__file__)
GROUP = "vigie"
RULE_UID = "vigie-watch"
FOLDER_UID = "vigie-fr"
SILENT_H = 2.0
INTERVAL_S = 300
EXPRESSION = "__expr__"
Json = dict[str, Any]  # Any: JSON


def describe_group(source_uid: str, organisation_id: int) -> Json:
    """Describe the group with its rule as Grafana's provisioning routes take it, for one organisation."""
    return {
        "title": GROUP,
        "folderUid": FOLDER_UID,
        "interval": INTERVAL_S,
        "rules": [rule(source_uid, organisation_id)],
    }


def rule(source_uid: str, organisation_id: int) -> Json:
    """Fire where nothing arrived, or no hour was computed, for two hours; also where the database does not answer."""
    return {
        "uid": RULE_UID,
        "orgID": organisation_id,
        "folderUID": FOLDER_UID,
        "ruleGroup": GROUP,
        "title": "Vigie se tait / Vigie is silent",
        "condition": "B",
        "data": [question(source_uid), threshold()],
        "noDataState": "Alerting",
        "execErrState": "Alerting",
        "for": "10m",
        "annotations": {
            "summary": "Depuis deux heures, Vigie ne reçoit ou ne calcule plus rien."
            " / For two hours Vigie has received or computed nothing.",
            "description": "Voir « Exploitation de la plateforme » et `vigie check`."
            " / See “Platform operations” and `vigie check`.",
            "__dashboardUid__": "vigie-operations-fr",
            "__panelId__": "2",
        },
        "labels": {"watches": "vigie"},
    }


def question(source_uid: str) -> Json:
    """Ask the hours of silence: one row with one number."""
    return {
        "refId": "A",
        "relativeTimeRange": {"from": 3600, "to": 0},
        "datasourceUid": source_uid,
        "model": {
            "refId": "A",
            "datasource": {"type": SOURCE_TYPE, "uid": source_uid},
            "format": "table",
            "rawQuery": True,
            "editorMode": "code",
            "rawSql": QUERIES["watch_vigie"],
        },
    }


def threshold() -> Json:
    """Compare them with the limit."""
    return {
        "refId": "B",
        "relativeTimeRange": {"from": 0, "to": 0},
        "datasourceUid": EXPRESSION,
        "model": {
            "refId": "B",
            "datasource": {"type": EXPRESSION, "uid": EXPRESSION},
            "type": "threshold",
            "expression": "A",
            "conditions": [{"evaluator": {"type": "gt", "params": [SILENT_H]}}],
        },
    }


def as_file(source_uid: str) -> Json:
    """Describe the same for a Grafana that is fed by files, which names folders by their title."""
    one = rule(source_uid, 1)
    for name in ("orgID", "folderUID", "ruleGroup"):
        one.pop(name)
    return {
        "apiVersion": 1,
        "groups": [{"orgId": 1, "name": GROUP, "folder": "Vigie", "interval": f"{INTERVAL_S}s", "rules": [one]}],
    }
