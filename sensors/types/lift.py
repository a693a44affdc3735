"""A lift: runs, doors, motor."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="lift",
    name_en="Lift",
    name_fr="Ascenseur",
    domain="building",
    quantities=(
        Observed("lift_in_service", None),
        Observed("run_count", 3600),
        Observed("door_cycle_count", 3600),
        Observed("door_cycle_duration", 3600),
        Observed("start_count", 3600),
        Observed("active_energy", 3600),
        Observed("vibration_velocity", 3600),
        Observed("gear_temperature", 3600, channel="motor"),
        Observed("person_trapped", None),
        Observed("equipment_fault", None),
    ),
    attributes=(
        Attribute("n_floors", "number", "Floors served", "Niveaux desservis", "{floor}"),
        Attribute("load_kg", "number", "Rated load", "Charge nominale", "kg"),
        Attribute("installed_on", "date", "Installed on", "Mise en service"),
        Attribute("overhauled_on", "date", "Last overhauled", "Dernière révision"),
        Attribute("runs_to_overhaul", "number", "Runs between overhauls", "Courses entre révisions", "{run}"),
        Attribute(
            "door_cycles_to_overhaul", "number", "Door cycles between overhauls", "Cycles entre révisions", "{cycle}"
        ),
    ),
)
