"""A room whose air is stale."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="co2_high",
    name_fr="CO2 trop élevé",
    name_en="High CO2",
    findings=("co2_high",),
    steps_fr=(
        "Ouvrir les fenêtres en grand dix minutes ; faire sortir les occupants si plus de 5 000 ppm.",
        "Vérifier que la ventilation marche : horaire, filtre, bouches obstruées.",
        "Comparer l’effectif présent à celui prévu pour la salle.",
        "Si tout semble normal, aérer le capteur dehors : il doit lire de 400 à 500 ppm.",
        "Au-delà de 1 500 ppm de façon répétée, engager les mesures prévues pour les lieux publics.",
    ),
    steps_en=(
        "Open the windows wide for ten minutes; have people leave above 5,000 ppm.",
        "Check that the ventilation runs: hours, filter, blocked vents.",
        "Compare the people present with those that the room is meant for.",
        "If all seems in order, take the sensor outdoors: it must read 400 to 500 ppm.",
        "Where 1,500 ppm is passed again and again, take the measures that public buildings have to take.",
    ),
)
