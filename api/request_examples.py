"""Bodies of requests as people would send them, for the OpenAPI document, by method and path."""

from collections.abc import Mapping
from typing import Any

BODIES: Mapping[str, Any] = {
    "POST /v1/acceptances": {"territory": "val-de-tille", "name": "Lampes du centre", "devices": ["lamp-1204"]},
    "POST /v1/alert-pauses": {
        "alert_id": 311,
        "scope": "asset",
        "for_min": 480,
        "reason": "travaux sur la chaudière",
        "who": "équipe nord",
    },
    "POST /v1/alerts/{alert_id}/acknowledge": {"who": "équipe nord"},
    "POST /v1/assets/{asset_id}/device": {"label": "LW:D0:70B3D57ED0000001:70B3D57ED0012345:AABB1122"},
    "POST /v1/calendars": {"territory": "val-de-tille", "technician": "équipe nord"},
    "POST /v1/citizen-reports/{territory}": {
        "kind": "lamp",
        "longitude": 5.1036,
        "latitude": 47.5254,
        "note": "éteinte depuis lundi",
    },
    "POST /v1/exports": {
        "format": "parquet",
        "territory": "val-de-tille",
        "quantity": "active_power",
        "from": "2026-01-01T00:00:00Z",
        "to": "2026-04-01T00:00:00Z",
    },
    "POST /v1/rejections/replay": {"territory": "val-de-tille", "reason": "unknown_device"},
    "POST /v1/devices/{device_id}/accept": {"name": "Lampadaire 1204", "asset": "lamp-1204"},
    "POST /v1/devices/{device_id}/move": {"asset": "lamp-1205"},
    "POST /v1/devices/accept": {"device_ids": [1204, 1205]},
    "POST /v1/devices/ignore": {"device_ids": [1206]},
    "POST /v1/session": {"name": "jeanne", "password": "une phrase que l’on retient"},
    "POST /v1/territories/{territory}/publications": {
        "dataset": "parking_occupancy",
        "title_fr": "Occupation des parkings",
        "title_en": "Occupancy of car parks",
        "frequency": "monthly",
    },
    "POST /v1/territories/{territory}/publications/{publication}/withdraw": {"reason": "compteur en panne"},
    "POST /v1/territories/{territory}/reference/{kind}": {
        "factor": "gas_heating_value",
        "value": 11.2,
        "unit": "kW.h/m3",
        "source": "facture de mars",
        "valid_from": "2026-03-01",
    },
    "PATCH /v1/territories/{territory}/reference/{kind}/{entry_id}": {"valid_to": "2026-06-01"},
    "POST /v1/territories/{territory}/thresholds": {
        "kind": "unusual_value",
        "asset_type": "street_light",
        "factor": 1.5,
    },
    "POST /v1/findings/{finding_id}/verdict": {
        "verdict": "confirmed",
        "who": "équipe nord",
        "note": "ballast hors service",
        "failed_at": "2026-03-01T18:00:00Z",
    },
    "POST /v1/work-orders": {
        "finding_id": 17,
        "technician": "équipe nord",
        "planned_at": "2026-03-04T08:00:00+01:00",
        "note": "nacelle nécessaire",
    },
    "PATCH /v1/work-orders/{work_order_id}": {"technician": "équipe sud", "move": "start"},
    "POST /v1/work-orders/{work_order_id}/close": {
        "verdict": "confirmed",
        "condition": "failed",
        "cause": "ballast",
        "parts": [{"name": "ballast 70 W", "n": 1, "cost_eur": 38.5}],
        "worked_min": 45,
        "result": "ballast remplacé",
    },
}
