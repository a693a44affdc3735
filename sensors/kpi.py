"""What the KPIs are called: one table for whoever computes, stores, shows or publishes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class KpiName:
    """A KPI's name in both languages, and the field it belongs to."""

    kpi: str
    name_en: str
    name_fr: str
    domain: str


_ROWS = (
    ("light_cabinet_energy", "Lighting energy (cabinets)", "Énergie d’éclairage (armoires)", "lighting"),
    ("street_light_energy", "Lighting energy (lamps)", "Énergie d’éclairage (lampes)", "lighting"),
    ("building_energy", "Building energy", "Énergie des bâtiments", "building"),
    ("electricity_meter_energy", "Metered electricity", "Électricité comptée", "building"),
    ("bay_occupancy", "Occupancy of parking bays", "Occupation des places", "parking"),
    ("bay_turnover", "Turnover of parking bays", "Rotation des places", "parking"),
    ("car_park_occupancy", "Occupancy of car parks", "Occupation des parkings", "parking"),
    ("fill_level_median", "Median fill level", "Remplissage médian", "waste"),
    ("fill_level_p90", "Fill level, 90th percentile", "Remplissage, 90e centile", "waste"),
    ("fill_share_above_threshold", "Time above the fill threshold", "Temps au-dessus du seuil", "waste"),
    ("overflow_hours", "Overflow hours", "Heures de débordement", "waste"),
)

KPI_NAMES: Mapping[str, KpiName] = MappingProxyType({row[0]: KpiName(*row) for row in _ROWS})


def kpi_name(kpi: str) -> KpiName:
    """Give a KPI's names; one that is not in the table goes by its own word."""
    return KPI_NAMES.get(kpi) or KpiName(kpi, kpi, kpi, "other")
