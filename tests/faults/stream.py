"""What the gateways of a run send: arrivals and departures at bays, each message to be told again by its number."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from sensors.asset_entry import AssetEntry
from sensors.formats.native import NativeMessage, encode
from sensors.topic import uplink_topic
from simulators.outbox import OutgoingMessage
from store.registry import DeviceEntry, TerritoryEntry

TERRITORY = "struck"
STEP_S = 1800
AGE = timedelta(days=90)
MESSAGES_PER_BAY = 1000
FEWEST_BAYS = 10
N_GATEWAYS = 4
REFUSED_EVERY = 97  # a quantity that nobody knows: it ends in quarantine
PASSING = "passing"  # the device of the gateway that keeps nothing


@dataclass(frozen=True, slots=True)
class Stream:
    """Message `i` is bay `i % n_bays` at step `i // n_bays`; occupied or free by the seed."""

    seed: int
    n_bays: int
    begin_at: datetime

    @property
    def n_most(self) -> int:
        """How many messages there are before the stream reaches the present."""
        return self.n_bays * int(AGE.total_seconds() // STEP_S)

    def message(self, i: int) -> OutgoingMessage:
        """Give a message with its payload; one of 97 is to be refused."""
        values = {"colour": 1.0} if self.is_refused(i) else {"occupancy": self.value(i)}
        gateway = f"gw-{i % self.n_bays % N_GATEWAYS}"
        name = f"{self.seed}-{i}"
        payload = encode(NativeMessage(values, self.at_s(i), name, gateway=gateway))
        return OutgoingMessage(uplink_topic(TERRITORY, bay(i % self.n_bays)), payload, name, gateway)

    def passing(self, j: int) -> OutgoingMessage:
        """Give a message of the gateway that keeps nothing."""
        name = f"{self.seed}-passing-{j}"
        payload = encode(NativeMessage({"occupancy": float(j % 2)}, self.begin_at.timestamp() + j, name))
        return OutgoingMessage(uplink_topic(TERRITORY, PASSING), payload, name, PASSING)

    def is_refused(self, i: int) -> bool:
        """Say whether a message ends in quarantine."""
        return i % REFUSED_EVERY == REFUSED_EVERY - 1

    def value(self, i: int) -> float:
        """Say whether the bay is occupied, 0 or 1."""
        return float(Random(self.seed * 1_000_003 + i).random() > 0.6)

    def at_s(self, i: int) -> float:
        """Give the instant of a message [s since 1970]."""
        return self.begin_at.timestamp() + i // self.n_bays * STEP_S

    def index(self, device: str, at_s: float) -> int:
        """Give the number of the message that tells of a bay at an instant."""
        step = (at_s - self.begin_at.timestamp()) / STEP_S
        return round(step) * self.n_bays + int(device.removeprefix("bay-"))

    def territories(self) -> list[TerritoryEntry]:
        """Give the territory to register."""
        return [TerritoryEntry(TERRITORY, TERRITORY)]

    def assets(self) -> list[AssetEntry]:
        """Give the bays to register."""
        return [AssetEntry(TERRITORY, bay(n), bay(n), "parking_bay") for n in range(self.n_bays)]

    def devices(self) -> list[DeviceEntry]:
        """Give the devices to register, the last without an asset."""
        on_bays = [
            DeviceEntry(TERRITORY, bay(n), interval_s=STEP_S, placements={"*": bay(n)}) for n in range(self.n_bays)
        ]
        return [*on_bays, DeviceEntry(TERRITORY, PASSING)]


def bay(number: int) -> str:
    """Name a bay and its device."""
    return f"bay-{number}"


def make_stream(seed: int, n_messages: int) -> Stream:
    """Make a stream whose messages lie in the past, whole days ago."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Stream(seed, max(FEWEST_BAYS, n_messages // MESSAGES_PER_BAY), today - AGE)
