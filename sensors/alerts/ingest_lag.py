"""Messages that reach the store late, or not at all."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="ingest_lag",
    name_fr="Retard de l’ingestion",
    name_en="Ingest lag",
    findings=("ingest_lag",),
    steps_fr=(
        "Lancer `vigie check` : il nomme ce qui ne répond pas (courtier, base, disque).",
        "Regarder `vigie local status` : file du courtier presque pleine, messages perdus.",
        "Regarder le disque et la charge de la base ; arrêter ce qui la bloque (sauvegarde, chargement).",
        "Redémarrer `vigie ingest` : rien n’est perdu, le courtier garde les messages.",
        "Si le débit dépasse durablement un travailleur, en ajouter (`vigie ingest --workers`).",
    ),
    steps_en=(
        "Run `vigie check`: it names what does not answer (broker, database, disk).",
        "Look at `vigie local status`: the broker's queue nearly full, messages dropped.",
        "Look at the disk and at the load of the database; stop what blocks it (backup, load).",
        "Restart `vigie ingest`: nothing is lost, the broker keeps the messages.",
        "If there is more than one worker can take, add some (`vigie ingest --workers`).",
    ),
)
