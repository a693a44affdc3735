"""The platform's own trouble as findings: messages that are stored late or not at all, a quarantine that grows, figures
that people hold told anew, backups that cannot be restored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.limits import LimitReport
from analytics.report.amount import amount, cause
from analytics.sentence import french_number, local_clock, local_clock_fr, local_day, local_day_fr, number
from sensors.kpi import kpi_name
from sensors.language import Language
from sensors.severity import Severity
from store.backup_runs import LONGEST, Action, BackupStanding, Fault, read_standing
from store.inputs import Connection
from store.platform import Ingest, Refused, Restated, close_others, read_ingest, read_refused, read_restated, read_tops
from store.results import Finding, open_finding

MODEL = "platform"
LATE_S = 60.0  # a batch is under way for a second or two; a minute is a database that stands still
LEAST_BATCHES = 100  # of a day: where less comes, a pause says little
LEAST_PAUSE_S = 600.0
TIMES_USUAL = 3.0  # the longest pause of the day
LEAST_REFUSED = 20
TIMES_REFUSED = 3.0  # those of an ordinary hour
LANGUAGES: tuple[Language, ...] = ("en", "fr")
CHECK = ("To do: run `vigie check`.", "À faire : lancer `vigie check`.")
FAILED_SCORE = 10.0  # a drill that failed is worse than one that is late, however late


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong in a territory: since when, how bad, and in English and French."""

    territory_id: int
    started_at: datetime
    score: float
    severity: Severity
    sentence_en: str
    sentence_fr: str
    evidence: dict[str, float | int | str | None]


def watch_platform(connection: Connection, now: datetime, backup_longest: timedelta = LONGEST) -> LimitReport:
    """Open findings for what is wrong, and close those of what is in order again."""
    with connection.transaction():
        ingest, backups = read_ingest(connection, now), read_standing(connection)
        tops = read_tops(connection)
        found = {
            "ingest_lag": [one for top, zone in tops if (one := lagging(ingest, top, zone, now))],
            "backup_failed": [one for top, zone in tops if (one := unsafe(backups, top, zone, now, backup_longest))],
            "quarantine_growing": [one for row in read_refused(connection, now) if (one := growing(row, now))],
            "kpi_restated": [restated(row) for row in read_restated(connection, now)],
        }
        report = LimitReport()
        for kind, troubles in found.items():
            report += write(connection, kind, troubles, now)
    return report


def write(connection: Connection, kind: str, troubles: Iterable[Trouble], now: datetime) -> LimitReport:
    """Write the findings of one kind."""
    told = list(troubles)
    n_closed = close_others(connection, kind, MODEL, [one.territory_id for one in told], now)
    return LimitReport(sum(open_finding(connection, finding_of(kind, one)) for one in told), n_closed)


def finding_of(kind: str, one: Trouble) -> Finding:
    """Put a trouble into a finding about the territory."""
    return Finding(
        territory_id=one.territory_id,
        kind=kind,
        model=MODEL,
        model_version="1",
        started_at=one.started_at,
        score=one.score,
        severity=one.severity,
        sentence_en=one.sentence_en,
        sentence_fr=one.sentence_fr,
        evidence=one.evidence,
    )


def lagging(ingest: Ingest, territory_id: int, time_zone: str, now: datetime) -> Trouble | None:
    """Judge the ingest: batches that take long, or a pause three times the longest of the day and ten minutes at least.

    Where fewer than a hundred batches came in a day, only the first is judged.
    """
    limit_s = max(LEAST_PAUSE_S, TIMES_USUAL * ingest.usual_pause_s)
    evidence: dict[str, float | int | str | None] = {"longest_s": ingest.longest_s, "pause_s": ingest.pause_s}
    if ingest.pause_s is not None and ingest.n_batches >= LEAST_BATCHES and ingest.pause_s > limit_s:
        since = now - timedelta(seconds=ingest.pause_s)
        english = f"Nothing has been stored since {local_clock(since, time_zone)}. {CHECK[0]}"
        french = f"Rien n’est enregistré depuis le {local_clock_fr(since, time_zone)}. {CHECK[1]}"
        return Trouble(territory_id, since, ingest.pause_s / limit_s, "urgent", english, french, evidence)
    if ingest.longest_s > LATE_S:
        english = f"Messages wait up to {ingest.longest_s:.0f} s until they are stored. {CHECK[0]}"
        french = f"Des messages attendent jusqu’à {ingest.longest_s:.0f} s avant d’être enregistrés. {CHECK[1]}"
        return Trouble(territory_id, now, ingest.longest_s / LATE_S, "warning", english, french, evidence)
    return None


