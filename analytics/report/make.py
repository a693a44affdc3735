"""A report made: read in one instant, told, checked against what stands in the store, written, hashed and signed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics.kpi import Domain
from analytics.kpi.figure import Figure
from analytics.report.bundle import MANIFEST, SIGNATURE
from analytics.report.document import Heading, compose
from analytics.report.errors import ReportError
from analytics.report.html import write_html
from analytics.report.key import fingerprint, public_text, sign
from analytics.report.manifest import (
    DomainEntry,
    FileEntry,
    LeftOut,
    Manifest,
    PartEntry,
    Rounding,
    describe,
    programs,
    to_json,
)
from analytics.report.pdf import write_pdf
from analytics.report.span import Part, Span, bounds
from analytics.report.told import FIGURES, Told, read_told, write_figures
from analytics.report.verify import is_equal
from sensors.language import Language
from store.inputs import Connection
from store.reports import (
    CurrentKpi,
    Reported,
    SignedReport,
    frozen,
    keep_report,
    read_asset_slugs,
    read_current_kpis,
    read_reported,
)
from store.restatement import Restatement, mark_again, read_restatements
from store.territory import find_territory

N_CHANGES = 40  # restatements that a report shows; the API lists all
ABOUT = {"report.html": "the report, to be read", "report.pdf": "the report, to be printed", FIGURES: "every figure"}


Key = tuple[str, int | None, datetime, datetime]  # KPI, asset, period


class StaleError(ReportError):
    """Figures stand otherwise in the store than their inputs say now; they are marked to be told anew."""

    def __init__(self, territory_id: int, begins_at: datetime, reason: str) -> None:
        super().__init__(f"{reason}; it is told anew by the next round of `vigie analyse`: ask again then")
        self.territory_id = territory_id
        self.begins_at = begins_at


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked of: a territory's slug, a period, a language."""

    territory: str
    span: Span
    language: Language


@dataclass(frozen=True, slots=True)
class Found:
    """What was read in one instant; `as_of` is when the newest value in the store was computed."""

    reported: Reported
    told: Sequence[Told]
    left_out: Sequence[LeftOut]
    slugs: Mapping[int, str]
    changes: Sequence[Restatement]
    as_of: datetime


def make_report(connection: Connection, asked: Asked, key: Ed25519PrivateKey, now: datetime) -> dict[str, bytes]:
    """Make a report, keep it in the store for ten years, and give its files by name.

    The same state of the store gives the same bytes in every file but the manifest, which says when it was signed.

    Raises
    ------
    ReportError
        The territory is not known, the period is not over, or its figures are being computed.
    """
    try:
        with frozen(connection):
            found = read_found(connection, asked)
    except StaleError as error:
        mark_again(connection, error.territory_id, error.begins_at)
        raise
    files = write_files(found, asked, public_text(key))
    manifest = manifest_of(found, asked, files, now)
    content = to_json(manifest)
    signature = to_json(sign(key, content))
    kept = SignedReport(0, asked.territory, asked.span.text, asked.language, now, content, signature)
    keep_report(connection, found.reported.territory_id, kept, files)
    return {**files, MANIFEST: content, SIGNATURE: signature}


def read_found(connection: Connection, asked: Asked) -> Found:
    """Read inputs, tell figures, and hold them against the store."""
    reported = read_ready(connection, asked)
    territory_id, span = reported.territory_id, outer_bounds(asked.span, reported.time_zone)
    current = read_current_kpis(connection, territory_id, span)
    told = read_told(connection, territory_id, asked.span, reported.time_zone)
    kept, left_out = sort_out(reported, told, current)
    if not kept:
        raise ReportError(f"{asked.territory} has no figure of {asked.span.text} that could be reported")
    changes = read_restatements(connection, territory_id, span, N_CHANGES + 1)
    as_of = max((one.computed_at for one in current), default=reported.computed_to)
    return Found(reported, kept, left_out, read_asset_slugs(connection, territory_id), changes, as_of)


