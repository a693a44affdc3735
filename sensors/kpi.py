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
    ("bay_occupancy", "Occupancy of parking bays", "Occupation des places", "parking"),
    ("bay_turnover", "Turnover of parking bays", "Rotation des places", "parking"),
    ("car_park_occupancy", "Occupancy of car parks", "Occupation des parkings", "parking"),
    ("fill_level_median", "Median fill level", "Remplissage médian", "waste"),
    ("fill_level_p90", "Fill level, 90th percentile", "Remplissage, 90e centile", "waste"),
    ("fill_share_above_threshold", "Time above the fill threshold", "Temps au-dessus du seuil", "waste"),
    ("overflow_hours", "Overflow hours", "Heures de débordement", "waste"),
    ("rounds_avoided", "Collection rounds avoided", "Tournées évitées", "waste"),
    ("rounds_avoided_ratio", "Collection rounds avoided, share", "Part de tournées évitées", "waste"),
    ("project_investment", "Investment of projects", "Investissement des projets", "project"),
    ("project_subsidy", "Subsidy of the region, by its rule", "Subvention de la région, selon sa règle", "project"),
    ("project_saving_per_year", "Saving of projects in a year", "Économie annuelle des projets", "project"),
    ("project_payback", "Payback of projects", "Temps de retour des projets", "project"),
    ("project_discounted_payback", "Payback, discounted", "Temps de retour actualisé", "project"),
    ("project_net_present_value", "Net present value of projects", "Valeur actuelle nette des projets", "project"),
    ("project_emissions_per_euro", "kgCO2e avoided per euro invested", "kgCO2e évités par euro investi", "project"),
    ("platform_bytes_received", "Vigie: bytes received", "Vigie : octets reçus", "platform"),
    ("platform_bytes_stored", "Vigie: bytes stored", "Vigie : octets conservés", "platform"),
    ("platform_cpu", "Vigie: CPU time", "Vigie : temps de calcul", "platform"),
    ("platform_energy", "Vigie: energy used, estimated", "Vigie : énergie consommée, estimée", "platform"),
    ("platform_emissions", "Vigie: emissions, estimated", "Vigie : émissions, estimées", "platform"),
    (
        "platform_energy_ratio",
        "Vigie: energy used per saved",
        "Vigie : énergie consommée par énergie économisée",
        "platform",
    ),
)

KPI_NAMES: Mapping[str, KpiName] = MappingProxyType({row[0]: KpiName(*row) for row in _ROWS})


def kpi_name(kpi: str) -> KpiName:
    """Give a KPI's names; one that is not in the table goes by its own word."""
    return KPI_NAMES.get(kpi) or KpiName(kpi, kpi, kpi, "other")
