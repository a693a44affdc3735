"""An electricity meter."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="electricity_meter",
    name_en="Electricity meter",
    name_fr="Compteur électrique",
    domain="building",
    quantities=(
        Observed("active_energy", 600),
        Observed("exported_energy", 600),
        Observed("reactive_energy", 600),
        Observed("active_power", 600),
        Observed("apparent_power", 600),
        Observed("reactive_power", 600),
        Observed("power_factor", 600),
        Observed("frequency", 600),
        Observed("voltage", 600, channel="l1"),
        Observed("voltage", 600, channel="l2"),
        Observed("voltage", 600, channel="l3"),
        Observed("current", 600, channel="l1"),
        Observed("current", 600, channel="l2"),
        Observed("current", 600, channel="l3"),
        Observed("active_energy", 3600, channel="peak"),
        Observed("active_energy", 3600, channel="off_peak"),
    ),
    attributes=(
        Attribute("delivery_point", "text", "Delivery point (PRM)", "Point de livraison (PRM)"),
        Attribute("subscribed_power_kw", "number", "Subscribed power", "Puissance souscrite", "kW"),
        Attribute("tariff", "text", "Tariff", "Tarif"),
        Attribute("serial_number", "text", "Serial number", "Numéro de série"),
    ),
    data_model="SmartMeteringObservation",
)
