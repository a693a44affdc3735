"""What is promised of every uplink, whichever format gave it."""

from sensors.measurement import Uplink
from sensors.plausible import AHEAD_US, EARLIEST_US
from sensors.quantity import QUANTITIES


def check_uplink(uplink: Uplink, arrival_us: int) -> None:
    """Check that all values are finite, in their quantity's unit and range and at believable times, texts printable."""
    assert uplink.n_accepted + uplink.n_rejected > 0
    for column in uplink.columns:
        quantity = QUANTITIES[column.quantity]
        assert column.unit == quantity.unit
        assert len(column.times_us) == len(column.values) > 0
        assert all(quantity.low <= value <= quantity.high for value in column.values)
        assert all(EARLIEST_US <= time_us <= arrival_us + AHEAD_US for time_us in column.times_us)
    assert all((part.detail + part.channel + part.quantity).isprintable() for part in uplink.rejected)
