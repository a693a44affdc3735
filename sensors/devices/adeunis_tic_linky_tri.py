"""Adeunis TIC CBE/Linky TRI, on a three-phase meter, with its standard labels."""

from sensors.adeunis_tic import found, open_data
from sensors.decoded import Item
from sensors.devices import DeviceModel

N_PHASES = 3
MAXIMA_BYTES = 16  # highest current of each phase, highest power


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the energy index, the current of each phase and the apparent power; other frames give nothing."""
    frame = open_data(data)
    if frame is None:
        return []
    energy = frame.unsigned(4)
    currents = [frame.unsigned(4) for _ in range(N_PHASES)]
    frame.take(MAXIMA_BYTES)
    items = [Item("base", "active_energy", "W.h", energy)]
    items += [Item(f"L{phase}", "current", "A", current) for phase, current in enumerate(currents, 1)]
    return found([*items, Item("", "apparent_power", "V.A", frame.unsigned(4))])


MODEL = DeviceModel("tic-cbe-linky-tri", "adeunis", decode)
