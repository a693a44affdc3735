"""Adeunis TIC CBE/Linky MONO, on a single-phase meter, with its standard labels."""

from sensors.adeunis_tic import found, open_data
from sensors.decoded import Item
from sensors.devices import DeviceModel

LABEL_BYTES = 4


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the energy indexes (channels base, hc, hp), current and apparent power; other frames give nothing."""
    frame = open_data(data)
    if frame is None:
        return []
    frame.take(LABEL_BYTES)  # name of the tariff
    energy = frame.unsigned(4)
    frame.take(LABEL_BYTES)  # subscribed current
    current = frame.unsigned(4)
    frame.take(LABEL_BYTES)  # highest current
    apparent, off_peak, peak = (frame.unsigned(4) for _ in range(3))
    return found(
        [
            Item("base", "active_energy", "W.h", energy),
            Item("hc", "active_energy", "W.h", off_peak),
            Item("hp", "active_energy", "W.h", peak),
            Item("", "current", "A", current),
            Item("", "apparent_power", "V.A", apparent),
        ]
    )


MODEL = DeviceModel("tic-cbe-linky-mono", "adeunis", decode)
