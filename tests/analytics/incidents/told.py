"""Builders of findings as causes see them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from analytics.incidents.ground import Ground, make_ground
from store.incidents import Notice, Relay, Standing, ToldFinding

START = datetime(2026, 3, 2, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
GATEWAY, CABINET = 900, 800
NUMBERS = count(1)


def a_told(kind: str, **about: Any) -> ToldFinding:
    """A finding that began at START and goes on, about nothing known, in no incident."""
    known: dict[str, Any] = {
        "finding_id": next(NUMBERS),
        "kind": kind,
        "asset_id": None,
        "asset_type": None,
        "parent_id": None,
        "device_id": None,
        "series_id": None,
        "gateway_ids": [],
        "quantity": None,
        "side": 0,
        "started_at": START,
        "ended_at": None,
        "score": 3.0,
        "incident_id": None,
        "cause": None,
    }
    return ToldFinding(**{**known, **about})


def a_lamp(number: int, kind: str = "dead_lamp", **about: Any) -> ToldFinding:
    """A finding about a lamp of the cabinet, heard through the gateway."""
    own = {"asset_id": number, "asset_type": "street_light", "parent_id": CABINET, "gateway_ids": [GATEWAY]}
    return a_told(kind, **{**own, **about})


def a_ground(now: datetime = START + 2 * HOUR, notices: tuple[Notice, ...] = (), n_lamps: int = 20) -> Ground:
    """A gateway with as many devices as there are lamps, which stand 20 m apart along a street."""
    lamps = [Standing(1 + n, CABINET, "street_light", 5.1 + n * 0.00027, 47.5, None) for n in range(n_lamps)]
    return make_ground(now, [Relay(GATEWAY, 700, n_lamps)], lamps, notices, {"temperature": 10})
