"""The factors that KPIs look for, each with the unit in which it must be entered."""

from sensors.reference.field import Choice

FACTORS = (
    Choice("gas_heating_value", "pouvoir calorifique du gaz", "heating value of gas", "kW.h/m3"),
    Choice("electricity_emission_factor", "émissions de l’électricité", "emissions of electricity", "kg/(kW.h)"),
    Choice("gas_emission_factor", "émissions du gaz", "emissions of gas", "kg/(kW.h)"),
    Choice("heat_emission_factor", "émissions du réseau de chaleur", "emissions of district heat", "kg/(kW.h)"),
    Choice("heating_oil_emission_factor", "émissions du fioul", "emissions of heating oil", "kg/L"),
    Choice("diesel_emissions", "émissions du gazole", "emissions of diesel", "kg/L"),
    Choice("petrol_emissions", "émissions de l’essence", "emissions of petrol", "kg/L"),
    Choice("collection_fuel_low", "carburant de collecte, bas", "fuel of collection, low", "L/km"),
    Choice("collection_fuel_high", "carburant de collecte, haut", "fuel of collection, high", "L/km"),
    Choice("comfort_winter_low", "confort d’hiver, minimum", "comfort in winter, least", "Cel"),
    Choice("comfort_winter_high", "confort d’hiver, maximum", "comfort in winter, most", "Cel"),
    Choice("comfort_summer_high", "confort d’été, maximum", "comfort in summer, most", "Cel"),
    Choice("comfort_co2", "confort, CO2 maximum", "comfort, most CO2", "[ppm]"),
    Choice("parking_search_bay_spacing", "recherche d’une place : pas des places", "search for a bay: spacing", "m"),
    Choice("parking_search_time", "recherche d’une place : durée", "search for a bay: time", "min"),
    Choice("parking_search_speed", "recherche d’une place : vitesse", "search for a bay: speed", "km/h"),
    Choice("parking_search_free_below", "recherche d’une place : seuil", "search for a bay: threshold", "1"),
    Choice("parking_search_emissions", "recherche d’une place : émissions", "search for a bay: emissions", "kg/km"),
    Choice("failure_cost_lighting", "coût d’une panne d’éclairage", "cost of a failure in lighting", "{EUR}"),
    Choice("failure_cost_building", "coût d’une panne de bâtiment", "cost of a failure in buildings", "{EUR}"),
    Choice("failure_cost_water", "coût d’une panne du réseau d’eau", "cost of a failure in water", "{EUR}"),
    Choice("failure_cost_structure", "coût d’une défaillance d’ouvrage", "cost of a failure of a structure", "{EUR}"),
    Choice("failure_cost_other", "coût d’une autre panne", "cost of another failure", "{EUR}"),
    Choice("platform_cpu_power", "plateforme : puissance d’un processeur", "platform: power of a thread", "W"),
    Choice("platform_storage_power", "plateforme : puissance du stockage", "platform: power of storage", "W/TB"),
    Choice("platform_pue", "plateforme : PUE du centre de données", "platform: PUE of its data centre", "1"),
)
UNIT_BY_FACTOR = {choice.value: choice.unit for choice in FACTORS}
