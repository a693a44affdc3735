"""A freezer that is too warm for what it holds."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="freezer_warm",
    name_fr="Congélateur trop chaud",
    name_en="Warm freezer",
    findings=("freezer_warm",),
    steps_fr=(
        "Vérifier que la porte est fermée et que l’appareil est sous tension.",
        "Relever la température avec un thermomètre sûr et noter l’heure sur la fiche de suivi.",
        "Déplacer les denrées vers un autre congélateur avant qu’elles dépassent −15 °C.",
        "Appeler le frigoriste ; ne pas recongeler ce qui a décongelé.",
        "Faire décider du sort des denrées par le responsable de la cuisine, et le noter.",
    ),
    steps_en=(
        "Check that the door is shut and that the freezer has power.",
        "Read the temperature with a sound thermometer and note the time in the log.",
        "Move the food to another freezer before it is warmer than -15 °C.",
        "Call the refrigeration engineer; never freeze again what has thawed.",
        "Have the head of the kitchen decide what becomes of the food, and note it.",
    ),
)
