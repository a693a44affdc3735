"""What the simulated radio gateways send is read back as what was measured."""

from datetime import timedelta

import numpy as np

from sensors.formats.chirpstack import FORMAT
from simulators.format_mix import choose_encoders
from simulators.gateway_chirpstack import dev_eui
from simulators.stream import Stream
from tests.support.lorawan import ARRIVAL_US
from tests.support.towns import START, a_quiet_town, all_rows, generate_days


def test_bays_are_read_back_as_measured() -> None:
    town = a_quiet_town(scale=0.1)
    telegrams = Stream(town, choose_encoders("real", town)).telegrams(START, START, START + timedelta(days=1))
    received = {
        (uplink.device, column.quantity, column.times_us[0] // 1_000_000): column.values[0]
        for telegram in telegrams
        if telegram.topic.startswith("application/")
        for uplink in FORMAT.decode(telegram.topic, telegram.payload, ARRIVAL_US)
        for column in uplink.columns
    }
    other = a_quiet_town(scale=0.1)
    table = all_rows(generate_days(other, 1))["bay"]
    measured = {
        (
            dev_eui(other.slug, other.devices[int(table.device[row])].external_id),
            table.columns[position].quantity,
            int(table.at_s[row]),
        ): float(table.values[row, position])
        for row, position in np.argwhere(~np.isnan(table.values)).tolist()
    }
    measured = {key: value for key, value in measured.items() if key[1] not in ("rssi", "snr")}
    assert measured
    assert {key: received.get(key) for key in measured} == measured
