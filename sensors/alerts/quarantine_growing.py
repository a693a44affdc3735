"""Many more messages refused than usual."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="quarantine_growing",
    name_fr="Quarantaine qui grossit",
    name_en="Quarantine growing",
    findings=("quarantine_growing",),
    steps_fr=(
        "Lister les rejets par raison et par appareil (`vigie rejections`, ou la page Quarantaine).",
        "Un seul modèle : son micrologiciel ou son décodeur a changé ; corriger le décodeur.",
        "Appareils inconnus : les accepter s’ils sont à nous, sinon en chercher l’origine.",
        "Rejouer les rejets une fois la cause levée (`vigie replay`) : rien n’est perdu.",
    ),
    steps_en=(
        "List the rejections by reason and device (`vigie rejections`, or the page's quarantine).",
        "A single model: its firmware or its decoder has changed; mend the decoder.",
        "Unknown devices: accept them if they are ours, else find out where they come from.",
        "Replay the rejections once the cause is gone (`vigie replay`): nothing is lost.",
    ),
)
