"""A structure beyond a limit that was set for it."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="structure_limit",
    name_fr="Limite d’ouvrage dépassée",
    name_en="Structure beyond a limit",
    findings=("structure_limit", "settlement", "structural_change"),
    steps_fr=(
        "Regarder si plusieurs capteurs du même élément le disent ; un seul peut être déréglé.",
        "Appeler l’ingénieur chargé de l’ouvrage : lui seul décide de rouvrir.",
        "En cas de doute sérieux, fermer à la circulation sans attendre, dessus et dessous.",
        "Faire inspecter sur place : fissures, appuis, joints ; prendre des photos datées.",
        "Ne déplacer ni remettre à zéro aucun capteur avant la visite.",
    ),
    steps_en=(
        "See whether several sensors of the same element say so; a single one may be off.",
        "Call the engineer in charge of the structure: nobody else decides to open it again.",
        "In serious doubt, close it to traffic at once, above and below.",
        "Have it inspected on site: cracks, bearings, joints; take dated photographs.",
        "Neither move nor reset any sensor before the visit.",
    ),
)
