"""Counters: what only goes up, until the equipment is reset or replaced. What matters is the increase."""

# name, UCUM unit, highest, longest hold [s], English, French; the lowest is always 0
CounterRow = tuple[str, str, float, float, str, str]

HOURS_2, DAYS_2 = 7200.0, 172800.0

COUNTERS: tuple[CounterRow, ...] = (
    ("active_energy", "kW.h", 1e10, DAYS_2, "Active energy", "Énergie active"),
    ("exported_energy", "kW.h", 1e10, DAYS_2, "Exported energy", "Énergie injectée"),
    ("reactive_energy", "kvar.h", 1e10, DAYS_2, "Reactive energy", "Énergie réactive"),
    ("heat_energy", "kW.h", 1e10, DAYS_2, "Heat energy", "Énergie thermique"),
    ("gas_volume", "m3", 1e10, DAYS_2, "Gas volume", "Volume de gaz"),
    ("water_volume", "m3", 1e10, DAYS_2, "Water volume", "Volume d'eau"),
    ("reverse_water_volume", "m3", 1e10, DAYS_2, "Reverse water volume", "Volume d'eau en retour"),
    ("operating_hours", "h", 1e6, DAYS_2, "Operating hours", "Heures de fonctionnement"),
    ("switch_count", "{switch}", 1e9, DAYS_2, "Switchings", "Nombre de commutations"),
    ("start_count", "{start}", 1e9, DAYS_2, "Starts", "Nombre de démarrages"),
    ("thermal_derating_count", "{time}", 1e9, DAYS_2, "Thermal deratings", "Nombre de réductions thermiques"),
    ("door_cycle_count", "{cycle}", 1e9, DAYS_2, "Door cycles", "Cycles de porte"),
    ("run_count", "{run}", 1e9, DAYS_2, "Runs of the lift", "Courses de l'ascenseur"),
    ("emptying_count", "{time}", 1e9, DAYS_2, "Emptyings", "Nombre de vidages"),
    ("vehicle_count", "{vehicle}", 1e10, HOURS_2, "Vehicles", "Véhicules"),
    ("heavy_vehicle_count", "{vehicle}", 1e10, HOURS_2, "Heavy vehicles", "Poids lourds"),
    ("bicycle_count", "{vehicle}", 1e10, HOURS_2, "Bicycles", "Vélos"),
    ("pedestrian_count", "{person}", 1e10, HOURS_2, "Pedestrians", "Piétons"),
    ("entry_count", "{person}", 1e10, HOURS_2, "People in", "Entrées"),
    ("exit_count", "{person}", 1e10, HOURS_2, "People out", "Sorties"),
    ("vehicle_entry_count", "{vehicle}", 1e10, HOURS_2, "Vehicles in", "Entrées de véhicules"),
    ("vehicle_exit_count", "{vehicle}", 1e10, HOURS_2, "Vehicles out", "Sorties de véhicules"),
    ("rain_depth", "mm", 1e7, DAYS_2, "Rain since installation", "Pluie cumulée"),
    ("lightning_count", "{strike}", 1e9, DAYS_2, "Lightning strikes", "Impacts de foudre"),
    ("frame_count", "{frame}", 2.0**53, DAYS_2, "Frame counter", "Compteur de trames"),
    ("pulse_count", "{pulse}", 2.0**53, DAYS_2, "Pulses", "Impulsions"),
)
