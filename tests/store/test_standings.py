"""Whether devices are heard: statements, values and silence weighed against one another, one case a row."""

from datetime import timedelta

import pytest

from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services

Case = tuple[str | None, int | None, int | None, int | None, str, str | None]
CASES: list[Case] = [
    # said, how long ago [min], last value how long ago [min], interval [s] -> presence, basis
    (None, None, None, 60, "unknown", None),
    (None, None, 5, None, "unknown", None),
    (None, None, 5, 60, "online", "heard"),
    (None, None, 11, 60, "offline", "silence"),
    (None, None, 29, 600, "online", "heard"),
    (None, None, 31, 600, "offline", "silence"),
    ("online", 600, None, None, "online", "statement"),
    ("online", 600, 5, None, "online", "statement"),
    ("online", 600, 31, 600, "offline", "silence"),
    ("online", 600, None, 600, "offline", "silence"),
    ("online", 5, 31, 600, "online", "statement"),
    ("offline", 5, 6, 600, "offline", "statement"),
    ("offline", 5, None, None, "offline", "statement"),
    ("offline", 600, 5, None, "online", "heard"),
    ("offline", 600, 5, 600, "online", "heard"),
    ("offline", 600, 31, 600, "offline", "silence"),
]

SAY = """insert into device_presences (device_id, presence, through, changed_at)
select device_id, %s, 'gw', now() - %s::interval from devices where external_id = %s"""
HEAR = """with batch as (
    insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)
    values ('test', now() - %s::interval, 1, 1, 'x') returning batch_id, received_at
), of as (
    insert into series (territory_id, device_id, quantity, unit)
    select territory_id, device_id, 'voltage', 'V' from devices where external_id = %s returning series_id
)
insert into last_values (series_id, batch_id, observed_at, value)
select series_id, batch_id, received_at, 1 from batch, of"""


def standing(
    database_url: str, devices: list[DeviceEntry], heard: dict[str, float], said: dict[str, tuple[str, float]]
) -> dict[str, tuple[object, ...]]:
    """Register devices, have them heard and said of so many minutes ago, and give what the view says of each."""
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("t", "T")], devices=devices)
        for device, ago_min in heard.items():
            connection.execute(HEAR.encode(), (timedelta(minutes=ago_min), device))
        for device, (presence, ago_min) in said.items():
            connection.execute(SAY.encode(), (presence, timedelta(minutes=ago_min), device))
        rows = connection.execute(
            "select external_id, presence, presence_basis, presence_since, presence_through, last_heard_at"
            " from device_standings join devices using (device_id)"
        ).fetchall()
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_presence_of_a_device(database_url: str, case: Case) -> None:
    said, said_min, heard_min, interval_s, presence, basis = case
    found = standing(
        database_url,
        [DeviceEntry("t", "d", interval_s=interval_s)],
        {} if heard_min is None else {"d": heard_min},
        {} if said is None or said_min is None else {"d": (said, said_min)},
    )["d"]
    assert found[:2] == (presence, basis)
    assert (found[2] is None) == (basis in {None, "heard"})
    assert found[3] == ("gw" if basis == "statement" else None)
    assert (found[4] is None) == (heard_min is None and said != "online")


@pytest.mark.parametrize(
    ("heard", "presence"), [({"a": 5.0, "b": 60.0}, "online"), ({"a": 60.0, "b": 60.0}, "offline"), ({}, "unknown")]
)
def test_a_gateway_is_silent_when_all_behind_it_are(database_url: str, heard: dict[str, float], presence: str) -> None:
    """A gateway without values of its own; the device without a declared interval does not count."""
    behind = [DeviceEntry("t", name, gateway="gw", interval_s=interval) for name, interval in
              (("a", 600), ("b", 600), ("c", None))]  # fmt: skip
    found = standing(database_url, [DeviceEntry("t", "gw"), *behind], heard | {"c": 90.0} if heard else {}, {})
    assert found["gw"][0] == presence
