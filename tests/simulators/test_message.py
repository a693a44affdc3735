"""Messages: everything measured is said once, in the native format, one by one or packed."""

from datetime import timedelta

import numpy as np
import pytest

from sensors.formats.native import FORMAT
from sensors.rejection import DecodeError
from simulators.effect import faults
from simulators.stream import Stream, Telegram
from simulators.town import Town
from tests.support.towns import START, a_quiet_town, all_rows, an_episode, generate_days, with_episodes

Values = dict[tuple[str, str, str, int], float]


def decoded(telegrams: list[Telegram]) -> Values:
    """Read telegrams as the platform would: (device, channel, quantity, second) to value."""
    found: Values = {}
    received_us = int((START + timedelta(days=30)).timestamp()) * 1_000_000
    for telegram in telegrams:
        (uplink,) = FORMAT.decode(telegram.topic, telegram.payload, received_us)
        assert uplink.n_rejected == 0
        for column in uplink.columns:
            for at_us, value in zip(column.times_us, column.values, strict=True):
                key = (uplink.device, column.channel, column.quantity, at_us // 1_000_000)
                assert key not in found
                found[key] = value
    return found


def measured(town: Town, n_days: int) -> Values:
    """Give what the town measured, under the same keys."""
    found: Values = {}
    for table in all_rows(generate_days(town, n_days)).values():
        for row, position in np.argwhere(~np.isnan(table.values)).tolist():
            column = table.columns[position]
            device = town.devices[int(table.device[row])].external_id
            found[device, column.channel, column.quantity, int(table.at_s[row])] = float(table.values[row, position])
    return found


@pytest.mark.parametrize("days_live", [0, 1, 2], ids=["packed", "half and half", "one by one"])
def test_stream_says_everything_once(days_live: int) -> None:
    town = a_quiet_town(scale=0.2)
    end = START + timedelta(days=2)
    telegrams = list(Stream(town).telegrams(START, end - timedelta(days=days_live), end))
    assert decoded(telegrams) == measured(a_quiet_town(scale=0.2), 2)
    assert len({telegram.message_id for telegram in telegrams}) == len(telegrams)
    assert sum(telegram.n_values for telegram in telegrams) == len(measured(town, 2))


def test_packed_messages_are_few() -> None:
    end = START + timedelta(days=2)
    packed, single = (
        len(list(Stream(a_quiet_town(scale=0.2)).telegrams(START, live_from, end))) for live_from in (end, START)
    )
    assert packed < single / 4


def test_live_messages_come_in_the_order_in_which_they_are_due() -> None:
    due = [t.due_s for t in Stream(a_quiet_town(scale=0.2)).telegrams(START, START, START + timedelta(days=2))]
    assert due == sorted(due)


def struck(name: str, asset: str, live: bool = True) -> tuple[Town, list[Telegram]]:
    """Give the telegrams of two days in which an effect holds from six in the morning to six in the evening."""
    town = a_quiet_town(scale=0.2)
    with_episodes(town, [an_episode(town, faults()[name], asset, 0.25, 0.5)])
    end = START + timedelta(days=2)
    return town, list(Stream(town).telegrams(START, START if live else end, end))


def test_garbled_payloads_do_not_decode_and_wait_for_no_receipt() -> None:
    _, telegrams = struck("garbage", "place-0001")
    garbled = [telegram for telegram in telegrams if telegram.message_id is None]
    assert garbled
    for telegram in garbled:
        with pytest.raises(DecodeError):
            FORMAT.decode(telegram.topic, telegram.payload, telegram.due_s * 1_000_000)


@pytest.mark.parametrize("live", [True, False])
def test_device_without_a_clock_states_no_time(live: bool) -> None:
    _, telegrams = struck("no_clock", "passage-01", live)
    own = [t for t in telegrams if t.topic.endswith("/passage-01/up")]
    clocks = {FORMAT.decode(t.topic, t.payload, t.due_s * 1_000_000)[0].clock for t in own}
    assert clocks == {"device", "arrival"}


def test_duplicates_repeat_identity_and_content() -> None:
    _, telegrams = struck("duplicates", "conduite-01")
    payloads = [t.payload for t in telegrams if t.topic.endswith("/conduite-01/up")]
    assert len(payloads) > len(set(payloads)) + 10


@pytest.mark.parametrize("live", [True, False])
def test_clock_off_by_an_hour_states_the_future(live: bool) -> None:
    _, telegrams = struck("clock_off_by_hour", "elec-mairie", live)
    ahead = set()
    for telegram in telegrams:
        if telegram.topic.endswith("/elec-mairie/up"):
            (uplink,) = FORMAT.decode(telegram.topic, telegram.payload, telegram.due_s * 1_000_000)
            ahead.add(uplink.columns[0].times_us[0] // 1_000_000 - telegram.due_s)
    assert 3600 in ahead


def test_late_batch_that_ends_after_the_back_fill_goes_out_live() -> None:
    town = a_quiet_town(scale=0.2)
    gateway = "gw-lora-1"
    with_episodes(town, [an_episode(town, faults()["late_batch"], gateway, 0.75, 0.5)])
    live_from, end = START + timedelta(days=1), START + timedelta(days=2)
    telegrams = list(Stream(town).telegrams(START, live_from, end))
    back_s = int((START + timedelta(days=1.25)).timestamp())
    late = [t for t in telegrams if t.is_live and t.gateway == gateway and t.due_s == back_s]
    assert len(late) > 20
    assert decoded(telegrams) == measured(a_quiet_town(scale=0.2), 2)
