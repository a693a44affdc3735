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
    ("lighting_emissions_avoided", "Lighting, CO2e avoided", "Éclairage, CO2e évité", "lighting"),
    ("lighting_bill_reduction", "Lighting bill, reduction", "Baisse de la facture d’éclairage", "lighting"),
    ("lighting_saved_by_relamping", "Saved by new lamps", "Économie par les nouvelles lampes", "lighting"),
    ("lighting_saved_by_dimming", "Saved by dimming", "Économie par la gradation", "lighting"),
    ("lighting_saved_by_switch_off", "Saved by switching off", "Économie par l’extinction", "lighting"),
    ("lighting_outage_energy", "Not used because of outages", "Non consommé du fait des pannes", "lighting"),
    ("street_light_burn_hours", "Burn hours of lamps", "Durée d’allumage des lampes", "lighting"),
    ("street_light_hours_by_day", "Lamp hours burned by day", "Heures d’allumage de jour (lampes)", "lighting"),
    ("street_light_hours_dark", "Lamp hours dark when owed", "Heures d’extinction à tort (lampes)", "lighting"),
    ("street_light_availability", "Availability of lamps", "Disponibilité des lampes", "lighting"),
    ("street_light_outage_energy", "Not used by lamps out", "Non consommé par les lampes en panne", "lighting"),
    ("light_cabinet_burn_hours", "Burn hours of cabinets", "Durée d’allumage des armoires", "lighting"),
    ("light_cabinet_hours_by_day", "Cabinet hours burned by day", "Heures d’allumage de jour (armoires)", "lighting"),
    ("light_cabinet_hours_dark", "Cabinet hours dark when owed", "Heures d’extinction à tort (armoires)", "lighting"),
    ("lighting_power_density", "Power density (EN 13201-5 D_P)", "Densité de puissance (EN 13201-5 D_P)", "lighting"),
    ("lighting_energy_density", "Yearly energy (EN 13201-5 D_E)", "Énergie annuelle (EN 13201-5 D_E)", "lighting"),
    ("lighting_energy_per_lamp", "Yearly energy per light point", "Énergie annuelle par point lumineux", "lighting"),
    ("lighting_energy_per_km", "Yearly energy per km of street", "Énergie annuelle par km de voirie", "lighting"),
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
    ("bay_stay_duration", "Mean stay in parking bays", "Durée moyenne de stationnement", "parking"),
    ("bay_overstay_ratio", "Stays longer than allowed, share", "Part de stationnements trop longs", "parking"),
    ("bay_overstay_hours", "Hours beyond the longest stay", "Heures au-delà de la durée autorisée", "parking"),
    ("parking_search_distance", "Driven in search of a bay", "Distance parcourue à chercher une place", "parking"),
    ("parking_search_emissions", "Emissions of the search for bays", "Émissions de la recherche de place", "parking"),
    ("car_park_occupancy", "Occupancy of car parks", "Occupation des parkings", "parking"),
    ("fill_level_median", "Median fill level", "Remplissage médian", "waste"),
    ("fill_level_p90", "Fill level, 90th percentile", "Remplissage, 90e centile", "waste"),
    (
        "fill_share_above_threshold",
        "Share of time above the fill threshold",
        "Part du temps au-dessus du seuil",
        "waste",
    ),
    ("overflow_hours", "Overflow hours", "Heures de débordement", "waste"),
    ("rounds_avoided", "Collection rounds avoided", "Tournées évitées", "waste"),
    ("rounds_avoided_ratio", "Collection rounds avoided, share", "Part de tournées évitées", "waste"),
    ("lifts_avoided", "Container lifts avoided", "Levées de conteneurs évitées", "waste"),
    ("lifts_avoided_ratio", "Container lifts avoided, share", "Part de levées évitées", "waste"),
    ("overflow_after_skip", "Overflow after skipped lifts", "Débordement après levées évitées", "waste"),
    ("rounds_distance_avoided", "Kilometres of rounds avoided", "Kilomètres de tournées évités", "waste"),
    ("rounds_time_avoided", "Hours of rounds avoided", "Heures de tournées évitées", "waste"),
    ("rounds_cost_saved", "Cost of rounds avoided", "Coût des tournées évitées", "waste"),
    ("rounds_fuel_avoided", "Fuel of rounds avoided", "Carburant des tournées évitées", "waste"),
    ("rounds_emissions_avoided", "Emissions of rounds avoided", "Émissions des tournées évitées", "waste"),
    ("project_investment", "Investment of projects", "Investissement des projets", "project"),
    ("project_subsidy", "Subsidy of the region, by its rule", "Subvention de la région, selon sa règle", "project"),
    ("project_saving_per_year", "Saving of projects in a year", "Économie annuelle des projets", "project"),
    ("project_payback", "Payback of projects", "Temps de retour des projets", "project"),
    ("project_discounted_payback", "Payback, discounted", "Temps de retour actualisé", "project"),
    ("project_net_present_value", "Net present value of projects", "Valeur actuelle nette des projets", "project"),
    ("project_emissions_per_euro", "kgCO2e avoided per euro invested", "kgCO2e évités par euro investi", "project"),
    ("announcement_precision", "Announcements that were right", "Annonces justes", "maintenance"),
    ("announcement_lead_time", "Failures announced ahead by", "Pannes annoncées à l’avance de", "maintenance"),
    ("failures_avoided", "Failures avoided", "Pannes évitées", "maintenance"),
    ("failures_avoided_value", "Failures avoided, value", "Pannes évitées, en euros", "maintenance"),
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
