"""A main that loses water."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="leak",
    name_fr="Fuite d’eau",
    name_en="Leak",
    causes=("water_main",),
    findings=("leak", "pipe_break"),
    steps_fr=(
        "Lire dans le constat le débit perdu et les capteurs près desquels écouter d’abord.",
        "En cas de rupture : isoler le tronçon par les vannes, prévenir les usagers et la voirie.",
        "Prévenir les pompiers si un poteau d’incendie est privé d’eau.",
        "Écouter sur place, en commençant par le premier capteur nommé ; noter l’endroit trouvé.",
        "Après la réparation, purger, contrôler la qualité de l’eau, et vérifier le débit de la nuit suivante.",
    ),
    steps_en=(
        "Read in the finding how much is lost and near which sensors to listen first.",
        "If it is a burst: shut the valves of the stretch, tell customers and the road service.",
        "Tell the fire brigade where a hydrant is without water.",
        "Listen on site, beginning with the first sensor named; note the place that was found.",
        "After the repair, flush, check the quality of the water, and look at the flow of the next night.",
    ),
)