def unsafe(
    backups: BackupStanding, territory_id: int, time_zone: str, now: datetime, longest: timedelta
) -> Trouble | None:
    """Judge the backups: one could not be written or restored, or none was restored on trial for longer than `longest`.

    Where nobody ever backed up nothing is judged: `vigie check` says so.
    """
    if backups.failing_since is not None and backups.action and backups.fault:
        since = backups.failing_since
        english, french = FAILURES[backups.action, backups.fault]
        score, severity = FAILED_SCORE, URGENT
    elif backups.is_overdue(now, longest) and backups.waits_since is not None:
        since = backups.waits_since
        english, french = OVERDUE if backups.drilled_at else NEVER_DRILLED
        score, severity = min(FAILED_SCORE / 2, (now - since) / longest), WARNING
    else:
        return None
    drilled_s = None if backups.drilled_at is None else (now - backups.drilled_at).total_seconds()
    return Trouble(
        territory_id,
        since,
        score,
        severity,
        english.format(at=local_clock(since, time_zone)),
        french.format(at=local_clock_fr(since, time_zone)),
        {
            "action": backups.action,
            "fault": backups.fault,
            "drilled_s": drilled_s,
            "longest_s": longest.total_seconds(),
        },
    )


def growing(row: Refused, now: datetime) -> Trouble | None:
    """Judge a quarantine: twenty refused in an hour at least, and three times those of an ordinary hour."""
    limit = max(LEAST_REFUSED, TIMES_REFUSED * row.usual)
    if row.n_now < limit:
        return None
    usual = number(row.usual)
    return Trouble(
        row.territory_id,
        now - timedelta(hours=1),
        row.n_now / limit,
        "warning",
        f"{row.name}: {row.n_now} messages, or parts of them, were refused within an hour; {usual} is usual."
        " To do: read the reasons in the quarantine.",
        f"{row.name} : {row.n_now} messages, ou parties de messages, refusés en une heure ;"
        f" d’habitude {french_number(usual)}. À faire : lire les motifs dans la quarantaine.",
        {"n": row.n_now, "usual": row.usual},
    )


def restated(row: Restated) -> Trouble:
    """Say which figure was told anew; it stands for a day after the last."""
    name = kpi_name(row.kpi)
    (old_en, new_en), (old_fr, new_fr) = (
        [amount(value, row.unit, language) for value in (row.before, row.value)] for language in LANGUAGES
    )
    more_en = f" ({row.n} figures, {row.n_signed} of signed reports)" if row.n > 1 else ""
    more_fr = f" ({row.n} valeurs, dont {row.n_signed} de rapports signés)" if row.n > 1 else ""
    day_en, day_fr = local_day(row.period_begins_at, row.time_zone), local_day_fr(row.period_begins_at, row.time_zone)
    return Trouble(
        row.territory_id,
        row.first_at,
        float(row.n),
        "warning" if row.n_signed else "info",
        f"{name.name_en} (KPI), from {day_en} on, was told anew: {old_en} became {new_en}, by {row.cause}{more_en}."
        " To do: tell those who hold the old figure.",
        f"Indicateur « {name.name_fr} » à partir du {day_fr} retraité : {old_fr} devient {new_fr}"
        f" ({cause(row.cause, 'fr')}){more_fr}. À faire : prévenir ceux qui ont l’ancienne valeur.",
        {"kpi": row.kpi, "before": row.before, "value": row.value, "n": row.n, "n_signed": row.n_signed},
    )


URGENT: Severity = "urgent"
WARNING: Severity = "warning"
# A backup that was written is only known to be older, or otherwise, by its drill.
FAILURES: Mapping[tuple[Action, Fault], tuple[str, str]] = {
    ("backup", "failed"): (
        "The backup could not be written, first on {at}.",
        "La sauvegarde n’a pas pu être écrite, la première fois le {at}.",
    ),
    ("drill", "failed"): (
        "The newest backup could not be restored on trial; drills fail since {at}.",
        "La dernière sauvegarde n’a pas pu être restaurée à l’essai ; les essais échouent depuis le {at}.",
    ),
    ("drill", "different"): (
        "The newest backup did not come back as it was saved; drills fail since {at}.",
        "La dernière sauvegarde restaurée à l’essai diffère de ce qui avait été sauvé ; les essais échouent depuis le"
        " {at}.",
    ),
    ("drill", "too_old"): (
        "The newest backup is too old; drills say so since {at}.",
        "La dernière sauvegarde est trop ancienne ; les essais le disent depuis le {at}.",
    ),
}
OVERDUE = (
    "No backup has been restored on trial since {at}.",
    "Aucune sauvegarde n’a été restaurée à l’essai depuis le {at}.",
)
NEVER_DRILLED = (
    "Backups are made since {at}, and none has been restored on trial.",
    "Des sauvegardes sont faites depuis le {at}, et aucune n’a été restaurée à l’essai.",
)
