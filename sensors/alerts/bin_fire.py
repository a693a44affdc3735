"""A waste container that burns."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="bin_fire",
    name_fr="Feu de conteneur",
    name_en="Bin fire",
    findings=("container_fire",),
    steps_fr=(
        "Appeler les pompiers (18 ou 112) avec l’adresse du conteneur ; ne pas attendre de confirmation.",
        "Ne pas ouvrir le couvercle : l’air attise le feu. Éloigner les passants, à vingt mètres au moins.",
        "Prévenir l’astreinte propreté, et le gestionnaire si le conteneur touche une façade ou une voiture.",
        "Après l’extinction, faire contrôler la sonde et remplacer le conteneur ; déclarer le sinistre.",
        "Si ce n’était pas un feu, le dire dans Vigie (fausse alerte) : le seuil s’ajuste.",
    ),
    steps_en=(
        "Call the fire brigade (18 or 112) with the address of the container; do not wait for confirmation.",
        "Do not open the lid: air feeds the fire. Keep people away, twenty metres at least.",
        "Tell the cleaning team on call, and the owner where the container touches a front or a car.",
        "Once it is out, have the sensor checked and the container replaced; report the damage.",
        "If it was no fire, say so in Vigie (false alarm): the threshold adapts.",
    ),
)
