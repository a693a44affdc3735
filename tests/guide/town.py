"""The town of the guide: that of the demo, small, with its weeks up to now and faults that go on while one looks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.acceptance.looking import look_at_batches
from analytics.alert.raising import raise_alerts
from analytics.jobs.office import open_connection
from analytics.rounds.distances import estimate
from analytics.rounds.fleet import Assumptions, Depot, Fleet, VehicleEntry
from analytics.rounds.job import Means, Order, plan_rounds
from analytics.rounds.problem import Effort
from analytics.rounds.solver_builtin import solve
from bench.evaluation.town import compute
from deploy.demo import TERRITORY
from deploy.reference import enter_file
from ingest.replayer import Replayer
from simulators.effect import Episode, faults
from simulators.grid import DAY_S
from simulators.reference import write_reference
from simulators.town import Town
from store.acceptance import NewBatch, begin_batch
from store.alert_setup import NewChannel, NewRule, create_channel, create_rule
from store.connect import connect
from store.inputs import Connection
from store.keys import NewKey, insert_key
from tests.support.desk import Desk
from tests.support.filled_town import fill_until

SCALE, DAYS, HISTORY_DAYS = 0.2, 14, 30
# What strikes for the chapters: days before now at which signs begin and the full effect does; it goes on.
STRUCK = (
    ("cabinet_tripped", 1.5, 1.5),
    ("dead_lamp", 6.0, 4.0),
    ("overflowing_bin", 5.0, 3.0),
    ("silent_gateway", 0.4, 0.4),
)
STRANGERS = ("sonde-niveau-07", "sonde-niveau-08", "sonde-niveau-09")


@dataclass(frozen=True, slots=True)
class GuideTown:
    """A town one can walk through: its database, and a technician's key."""

    database_url: str
    key: str

    @property
    def desk(self) -> Desk:
        """Give the worker's side, to bring messages in and to ask the store."""
        return Desk(self.database_url, TERRITORY)


@contextmanager
def lived_town(database_url: str, days: int = DAYS) -> Iterator[GuideTown]:
    """Fill a database with the town's last days, compute what analytics makes of them, and do replays while inside."""
    now = datetime.now(UTC)
    town = draw_town(now, days)
    fill_until(database_url, town, now)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reference.json"
        write_reference(path, town, now)
        enter_file(database_url, path)
    found = GuideTown(database_url, make_key(database_url))
    bring_strangers(found.desk, now)
    with open_connection(database_url) as connection:
        have_somebody_told(connection)
        compute(connection, now)
        raise_alerts(connection, datetime.now(UTC))
        plan_tomorrow(connection, town)
    watch_sensors(found, town, now)
    with replaying(database_url):
        yield found


def draw_town(now: datetime, days: int) -> Town:
    """Draw the demo's town, begun so many days ago, with the faults of the chapters beside those that chance drew."""
    town = Town(slug=TERRITORY, start=now - timedelta(days=days), scale=SCALE, history_days=HISTORY_DAYS)
    struck = [strike(town, kind, int(now.timestamp()), *signs) for kind, *signs in STRUCK]
    assets = {episode.asset for episode in struck}
    others = [episode for episode in town.window(0) if episode.asset not in assets]
    town.run.windows[0] = sorted([*others, *struck], key=lambda episode: episode.start_s)
    return town


def strike(town: Town, kind: str, now_s: int, signs_days: float, full_days: float) -> Episode:
    """Let a fault strike where most devices show it, and go on past now."""
    effect = faults()[kind]
    asset = max(reversed(town.roll.candidates(effect)), key=lambda one: len(town.roll.reached(effect, one)))
    start_s = now_s - int(full_days * DAY_S)
    return Episode(
        kind, asset, town.roll.reached(effect, asset), now_s - int(signs_days * DAY_S), start_s, now_s + DAY_S, 0.5, 0.5
    )


def make_key(database_url: str) -> str:
    """Make a technician's key."""
    with connect(database_url, program="guide") as connection:
        return insert_key(connection, NewKey("équipe technique", [TERRITORY], "technician"))[1]


def bring_strangers(desk: Desk, now: datetime) -> None:
    """Let devices that nobody registered send."""
    begin_s = int((now - timedelta(hours=2)).timestamp())
    messages = [
        (f"vigie/{TERRITORY}/{name}/up", b'{"at":%d,"values":{"fill_level":%d,"temperature":9.5}}' % (at_s, 40 + index))
        for index, name in enumerate(STRANGERS)
        for at_s in range(begin_s, begin_s + 3600, 600)
    ]
    messages.append((f"vigie/{TERRITORY}/{STRANGERS[0]}/up", b"{broken"))
    desk.work([desk.chunk(messages)])


def have_somebody_told(connection: Connection) -> None:
    """Have the post on call told of what is found."""
    post = NewChannel(TERRITORY, "Astreinte", "email", "astreinte@territoire.test")
    channel_id, _ = create_channel(connection, post, "guide")
    create_rule(connection, NewRule(TERRITORY, channel_id=channel_id), "guide")


def plan_tomorrow(connection: Connection, town: Town) -> None:
    """Plan tomorrow's collection with two lorries from a depot beside the town, which much dislikes overflows."""
    depot = Depot("Dépôt", town.setting.longitude + 0.02, town.setting.latitude)
    lorries = tuple(VehicleEntry(f"Benne {n}", "Dépôt", 50_000.0, "06:00", "13:00") for n in (1, 2))
    fleet = Fleet((depot,), lorries, Assumptions(overflow_km=400.0))
    order = Order(TERRITORY, None, datetime.now(UTC), Effort(iterations=200))
    plan_rounds(connection, order, Means(fleet, estimate, solve))


def watch_sensors(found: GuideTown, town: Town, now: datetime) -> None:
    """Begin to watch some devices, as if they were new, and look at them once."""
    ids = tuple(device.external_id for device in town.devices if device.family == "container")[:6]
    new = NewBatch(TERRITORY, "Lot 3, conteneurs du centre", now - timedelta(days=6), 14, ids)
    with connect(found.database_url, program="guide", autocommit=True) as connection:
        begin_batch(connection, new, "guide")
        look_at_batches(connection, now)


@contextmanager
def replaying(database_url: str) -> Iterator[None]:
    """Do replays that are asked for while inside."""
    replayer = Replayer(database_url)
    thread = threading.Thread(target=replayer.run, name="replayer")
    thread.start()
    try:
        yield
    finally:
        replayer.close()
        thread.join(30)
