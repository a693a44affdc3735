"""A container that will be full before its vehicle comes."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="overflow_to_come",
    name_fr="Débordement à venir",
    name_en="Overflow to come",
    findings=("overflow_to_come",),
    steps_fr=(
        "Lire dans le message quand le conteneur sera plein et quand passe le prochain camion.",
        "Ajouter le conteneur à la tournée du jour, ou avancer la tournée (`vigie rounds plan`).",
        "Si plusieurs conteneurs voisins se remplissent, chercher la raison : marché, fête, dépôt sauvage.",
        "Si cela revient chaque semaine, revoir le plan de collecte ou la taille du conteneur.",
    ),
    steps_en=(
        "Read in the message when the container will be full and when the next vehicle comes.",
        "Add the container to the round of the day, or drive the round earlier (`vigie rounds plan`).",
        "If several neighbours fill up, look for the reason: market, fair, dumped waste.",
        "If it comes back every week, revise the collection plan or the size of the container.",
    ),
)
