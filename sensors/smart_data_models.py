"""What attributes of Smart Data Models are as quantities: lighting, parking, waste, buildings, energy, devices.

After the schemas of smartdatamodels.org (Streetlighting, Parking, WasteManagement, Building, Environment, Device and
Energy, 2024 to 2026). Units are those which a schema states; where it states none and a guess could be wrong by a
thousand, the entity has to state one (`unitCode`).
"""

from collections.abc import Mapping
from typing import NamedTuple

STATED = "?"  # the entity must state the unit


class Rule(NamedTuple):
    """What an attribute is: quantity, unit ("" for the quantity's own), channel, codes by the attribute's words.

    A word whose code is None states nothing of this quantity, nor does a number equal to `absent`.
    """

    quantity: str
    unit: str = ""
    channel: str = ""
    codes: Mapping[str, str | None] | None = None
    absent: float | None = None


class Model(NamedTuple):
    """What is taken of one type of entity, and which of its numbers say what it is rather than what was measured.

    Without rules the type holds no measurement at all. `times` are dates of its own that may say when.
    """

    rules: Mapping[str, tuple[Rule, ...]]
    fixed: frozenset[str] = frozenset()
    times: tuple[str, ...] = ()


OBSERVED = ("dateObserved", "observationDateTime", "TimeInstant", "timeInstant", "dateLastValueReported")
PHASES = {"R": "L1", "S": "L2", "T": "L3"}
SLOTS = {"fourWheelerSlots": "four_wheeler", "twoWheelerSlots": "two_wheeler", "unclassifiedSlots": "unclassified"}

_POWER_STATE = {"on": "on", "low": "on", "bootingup": "on", "off": "off"}
_LAMP_FAILURE = {"ok": "normal", "defectivelamp": "alarm", "brokenlantern": None, "columnissue": None}
_FAULT = {"ok": "normal", "brokenlantern": "alarm", "columnissue": "alarm", "defectivelamp": None}
_SPOT = {"free": "free", "occupied": "occupied", "closed": "closed", "unknown": "unknown"}
_CONTAINER = {
    "ok": "ok",
    "lidopen": "lid_open",
    "dropped": "dropped",
    "moved": "moved",
    "vandalized": "damaged",
    "burning": "burning",
    "unknown": None,
}


def _one(quantity: str, unit: str = "", channel: str = "") -> tuple[Rule, ...]:
    return (Rule(quantity, unit, channel),)


def _by_phase(name: str, quantity: str, unit: str) -> dict[str, tuple[Rule, ...]]:
    return {f"{name}{letter}": _one(quantity, unit, channel) for letter, channel in PHASES.items()}


