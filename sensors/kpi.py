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
    ("lighting_energy_saved", "Lighting energy saved", "Énergie d’éclairage économisée", "lighting"),
    ("lighting_saving_ratio", "Lighting energy saved, share", "Part d’énergie d’éclairage économisée", "lighting"),
    ("lighting_cost_saved", "Lighting saved, at constant price", "Économie d’éclairage, à prix constant", "lighting"),
    ("lighting_bill_reduction", "Lighting bill, reduction", "Baisse de la facture d’éclairage", "lighting"),
    ("building_energy", "Building energy", "Énergie des bâtiments", "building"),
    ("electricity_meter_energy", "Metered electricity", "Électricité comptée", "building"),
    ("building_energy_per_degree_day", "Heating per degree day", "Chauffage par degré-jour", "building"),
    ("building_energy_saved", "Building energy saved", "Énergie économisée dans les bâtiments", "building"),
    ("building_saving_ratio", "Building energy saved, share", "Part d’énergie économisée (bâtiments)", "building"),
    ("building_cost_saved", "Saved in buildings, in euros", "Économie des bâtiments, à prix constant", "building"),
    ("building_bill_reduction", "Bill of buildings, reduction", "Baisse de la facture des bâtiments", "building"),
    ("building_emissions_avoided", "Emissions avoided in buildings", "Émissions évitées (bâtiments)", "building"),
    ("building_energy_per_area", "Building energy per square metre", "Énergie des bâtiments par m²", "building"),
    ("building_base_load", "Base load at night", "Talon de consommation la nuit", "building"),
    ("comfort_temperature_hours", "Hours too cold or too warm", "Heures trop froides ou trop chaudes", "building"),
    ("comfort_co2_hours", "Hours short of fresh air (CO2)", "Heures d’air confiné (CO2)", "building"),
    ("heating_degree_days", "Heating degree days (Météo)", "Degrés-jours de chauffage (Météo)", "building"),
    ("heating_degree_days_costic", "Heating degree days (COSTIC)", "Degrés-jours de chauffage (COSTIC)", "building"),
    ("water_night_flow", "Minimum night flow", "Débit minimal de nuit", "water"),
    ("water_leak_volume", "Water leaking", "Fuites d’eau estimées", "water"),
    ("water_leak_cost", "Cost of leaking water", "Coût des fuites d’eau", "water"),
    ("water_balance", "Water balance of the district", "Bilan d’eau du secteur", "water"),
    ("water_balance_ratio", "Water balance, share of the inflow", "Bilan d’eau, part de l’eau entrée", "water"),
    ("bay_occupancy", "Occupancy of parking bays", "Occupation des places", "parking"),
    ("bay_turnover", "Turnover of parking bays", "Rotation des places", "parking"),
    ("car_park_occupancy", "Occupancy of car parks", "Occupation des parkings", "parking"),
    ("fill_level_median", "Median fill level", "Remplissage médian", "waste"),
    ("fill_level_p90", "Fill level, 90th percentile", "Remplissage, 90e centile", "waste"),
    ("fill_share_above_threshold", "Time above the fill threshold", "Temps au-dessus du seuil", "waste"),
    ("overflow_hours", "Overflow hours", "Heures de débordement", "waste"),
    ("rounds_avoided", "Collection rounds avoided", "Tournées évitées", "waste"),
    ("rounds_avoided_ratio", "Collection rounds avoided, share", "Part de tournées évitées", "waste"),
)

KPI_NAMES: Mapping[str, KpiName] = MappingProxyType({row[0]: KpiName(*row) for row in _ROWS})


def kpi_name(kpi: str) -> KpiName:
    """Give a KPI's names; one that is not in the table goes by its own word."""
    return KPI_NAMES.get(kpi) or KpiName(kpi, kpi, kpi, "other")
