"""Counters: what only goes up, until the equipment is reset or replaced. What matters is the increase."""

# name, UCUM unit, highest, longest hold [s], English, French; the lowest is always 0
CounterRow = tuple[str, str, float, float, str, str]

HOUR, DAY = 3600.0, 86400.0

COUNTERS: tuple[CounterRow, ...] = (
    ("active_energy", "kW.h", 1e10, DAY, "Active energy", "Énergie active"),
    ("exported_energy", "kW.h", 1e10, DAY, "Exported energy", "Énergie injectée"),
    ("reactive_energy", "kvar.h", 1e10, DAY, "Reactive energy", "Énergie réactive"),
    ("heat_energy", "kW.h", 1e10, DAY, "Heat energy", "Énergie thermique"),
    ("gas_volume", "m3", 1e10, DAY, "Gas volume", "Volume de gaz"),
    ("water_volume", "m3", 1e10, DAY, "Water volume", "Volume d'eau"),
    ("reverse_water_volume", "m3", 1e10, DAY, "Reverse water volume", "Volume d'eau en retour"),
    ("operating_hours", "h", 1e6, DAY, "Operating hours", "Heures de fonctionnement"),
    ("switch_count", "{switch}", 1e9, DAY, "Switchings", "Nombre de commutations"),
    ("start_count", "{start}", 1e9, DAY, "Starts", "Nombre de démarrages"),
    ("thermal_derating_count", "{time}", 1e9, DAY, "Thermal deratings", "Nombre de réductions thermiques"),
    ("door_cycle_count", "{cycle}", 1e9, DAY, "Door cycles", "Cycles de porte"),
    ("run_count", "{run}", 1e9, DAY, "Runs of the lift", "Courses de l'ascenseur"),
    ("emptying_count", "{time}", 1e9, DAY, "Emptyings", "Nombre de vidages"),
    ("vehicle_count", "{vehicle}", 1e10, HOUR, "Vehicles", "Véhicules"),
    ("heavy_vehicle_count", "{vehicle}", 1e10, HOUR, "Heavy vehicles", "Poids lourds"),
    ("bicycle_count", "{vehicle}", 1e10, HOUR, "Bicycles", "Vélos"),
    ("pedestrian_count", "{person}", 1e10, HOUR, "Pedestrians", "Piétons"),
    ("entry_count", "{person}", 1e10, HOUR, "People in", "Entrées"),
    ("exit_count", "{person}", 1e10, HOUR, "People out", "Sorties"),
    ("vehicle_entry_count", "{vehicle}", 1e10, HOUR, "Vehicles in", "Entrées de véhicules"),
    ("vehicle_exit_count", "{vehicle}", 1e10, HOUR, "Vehicles out", "Sorties de véhicules"),
    ("rain_depth", "mm", 1e7, DAY, "Rain since installation", "Pluie cumulée"),
    ("lightning_count", "{strike}", 1e9, DAY, "Lightning strikes", "Impacts de foudre"),
    ("frame_count", "{frame}", 2.0**53, DAY, "Frame counter", "Compteur de trames"),
    ("pulse_count", "{pulse}", 2.0**53, DAY, "Pulses", "Impulsions"),
)
