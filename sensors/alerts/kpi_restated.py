"""A figure of a signed report, or one shown to all, that was told anew."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="kpi_restated",
    name_fr="Indicateur retraité",
    name_en="KPI restated",
    findings=("kpi_restated",),
    steps_fr=(
        "Lire ce qui a changé, de combien, et pourquoi : données tardives, corrigées, référence, méthode.",
        "Décider si l’écart compte : l’ancienne valeur reste, avec sa preuve.",
        "Prévenir les destinataires du rapport signé et leur en remettre un nouveau (`vigie report`).",
        "Si la cause est une saisie, vérifier qui l’a faite et si elle est juste.",
    ),
    steps_en=(
        "Read what changed, by how much, and why: late data, corrected data, reference data, method.",
        "Decide whether the difference matters: the old value stays, with its proof.",
        "Tell those who hold the signed report and give them a new one (`vigie report`).",
        "If an entry is the cause, see who made it and whether it is right.",
    ),
)
