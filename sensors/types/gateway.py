"""A gateway: what other devices speak through."""

from sensors.asset import AssetType, Attribute, Observed

TYPE = AssetType(
    name="gateway",
    name_en="Gateway",
    name_fr="Passerelle",
    domain="platform",
    quantities=(
        Observed("gateway_online", None),
        Observed("uptime", 3600),
        Observed("queue_length", 3600),
        Observed("clock_offset", 3600),
        Observed("device_temperature", 3600),
        Observed("mains_power", None),
        Observed("rssi", 3600),
        Observed("battery_level", 86400),
    ),
    attributes=(
        Attribute("firmware", "text", "Firmware", "Micrologiciel"),
        Attribute("network", "text", "Network (LoRaWAN, NB-IoT, fibre...)", "Réseau (LoRaWAN, NB-IoT, fibre...)"),
        Attribute("serial_number", "text", "Serial number", "Numéro de série"),
    ),
)
