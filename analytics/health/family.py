"""What is assumed of each type of asset until a territory knows better: how often it fails, and what a failure costs.

A failure is whatever a technician must be sent for. Rates and euros are stated assumptions for a French commune of
10,000 inhabitants, chosen once and fitted to nothing; where a published figure stands behind one, `source` says which.
Everything that rests on them is marked as prior. A territory enters its own as reference data (`failure_costs`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ASSUMED = "assumption"


@dataclass(frozen=True, slots=True)
class FamilyPrior:
    """Of one asset of a type: failures in a year [1/a], and what one failure costs.

    Attributes
    ----------
    people_eur
        What people lose who count on it: service, comfort, time [EUR].
    safety_eur
        Harm to persons to be expected of one failure [EUR].
    repair_eur
        Repair at short notice and what is damaged [EUR].
    waiting_eur_per_day
        What each day costs on which it stays failed: energy, water, service [EUR/d].
    source
        Where the rate and the amounts come from.
    """

    failures_per_year: float
    people_eur: float
    safety_eur: float
    repair_eur: float
    waiting_eur_per_day: float
    source: str = ASSUMED

    @property
    def consequence_eur(self) -> float:
        """What one failure costs in all [EUR]."""
        return self.people_eur + self.safety_eur + self.repair_eur


SENSOR = "sensor"  # what a territory enters its costs under
SENSOR_FAILS = FamilyPrior(0.2, 10, 0, 120, 1)  # it watches no more: a visit, a battery or another sensor

# 14 breaks per 100 miles and year (S. Folkman, Water main break rates in the USA and Canada, Utah State University,
# 2018) are 0.087 per kilometre; a stretch of main in an inventory is taken as 100 m.
BREAKS_PER_STRETCH = 0.0087

FAMILIES: Mapping[str, FamilyPrior] = MappingProxyType(
    {
        "street_light": FamilyPrior(0.05, 30, 40, 180, 1),
        "light_cabinet": FamilyPrior(0.3, 400, 600, 400, 200),
        "parking_bay": FamilyPrior(0.1, 10, 0, 120, 0.5),
        "car_park": FamilyPrior(0.3, 100, 0, 400, 20),
        "waste_container": FamilyPrior(0.3, 60, 20, 90, 15),
        "air_handling_unit": FamilyPrior(0.7, 300, 0, 600, 25),
        "boiler": FamilyPrior(0.4, 900, 100, 900, 150),
        "heat_pump": FamilyPrior(0.3, 600, 0, 1200, 60),
        "building_zone": FamilyPrior(0.1, 20, 0, 120, 2),
        "lift": FamilyPrior(1.5, 400, 150, 500, 120),
        "pump": FamilyPrior(0.3, 800, 0, 2500, 150),
        "water_pipe": FamilyPrior(
            BREAKS_PER_STRETCH, 1500, 200, 4500, 250, "rate: Folkman 2018, 100 m a stretch; amounts: assumption"
        ),
        "water_tank": FamilyPrior(0.1, 2000, 300, 1500, 200),
        "water_meter": FamilyPrior(0.03, 20, 0, 150, 3),
        "electricity_meter": FamilyPrior(0.03, 0, 0, 200, 2),
        "gas_meter": FamilyPrior(0.03, 0, 50, 250, 2),
        "heat_meter": FamilyPrior(0.05, 0, 0, 400, 2),
        "bridge_element": FamilyPrior(0.002, 50_000, 100_000, 60_000, 500),
        "road_section": FamilyPrior(0.05, 500, 500, 8000, 20),
        "gateway": FamilyPrior(0.5, 50, 0, 200, 30),
        "people_counter": FamilyPrior(0.2, 0, 0, 200, 1),
        "traffic_counter": FamilyPrior(0.2, 0, 0, 300, 1),
        "weather_station": FamilyPrior(0.3, 0, 0, 250, 2),
    }
)
