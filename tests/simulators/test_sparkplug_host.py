"""The town's building controllers, heard by the Sparkplug format: all that was measured is stored, nothing else."""

from datetime import timedelta

from sensors.formats.sparkplug_b import SparkplugFormat
from sensors.sparkplug_host import Naming
from simulators.format_mix import choose_encoders
from simulators.stream import Stream
from tests.simulators.test_formats import measured
from tests.support.sparkplug import Host
from tests.support.towns import START, a_quiet_town


def test_a_day_of_the_towns_buildings_is_stored_under_the_names_it_was_measured_under() -> None:
    town = a_quiet_town(scale=0.2)
    stream = Stream(town, choose_encoders("real", town)).telegrams(START, START, START + timedelta(days=1))
    host = Host(SparkplugFormat("sparkplug_town", Naming(is_group_territory=True)))
    found: dict[tuple[str, str, int], float] = {}
    n_sent = n_found = 0
    for telegram in stream:
        if not telegram.topic.startswith("spBv1.0/"):
            continue
        decoded = host.hear(telegram.topic, telegram.payload, telegram.due_s * 1_000_000)
        assert decoded.requests == ()
        n_sent += telegram.n_values
        for uplink in decoded.uplinks:
            assert (uplink.territory, uplink.rejected, uplink.clock) == (town.slug, (), "device")
            for column in uplink.columns:
                name = "/".join(filter(None, (column.channel, column.quantity)))
                n_found += len(column.values)
                for time_us, value in zip(column.times_us, column.values, strict=True):
                    found[uplink.device, name, time_us // 1_000_000] = value
    assert n_found >= n_sent > 1000
    for family in ("zone", "air_unit", "electricity_meter"):
        assert measured(family).items() <= found.items()
