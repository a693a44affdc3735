"""A street whose lamps are dark when they ought to burn."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="dark_street",
    name_fr="Rue dans le noir",
    name_en="Dark street",
    causes=("cabinet_tripped", "feeder_lost"),
    findings=("cabinet_tripped", "feeder_out"),
    steps_fr=(
        "Regarder dans Vigie quelles lampes sont éteintes : toute l’armoire, ou un seul départ.",
        "Appeler le gestionnaire du réseau électrique si le quartier entier est sans courant.",
        "Sur place, baliser ce qui est dangereux avant d’ouvrir l’armoire ; personnel habilité seulement.",
        "Chercher le défaut avant de réenclencher : un disjoncteur qui retombe ne se réenclenche pas deux fois.",
        "Vérifier dans Vigie, la nuit même, que les lampes sont rallumées.",
    ),
    steps_en=(
        "See in Vigie which lamps are dark: the whole cabinet, or one feeder.",
        "Call the distribution operator if the whole quarter is without power.",
        "On site, mark what is dangerous before opening the cabinet; authorised staff only.",
        "Look for the fault before closing the breaker: one that trips again is not closed a second time.",
        "Check in Vigie the same night that the lamps burn.",
    ),
)
