"""A Sparkplug stream as a bad line delivers it never gives a value under a wrong name.

The line loses and repeats messages and lets neighbours change places; the node numbers its aliases anew in each session
and a device's at each of its births. What MQTT promises is kept: within one connection nothing is later than the death
that ends it, and the death, at QoS 1, is not lost. Each value is its name's own number, so that a wrong name shows.
"""

from dataclasses import dataclass
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.formats.sparkplug_b import STATEFUL_FORMAT
from sensors.stateful import save
from tests.support.sparkplug import NOW_MS, Host, a_birth, a_payload, a_value, bd_seq, values_of

NAMES = ("active_power", "voltage", "current", "temperature")
DEVICES = ("", "lamp-1", "lamp-2")
NUMBER_BY_SERIES = {
    f"{device or 'GW1'} {name}": 10 * row + column
    for row, device in enumerate(DEVICES)
    for column, name in enumerate(NAMES)
}


@dataclass(frozen=True)
class Sent:
    """One message on the line; `is_certain` ones are not lost."""

    topic: str
    payload: bytes
    is_certain: bool = False


def a_session(random: Random, number: int, n_data: int) -> list[Sent]:
    """Give what a node sends in one connection: births, data by alias, a device reborn, and its death."""
    series = list(NUMBER_BY_SERIES.items())
    aliases = dict(zip(NUMBER_BY_SERIES, random.sample(range(1, len(series) + 4), len(series)), strict=True))
    sent: list[Sent] = []

    def say(kind: str, device: str, *metrics: dict[str, object]) -> None:
        topic = f"spBv1.0/City/{'D' if device else 'N'}{kind}/GW1" + (f"/{device}" if device else "")
        sent.append(Sent(topic, a_payload(len(sent) % 256, *metrics, at_ms=NOW_MS + number)))

    def own(device: str) -> list[tuple[str, int]]:
        return [entry for entry in series if entry[0].startswith(f"{device or 'GW1'} ")]

    def bear(device: str) -> None:
        metrics = [a_birth(aliases[name], name.split()[1], value) for name, value in own(device)]
        say("BIRTH", device, *([] if device else [bd_seq(number % 256)]), *metrics)

    for device in DEVICES:
        bear(device)
    for _ in range(n_data):
        device = random.choice(DEVICES)
        if device and random.random() < 0.2:
            names = [name for name, _ in own(device)]
            numbers = [aliases[name] for name in names]
            aliases |= dict(zip(names, random.sample(numbers, len(numbers)), strict=True))
            bear(device)
        else:
            name, value = random.choice(own(device))
            say("DATA", device, a_value(aliases[name], value, NOW_MS + len(sent)))
    death = a_payload(None, bd_seq(number % 256), at_ms=None)
    return [*sent, Sent("spBv1.0/City/NDEATH/GW1", death, is_certain=True)]


def deliver(random: Random, session: list[Sent], loss: float) -> list[Sent]:
    """Lose, repeat and swap messages of one connection; its end stays its end."""
    *flow, death = session
    delivered: list[Sent] = []
    for message in flow:
        if random.random() < loss:
            continue
        delivered += [message] * (2 if random.random() < 0.1 else 1)
        if len(delivered) > 1 and random.random() < loss:
            delivered[-1], delivered[-2] = delivered[-2], delivered[-1]
        if random.random() < loss:
            delivered.append(random.choice(delivered))
    return [*delivered, *([death] * random.choice((1, 1, 2)))]


def check_names(found: dict[str, list[float]]) -> int:
    """Check that each value is its series' own number; give how many there were."""
    for name, values in found.items():
        assert set(values) == {NUMBER_BY_SERIES[name]}, name
    return sum(map(len, found.values()))


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0.0, 0.4))
def test_no_value_is_ever_stored_under_a_wrong_name(random: Random, loss: float) -> None:
    host = Host(STATEFUL_FORMAT)
    for number in range(3):
        for message in deliver(random, a_session(random, number, 12), loss):
            check_names(values_of(host.hear(message.topic, message.payload)))


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_over_a_good_line_every_value_is_stored(random: Random) -> None:
    host = Host(STATEFUL_FORMAT)
    session = a_session(random, 0, 40)
    decoded = [host.hear(message.topic, message.payload) for message in session]
    assert sum(check_names(values_of(each)) for each in decoded) >= len(NUMBER_BY_SERIES) + 30
    assert [each.requests for each in decoded] == [()] * len(session)
    assert all(not uplink.rejected for each in decoded for uplink in each.uplinks)


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0.0, 0.3), st.integers(1, 30))
def test_another_worker_goes_on_where_the_first_ended(random: Random, loss: float, at: int) -> None:
    """All that is remembered goes through its written form: what follows is decoded as if nothing had happened."""
    messages = deliver(random, a_session(random, 0, 30), loss)
    first, second = Host(STATEFUL_FORMAT), Host(STATEFUL_FORMAT)
    for message in messages[:at]:
        first.hear(message.topic, message.payload)
    second.records = {key: STATEFUL_FORMAT.load(key, save(record)) for key, record in first.records.items()}
    assert second.records == first.records
    for message in messages[at:]:
        assert second.hear(message.topic, message.payload) == first.hear(message.topic, message.payload)
