"""A small region in the store: two communes that must not see each other, one lamp each, three days of power."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.keys import create_key
from store.registry import DeviceEntry, TerritoryEntry, register

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)
N_STEPS = 432


@dataclass(frozen=True, slots=True)
class SmallRegion:
    """Keys by what they see, and the series of each commune's lamp."""

    region_key: str
    east_key: str
    west_key: str
    east_series: int
    west_series: int


def seed_small_region(database_url: str) -> SmallRegion:
    """Register region, communes, lamps and devices, store power every ten minutes, and make a key for each."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [
                TerritoryEntry("region", "Région", "region"),
                TerritoryEntry("east", "Est", parent="region"),
                TerritoryEntry("west", "Ouest", parent="region"),
            ],
            [
                AssetEntry(town, "lamp-1", f"Lampe {town} <b>1</b>", "street_light", 5.1, 47.5)
                for town in ("east", "west")
            ],
            [DeviceEntry(town, f"dev-{town}", interval_s=600, placements={"*": "lamp-1"}) for town in ("east", "west")],
        )
        ids = [
            connection.execute(
                "insert into series (territory_id, device_id, quantity, unit)"
                " select territory_id, device_id, 'active_power', 'W' from devices where external_id = %s"
                " returning series_id",
                (f"dev-{town}",),
            ).fetchone()
            for town in ("east", "west")
        ]
        numbers = [row[0] for row in ids if row]
        connection.execute(
            "insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
            " values ('test', now(), 1, 1, 'native/1')"
        )
        for number in numbers:
            connection.execute(
                "insert into measurements (series_id, batch_id, observed_at, value)"
                " select %(id)s, 1, %(begin)s + n * interval '10 minutes', 40 + n %% 7"
                " from generate_series(0, %(last)s) n",
                {"id": number, "begin": BEGIN, "last": N_STEPS - 1},
            )
            connection.execute(
                "insert into last_values select series_id, observed_at, value, batch_id from measurements"
                " where series_id = %s order by observed_at desc limit 1",
                (number,),
            )
        keys = [create_key(connection, name, [name]) for name in ("region", "east", "west")]
    return SmallRegion(*keys, *numbers)
