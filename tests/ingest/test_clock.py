"""Rules for clocks in the worker: corrected on the way in, what was sent is kept, the account adds up."""

import time

import psycopg
import pytest

from ingest.clock import CorrectedUplink, make_right
from sensors.clock import ClockRule
from sensors.formats.native import NativeFormat
from sensors.instant import SECOND_US
from sensors.measurement import Uplink
from sensors.rejection import Reason
from store.registry import DeviceEntry
from tests.support.chain import make_chain, working
from tests.support.publisher import Message, publish

HOUR_US = 3600 * SECOND_US
FOREVER = 2**63 - 1
NOW_US = 1_774_749_600_000_000  # 2026-03-29T02:00:00Z
RULE = """
insert into clock_rules (device_id, period, shift_s, state, since, made_by)
select device_id, tstzrange('2026-01-01', null), -7200, 'active', now(), 'test' from devices where external_id = 'd-0'
"""
NOTES = """
select m.value, extract(epoch from n.original_at - m.observed_at)::int, n.detail
from measurements m join measurement_notes n using (series_id, observed_at)
where n.flag = 'clock_corrected'
"""


def uplink_of(payload: bytes, received_at_us: int = NOW_US) -> Uplink:
    (uplink,) = NativeFormat().decode("vigie/t/d/up", payload, received_at_us)
    return uplink


def test_each_value_keeps_its_own_time_by_its_position() -> None:
    """Two columns of three instants each, the first of which lies before the rule begins."""
    at = [NOW_US // SECOND_US + shift for shift in (3000, 3600, 3700)]
    payload = b'{"at":%s,"values":{"voltage":[1,2,3],"current":[4,null,6]}}' % str(at).encode()
    rule = ClockRule(9, at[1] * SECOND_US, FOREVER, -HOUR_US)
    corrected = make_right(uplink_of(payload), [rule], NOW_US + 100 * SECOND_US)
    assert isinstance(corrected, CorrectedUplink)
    flat = [time_us // SECOND_US for column in corrected.columns for time_us in column.times_us]
    assert flat == [at[0], at[1] - 3600, at[2] - 3600, at[0], at[2] - 3600]
    assert corrected.originals == {index: (at[position] * SECOND_US, 9) for index, position in ((1, 1), (2, 2), (4, 2))}


def test_a_value_in_the_hour_that_spring_skips_is_refused_alone() -> None:
    """Local time as UTC: 02:30 was on no clock of France that day; 03:30 was."""
    skipped, exists = NOW_US // SECOND_US + 1800, NOW_US // SECOND_US + 5400
    payload = b'{"at":[%d,%d],"values":{"voltage":[1,2]}}' % (skipped, exists)
    corrected = make_right(uplink_of(payload), [ClockRule(9, 0, FOREVER, zone="Europe/Paris")], NOW_US)
    assert [(part.reason, part.n_values) for part in corrected.rejected] == [(Reason.TIME_INVALID, 1)]
    assert [(list(column.times_us), column.values) for column in corrected.columns] == [
        ([(exists - 7200) * SECOND_US], [2])
    ]
    assert corrected.n_accepted + corrected.n_rejected == 2


def test_a_time_of_arrival_is_left_alone() -> None:
    uplink = uplink_of(b'{"values":{"voltage":230}}')
    assert make_right(uplink, [ClockRule(9, 0, FOREVER, -HOUR_US)], NOW_US) is uplink


@pytest.mark.services
def test_a_message_over_the_broker_is_corrected_once(database_url: str, mqtt_url: str, territory_slug: str) -> None:
    """Sent twice, two hours ahead, beside one of a device in order: stored once at its true instant, then duplicate."""
    chain = make_chain(database_url, mqtt_url, territory_slug, [DeviceEntry(territory_slug, f"d-{n}") for n in (0, 1)])
    with psycopg.connect(database_url) as connection:
        connection.execute(RULE)
    now = int(time.time())
    payloads = [b'{"at":%d,"values":{"voltage":%d}}' % (now + ahead, value) for ahead, value in ((7200, 1), (0, 2))]
    with working(chain):
        publish(mqtt_url, [Message(chain.topic(f"d-{n}"), payload) for n, payload in enumerate(payloads)])
        chain.wait_for_stored(2)
        publish(
            mqtt_url,
            [
                Message(chain.topic("d-0"), payloads[0]),
                Message(chain.topic("d-1"), b'{"at":%d,"values":{"voltage":3}}' % (now + 1)),
            ],
        )
        chain.wait_for_stored(3)
    assert chain.ledger() == (4, 3, 1, 0)
    stored = chain.fetch("select value, extract(epoch from observed_at)::bigint from measurements order by value")
    assert stored == [(1, now), (2, now), (3, now + 1)]
    assert [row[:2] for row in chain.fetch(NOTES)] == [(1, 7200)]
