"""States: numbered codes. A number once given is never given another meaning, because it is what the store holds.

A new code takes the next number; a retired one keeps its number and its name. Numbers run from 0 without a gap.
Alarm names follow the OMA/uCIFI objects for lighting (3416), parking (3431) and filling level (3435).
"""

# slug, English, French; its place in the tuple is its number
CodeRow = tuple[str, str, str]
# name, longest hold [s], English, French, codes
StateRow = tuple[str, float, str, str, tuple[CodeRow, ...]]

HOURS_2, DAY = 7200.0, 86400.0

NO_YES: tuple[CodeRow, ...] = (("no", "no", "non"), ("yes", "yes", "oui"))
LAMP: tuple[CodeRow, ...] = (("off", "off", "éteinte"), ("on", "on", "allumée"))
RUNNING: tuple[CodeRow, ...] = (("off", "off", "à l'arrêt"), ("on", "on", "en marche"))
RELAY: tuple[CodeRow, ...] = (("off", "off", "ouvert"), ("on", "on", "fermé"))
ALARM: tuple[CodeRow, ...] = (("normal", "normal", "normal"), ("alarm", "alarm", "alarme"))

OCCUPANCY: tuple[CodeRow, ...] = (
    ("free", "free", "libre"),
    ("occupied", "occupied", "occupée"),
    ("closed", "closed", "fermée"),
    ("unknown", "unknown", "inconnue"),
)
CONTAINER: tuple[CodeRow, ...] = (
    ("ok", "in order", "en ordre"),
    ("lid_open", "lid open", "couvercle ouvert"),
    ("dropped", "tipped over", "renversé"),
    ("moved", "moved", "déplacé"),
    ("burning", "burning", "en feu"),
    ("full", "full", "plein"),
    ("damaged", "damaged", "endommagé"),
)
SURFACE: tuple[CodeRow, ...] = (
    ("dry", "dry", "sèche"),
    ("moist", "moist", "humide"),
    ("wet", "wet", "mouillée"),
    ("frost", "frost", "givrée"),
    ("snow", "snow", "enneigée"),
    ("ice", "ice", "verglacée"),
)
ONLINE: tuple[CodeRow, ...] = (("offline", "offline", "hors ligne"), ("online", "online", "en ligne"))
BREAKER: tuple[CodeRow, ...] = (("closed", "closed", "fermé"), ("tripped", "tripped", "déclenché"))
LABEL: tuple[CodeRow, ...] = (("fault_free", "fault free", "sans défaut"), ("faulty", "faulty", "en défaut"))
PRESENCE: tuple[CodeRow, ...] = (("absent", "nobody", "personne"), ("present", "somebody", "présence"))
DOOR: tuple[CodeRow, ...] = (("closed", "closed", "fermée"), ("open", "open", "ouverte"))
OPENING: tuple[CodeRow, ...] = (("closed", "closed", "fermé"), ("open", "open", "ouvert"))
IN_USE: tuple[CodeRow, ...] = (("unoccupied", "unoccupied", "inoccupé"), ("occupied", "occupied", "occupé"))

STATES: tuple[StateRow, ...] = (
    ("lamp_on", DAY, "Lamp state", "État de la lampe", LAMP),
    ("lamp_failure", DAY, "Lamp failure", "Lampe en panne", ALARM),
    ("control_gear_failure", DAY, "Control gear failure", "Appareillage en panne", ALARM),
    ("relay_failure", DAY, "Relay failure", "Relais en panne", ALARM),
    ("day_burner", DAY, "Lamp burning by day", "Lampe allumée le jour", ALARM),
    ("cycling_failure", DAY, "Lamp cycling", "Lampe qui clignote", ALARM),
    ("thermal_shutdown", DAY, "Thermal shutdown", "Coupure thermique", ALARM),
    ("relay_on", DAY, "Feeder relay state", "État du relais de départ", RELAY),
    ("breaker", DAY, "Circuit breaker", "Disjoncteur", BREAKER),
    ("door", DAY, "Door", "Porte", DOOR),
    ("occupancy", DAY, "Bay occupancy", "Occupation de la place", OCCUPANCY),
    ("forbidden_parking", DAY, "Forbidden parking", "Stationnement interdit", ALARM),
    ("container_state", DAY, "Container state", "État du conteneur", CONTAINER),
    ("lid", DAY, "Lid", "Couvercle", OPENING),
    ("temperature_alarm", DAY, "Temperature alarm", "Alarme de température", ALARM),
    ("out_of_location", DAY, "Out of location", "Hors de son emplacement", ALARM),
    ("presence", HOURS_2, "Presence", "Présence", PRESENCE),
    ("occupancy_mode", DAY, "Occupancy mode", "Mode d'occupation", IN_USE),
    ("window", DAY, "Window", "Fenêtre", DOOR),
    ("fan_on", DAY, "Fan state", "État du ventilateur", RUNNING),
    ("boiler_on", DAY, "Boiler state", "État de la chaudière", RUNNING),
    ("pump_on", DAY, "Pump state", "État de la pompe", RUNNING),
    ("equipment_fault", DAY, "Fault reported by the equipment", "Défaut signalé par l'équipement", ALARM),
    ("lift_in_service", DAY, "Lift in service", "Ascenseur en service", NO_YES),
    ("person_trapped", DAY, "Person trapped", "Personne bloquée", ALARM),
    ("leak", DAY, "Leak", "Fuite", ALARM),
    ("tamper", DAY, "Tampering", "Fraude ou arrachement", ALARM),
    ("surface_state", DAY, "Road surface state", "État de la chaussée", SURFACE),
    ("gateway_online", DAY, "Gateway online", "Passerelle en ligne", ONLINE),
    ("mains_power", DAY, "Mains present", "Secteur présent", NO_YES),
    ("fault_label", DAY, "Fault label of a data set", "Étiquette de défaut d'un jeu de données", LABEL),
)
