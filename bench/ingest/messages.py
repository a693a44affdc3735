"""The messages that are measured with."""

import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

TERRITORY = f"bench-{os.getpid()}"  # the sessions that a killed run leaves at the broker match nothing of the next
OWN = f"vigie/{TERRITORY}"
OTHERS = f"bench/{TERRITORY}"  # for contenders: what went to them must not wait for Vigie's workers too
N_DEVICES = 100
START_S = 1_780_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPACING_S = 1_000_000  # between the first instants of two runs, so that nothing is a duplicate of an earlier one
PACK_N = 100
GARBAGE_SHARE = 0.01

Message = tuple[bytes, bytes]  # topic, payload


class Clock:
    """Gives each run a stretch of time of its own, before all that ran earlier."""

    def __init__(self) -> None:
        self._first_s = START_S

    def next_s(self) -> int:
        """Give the first instant of a run, in seconds since 1970 UTC."""
        self._first_s -= SPACING_S
        return self._first_s


def single_messages(first_s: int, n: int, root: str = OWN) -> Iterator[Message]:
    """Make messages of one value, some 120 bytes; a peer reads the flat fields, Vigie `at` and `values`."""
    for index in range(n):
        device, value = device_of(index), 230.25 + index % 5
        at = EPOCH + timedelta(seconds=first_s + index // N_DEVICES)
        payload = msgspec.json.encode(
            {"at": at, "values": {"voltage": value}, "device": device, "quantity": "voltage", "value": value}
        )
        yield f"{root}/{device}/up".encode(), payload.ljust(120)


def steady_messages(first_s: int, rate: int, seconds: int) -> Iterator[Message]:
    """Make messages of the first device, so many a second."""
    for index in range(rate * seconds):
        payload = msgspec.json.encode({"at": first_s + index / rate, "values": {"voltage": 230.25 + index % 5}})
        yield f"{OWN}/{device_of(0)}/up".encode(), payload.ljust(120)


def with_garbage(messages: Iterator[Message], seed: int = 1) -> Iterator[Message]:
    """Put random bytes in the place of one payload in a hundred."""
    chance = random.Random(seed)
    for topic, payload in messages:
        yield topic, chance.randbytes(len(payload)) if chance.random() < GARBAGE_SHARE else payload


def packs(first_s: int, n: int) -> Iterator[Message]:
    """Make SenML packs of 100 values of one device at as many instants (RFC 8428)."""
    for index in range(n):
        records: list[dict[str, object]] = [
            {"t": step, "v": 230.25 + (index + step) % 7, "n": "voltage", "u": "V"} for step in range(PACK_N)
        ]
        records[0] |= {"bn": f"{device_of(index)}/", "bt": first_s + index // N_DEVICES * PACK_N}
        yield f"senml/{device_of(index)}/json".encode(), msgspec.json.encode(records)


def device_of(index: int) -> str:
    """Spread messages over the devices."""
    return f"bench-device-{index % N_DEVICES:04d}"