_STREETLIGHT = Model(
    {
        "powerState": (Rule("lamp_on", codes=_POWER_STATE),),
        "status": (Rule("lamp_failure", codes=_LAMP_FAILURE), Rule("equipment_fault", codes=_FAULT)),
        "illuminanceLevel": _one("dimming_level", "1"),
        "powerConsumption": _one("active_power", "W"),
        "current": _one("current", STATED),
        "voltage": _one("voltage", "V"),
        "powerFactor": _one("power_factor", "1"),
        "lifetimePowerConsumption": _one("active_energy", STATED),
    },
    frozenset({"lanternHeight", "powerRating"}),
)
_LIGHT_GROUP = Model(
    {"powerState": (Rule("relay_on", codes=_POWER_STATE),), "illuminanceLevel": _one("dimming_command", "1")}
)
_CABINET = Model(
    {
        "totalActivePower": _one("active_power", "kW"),
        "totalReactivePower": _one("reactive_power", "kvar"),
        "energyConsumed": _one("active_energy", "kW.h"),
        "reactiveEnergyConsumed": _one("reactive_energy", "kvar.h"),
        "lastMeterReading": _one("active_energy", "kW.h", "meter"),
        "frequency": _one("frequency", "Hz"),
        "cosPhi": _one("power_factor", "1"),
        **_by_phase("activePower", "active_power", "kW"),
        **_by_phase("reactivePower", "reactive_power", "kvar"),
        **_by_phase("intensity", "current", "A"),
        **_by_phase("voltage", "voltage", "V"),
        **_by_phase("powerFactor", "power_factor", "1"),
    },
    frozenset({"maximumPowerAvailable", "meterReadingPeriod", "energyCost"}),
)
_FEEDER = Model(
    {
        "powerState": (Rule("relay_on", codes=_POWER_STATE),),
        "totalActivePower": _one("active_power", STATED),
        "activePower": _one("active_power", STATED),
        "totalReactivePower": _one("reactive_power", STATED),
        "reactivePower": _one("reactive_power", STATED),
        "phaseCurrent": _one("current", "A"),
        "phaseVoltage": _one("voltage", "V"),
    },
    frozenset({"numStreetlight"}),
)
_PARKING = Model(
    {
        "availableSpotNumber": _one("free_places"),
        "availableSlotNumber": _one("free_places"),
        "occupiedSpotNumber": _one("occupied_places"),
        "occupiedSlotNumber": _one("occupied_places"),
        "totalSpotNumber": _one("capacity"),
        "totalSlotNumber": _one("capacity"),
        "extraSpotNumber": _one("free_places", "", "extra"),
        "occupancy": _one("occupancy_ratio", "1"),
    },
    frozenset(
        {
            "averageSpotLength",
            "averageSpotWidth",
            "firstAvailableFloor",
            "lowestFloor",
            "maximumAllowedHeight",
            "maximumAllowedWidth",
            "measuresPeriod",
            "priceRatePerMinute",
        }
    ),
    ("occupancyModified",),
)
_SPOT_MODEL = Model({"status": (Rule("occupancy", codes=_SPOT),)}, frozenset({"length", "width"}))
_CONTAINER_MODEL = Model(
    {
        "fillingLevel": _one("fill_level", "1"),
        "cargoWeight": _one("weight", "kg"),
        "temperature": _one("container_temperature", "Cel"),
        "status": (Rule("container_state", codes=_CONTAINER),),
    },
    frozenset({"binCapacity", "binFullnessThreshold", "binRecommendedLoad", "binMaxLoad"}),
    ("binLoggedTime",),
)
_COLLECTION = Model(
    {
        "weight": _one("weight", "kg"),
        "grossWeight": _one("weight", "kg", "gross"),
        "tareWeight": _one("weight", "kg", "tare"),
    }
)
_AC = Model(
    {
        "totalActivePower": _one("active_power", "W"),
        "totalReactivePower": _one("reactive_power", "var"),
        "totalApparentPower": _one("apparent_power", "V.A"),
        "totalActiveEnergyImport": _one("active_energy", "kW.h"),
        "totalActiveEnergyExport": _one("exported_energy", "kW.h"),
        "totalReactiveEnergyImport": _one("reactive_energy", "kvar.h"),
        "totalReactiveEnergyExport": _one("reactive_energy", "kvar.h", "export"),
        "totalPowerFactor": _one("power_factor", "1"),
        "activePower": _one("active_power", "W"),
        "reactivePower": _one("reactive_power", "var"),
        "apparentPower": _one("apparent_power", "V.A"),
        "activeEnergyImport": _one("active_energy", "kW.h"),
        "activeEnergyExport": _one("exported_energy", "kW.h"),
        "reactiveEnergyImport": _one("reactive_energy", "kvar.h"),
        "powerFactor": _one("power_factor", "1"),
        "current": _one("current", "A"),
        "phaseVoltage": _one("voltage", "V"),
        "phaseToPhaseVoltage": _one("voltage", "V"),
        "frequency": _one("frequency", "Hz"),
    }
)
_ROOM = Model(
    {
        "temperature": _one("temperature", "Cel"),
        "relativeHumidity": _one("relative_humidity", "1"),
        "atmosphericPressure": _one("air_pressure", "hPa"),
        "illuminance": _one("illuminance", "lx"),
        "peopleCount": _one("people_present"),
        "co2": _one("co2", STATED),  # the schema says mg/l, nearly everybody sends ppm
    },
    frozenset({"sensorHeight"}),
)
_DEVICE = Model(
    {
        "batteryLevel": (Rule("battery_level", "1", absent=-1),),
        "rssi": _one("rssi", STATED),
    },
    frozenset({"distance", "depth"}),
)
_METER = Model(
    {
        "totalConsumption": _one("active_energy", STATED),
        "peakConsumption": _one("active_energy", STATED, "peak"),
        "offPeakConsumption": _one("active_energy", STATED, "off_peak"),
        "powerFactor": _one("power_factor", "1"),
    }
)
_NO_MEASUREMENT = Model({})

MODELS: Mapping[str, Model] = {
    "Streetlight": _STREETLIGHT,
    "StreetlightGroup": _LIGHT_GROUP,
    "StreetlightControlCabinet": _CABINET,
    "StreetlightFeeder": _FEEDER,
    "StreetlightModel": _NO_MEASUREMENT,
    "ParkingSpot": _SPOT_MODEL,
    "OnStreetParking": _PARKING,
    "OffStreetParking": _PARKING,
    "ParkingGroup": _PARKING,
    "WasteContainer": _CONTAINER_MODEL,
    "WasteContainerIsle": _NO_MEASUREMENT,
    "WasteObserved": _COLLECTION,
    "Building": _NO_MEASUREMENT,
    "BuildingOperation": _NO_MEASUREMENT,
    "IndoorEnvironmentObserved": _ROOM,
    "ACMeasurement": _AC,
    "ThreePhaseAcMeasurement": _AC,
    "Device": _DEVICE,
    "SmartMeteringObservation": _METER,
}
# What a meter's total is by the supply it meters
METERED = {"electricity": "active_energy", "water": "water_volume", "methane": "gas_volume", "gas": "gas_volume"}
# What `DeviceMeasurement.controlledProperty` may name: quantity, and the unit where the entity states none
CONTROLLED: Mapping[str, Rule] = {
    "temperature": Rule("temperature", "Cel"),
    "humidity": Rule("relative_humidity", STATED),
    "fillingLevel": Rule("fill_level", STATED),
    "occupancy": Rule("occupancy", codes=_SPOT),
    "power": Rule("active_power", STATED),
    "energy": Rule("active_energy", STATED),
    "voltage": Rule("voltage", "V"),
    "current": Rule("current", STATED),
    "illuminance": Rule("illuminance", "lx"),
    "atmosphericPressure": Rule("air_pressure", STATED),
    "airPressure": Rule("air_pressure", STATED),
    "weight": Rule("weight", STATED),
    "noiseLevel": Rule("sound_level", "dB"),
    "batteryLevel": Rule("battery_level", STATED),
}