def sort_out(
    reported: Reported, told: Sequence[Told], current: Sequence[CurrentKpi]
) -> tuple[list[Told], list[LeftOut]]:
    """Keep what stands in the store like this; leave out what does not because its raw values have gone.

    Raises
    ------
    StaleError
        Figures stand otherwise although their inputs are all there.
    """
    standing = {(one.kpi, one.asset_id, one.begins_at, one.ends_at): one for one in current}
    kept, left_out = [], []
    for one in told:
        unlike = next(unlike_figures(one, standing), None)
        if unlike is None:
            kept.append(one)
        elif reported.is_dropped:
            reason = f"raw values of the period were dropped before it was reported: {unlike[1]}"
            left_out.append(LeftOut(one.domain.name, one.domain.kpis, reason))
        else:
            raise StaleError(reported.territory_id, unlike[0].begins_at, unlike[1])
    return kept, left_out


def read_ready(connection: Connection, asked: Asked) -> Reported:
    """Read the territory. Raises ReportError where it is not known, or its figures are not all told."""
    territory = find_territory(connection, asked.territory)
    if territory is None:
        raise ReportError(f"there is no territory {asked.territory!r}")
    span = outer_bounds(asked.span, territory.time_zone)
    reported = read_reported(connection, asked.territory, span)
    if reported is None or reported.computed_to < span[1]:
        raise ReportError(f"{asked.span.text} is not over, or not computed to its end yet")
    if reported.is_pending:
        raise ReportError(
            f"figures of {asked.span.text} are being computed anew: let `vigie analyse` go on, then ask again"
        )
    return reported


def outer_bounds(span: Span, time_zone: str) -> tuple[datetime, datetime]:
    """Give the begin of the first day and the end of the last night."""
    return bounds(span, "day", time_zone)[0], bounds(span, "night", time_zone)[1]


def unlike_figures(told: Told, standing: Mapping[Key, CurrentKpi]) -> Iterator[tuple[Part, str]]:
    """Say which figures are not the current values of the same periods, and how."""
    for part in told.parts:
        for figure in told.figures[part.index]:
            old = standing.get((figure.kpi, figure.asset_id, part.begins_at, part.ends_at))
            if old is not None and (reason := unlike(old, figure, told.domain)):
                yield part, reason


def unlike(old: CurrentKpi, figure: Figure, domain: Domain) -> str | None:
    """Say in what a figure differs from the current value, or None."""
    if (old.method, old.method_version) != (domain.method, domain.method_version):
        return f"{figure.kpi} was told by version {old.method_version} of its method"
    pairs = ((old.value, figure.value), (old.low, figure.low), (old.high, figure.high))
    if not all(is_equal(stood, now, Rounding()) for stood, now in pairs):
        return f"{figure.kpi} stands as {old.value}, its inputs now say {figure.value}"
    return None


def write_files(found: Found, asked: Asked, public_key: str) -> dict[str, bytes]:
    """Write everything that is signed."""
    heading = Heading(
        found.reported.name, asked.span, found.reported.time_zone, asked.language, found.as_of, fingerprint(public_key)
    )
    document = compose(heading, found.told, found.left_out, found.changes, N_CHANGES)
    files = {"report.html": write_html(document), "report.pdf": write_pdf(document)}
    files[FIGURES] = write_figures(found.told, found.slugs)
    for one in found.told:
        files |= {f"evidence/{name}": content for name, content in one.files.items()}
    return files


def manifest_of(found: Found, asked: Asked, files: Mapping[str, bytes], now: datetime) -> Manifest:
    """Say what the report is of and enter its files."""
    return Manifest(
        territory=asked.territory,
        territory_name=found.reported.name,
        time_zone=found.reported.time_zone,
        period=asked.span.text,
        language=asked.language,
        as_of=found.as_of,
        signed_at=now,
        programs=programs(),
        domains=[domain_entry(one) for one in found.told],
        left_out=found.left_out,
        files=[file_entry(name, files[name]) for name in sorted(files)],
    )


def domain_entry(told: Told) -> DomainEntry:
    """Enter a domain."""
    shares = [figure.completeness for figure in told.figures[0] if figure.completeness is not None]
    return DomainEntry(
        name=told.domain.name,
        kpis=told.domain.kpis,
        method=told.domain.method,
        method_version=told.domain.method_version,
        parts=[PartEntry(part.index, part.begins_at, part.ends_at) for part in told.parts],
        inputs=[f"evidence/{name}" for name in sorted(told.files)],
        least_completeness=min(shares, default=None),
    )


def file_entry(name: str, content: bytes) -> FileEntry:
    """Enter a file."""
    return describe(name, ABOUT.get(name, "inputs of figures"), content)
