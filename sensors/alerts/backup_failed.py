"""No backup that can be restored, or none young enough."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="backup_failed",
    name_fr="Sauvegarde défaillante",
    name_en="Backup failed",
    findings=("backup_failed",),
    steps_fr=(
        "Lancer `vigie status`, lire `journalctl -u vigie-backup` : 13 illisible, absente, 14 différente, 15 vieille.",
        "Trop ancienne, ou aucun essai : `systemctl list-timers vigie-backup.timer` ; la place sur son disque.",
        "Illisible ou différente : ne rien effacer. `vigie backup` tout de suite ailleurs, puis `vigie drill` dessus.",
        "Si la nouvelle diffère aussi : `vigie check`, et faire examiner la base avant toute autre chose.",
        "Chercher la dernière bonne : `vigie restore SAUVEGARDE --drill`, de la plus récente à la plus ancienne.",
        "L’alerte prend fin dès qu’un `vigie drill` ne trouve rien.",
    ),
    steps_en=(
        "Run `vigie status`, read `journalctl -u vigie-backup`: 13 not readable or absent, 14 different, 15 too old.",
        "Too old, or no drill: `systemctl list-timers vigie-backup.timer`; the room on the disk of backups.",
        "Not readable or different: delete nothing. `vigie backup` at once elsewhere, then `vigie drill` on that.",
        "If the new one differs too: `vigie check`, and have the database looked at before anything else.",
        "Find the last good one: `vigie restore BACKUP --drill`, from the newest to the oldest.",
        "The alert ends as soon as a `vigie drill` finds nothing.",
    ),
)
