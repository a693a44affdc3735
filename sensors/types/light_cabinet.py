"""A street lighting cabinet: meter, breakers and relays of the lamps behind it."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="light_cabinet",
    name_en="Lighting cabinet",
    name_fr="Armoire d'éclairage",
    domain="lighting",
    quantities=(
        Observed("active_energy", 600),
        Observed("active_power", 600),
        Observed("reactive_energy", 600),
        Observed("relay_on", None),
        Observed("breaker", None),
        Observed("door", None),
        Observed("mains_power", None),
        Observed("illuminance", 600),
        Observed("residual_current", 3600),
        Observed("voltage", 600, channel="l1"),
        Observed("voltage", 600, channel="l2"),
        Observed("voltage", 600, channel="l3"),
        Observed("current", 600, channel="l1"),
        Observed("current", 600, channel="l2"),
        Observed("current", 600, channel="l3"),
        Observed("power_factor", 600, channel="l1"),
        Observed("power_factor", 600, channel="l2"),
        Observed("power_factor", 600, channel="l3"),
    ),
    attributes=(
        Attribute("subscribed_power_kw", "number", "Subscribed power", "Puissance souscrite", "kW"),
        Attribute("delivery_point", "text", "Delivery point (PRM)", "Point de livraison (PRM)"),
        Attribute("n_lamps", "number", "Number of lamps", "Nombre de points lumineux", "{lamp}"),
        Attribute("tariff", "text", "Tariff", "Tarif"),
        Attribute("power_before_w", "number", "Power of its lamps before", "Puissance des lampes avant travaux", "W"),
        Attribute("sun_depression_deg", "number", "Sun below the horizon", "Abaissement du soleil", "deg"),
        Attribute("street_length_m", "number", "Length of street", "Longueur de voirie", "m"),
        Attribute("lit_area_m2", "number", "Lit area", "Surface éclairée", "m2"),
        Attribute("illuminance_lx", "number", "Mean maintained illuminance", "Éclairement moyen à maintenir", "lx"),
        Attribute("installed_on", "date", "Installed on", "Mise en service"),
    ),
    data_model="StreetlightControlCabinet",
)
