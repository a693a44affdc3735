"""Does a report hold? Signature, hashes, and every figure told again from the evidence, without any database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.kpi import Domain, domains
from analytics.report.errors import OtherFiguresError, OtherMethodError
from analytics.report.evidence import OtherInputsError
from analytics.report.manifest import DomainEntry, Manifest, Rounding, read_manifest
from analytics.report.seal import check_seal
from analytics.report.told import FigureRow, figure_row, read_figures, tell_files

Key = tuple[str, int, str, int | None]  # domain, part, KPI, asset
NUMBERS = ("value", "low", "high", "completeness", "baseline")
N_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a report that holds: who signed it, and how many figures came out equal."""

    manifest: Manifest
    public_key: str
    n_figures: int


def verify(files: Mapping[str, bytes], expected_key: str | None = None) -> Verdict:
    """Check the files of a report and tell its figures again.

    Parameters
    ----------
    expected_key
        The public key (base64) that it has to be signed with; None: any, and the caller says which it was.

    Raises
    ------
    UnreadableReportError, ChangedReportError, OtherKeyError, OtherMethodError, OtherFiguresError
        In this order of looking.
    """
    manifest, public_key = check_seal(files, read_manifest, expected_key)
    return Verdict(manifest, public_key, compare(manifest, files))


def compare(manifest: Manifest, files: Mapping[str, bytes]) -> int:
    """Tell all figures again and give their number.

    Raises
    ------
    OtherMethodError
        Some cannot be told by this version; all others were equal.
    OtherFiguresError
        Some come out otherwise.
    """
    known = {domain.name: domain for domain in domains()}
    written = written_figures(manifest, files)
    unable: list[str] = []
    differences: list[str] = []
    for entry in manifest.domains:
        own = {key: row for key, row in written.items() if key[0] == entry.name}
        domain = known.get(entry.name)
        reason = reason_not_to_tell(entry, domain)
        if domain is not None and reason is None:
            try:
                differences += compare_domain(domain, entry, files, own, manifest.rounding)
                continue
            except OtherInputsError as error:
                reason = str(error)
        unable.append(f"{entry.name}: {reason}")
    if differences:
        raise OtherFiguresError(sentence_of(differences))
    if unable:
        made_with = ", ".join(f"{name} {version}" for name, version in manifest.programs.items())
        raise OtherMethodError(
            f"signature and files hold, but this version cannot tell it again; {'; '.join(unable)};"
            f" it was made with {made_with}"
        )
    return len(written)


def written_figures(manifest: Manifest, files: Mapping[str, bytes]) -> dict[Key, FigureRow]:
    """Read the report's own figures.

    Raises
    ------
    OtherMethodError
        They are written otherwise than this version does.
    """
    try:
        return {(row.domain, part, row.kpi, row.asset_id): row for part, row in read_figures(files)}
    except OtherInputsError as error:
        vigie = manifest.programs.get("vigie", "?")
        raise OtherMethodError(f"the figures are written in another layout, that of Vigie {vigie}: {error}") from error


def reason_not_to_tell(entry: DomainEntry, domain: Domain | None) -> str | None:
    """Say why this version cannot tell a domain's figures again, or None."""
    needed = f"“{entry.method}”, version {entry.method_version}"
    if domain is None:
        return f"needs {needed}, which is not in this version"
    if (domain.method, domain.method_version) != (entry.method, entry.method_version):
        return f"needs {needed}; here is “{domain.method}”, version {domain.method_version}"
    return None


def compare_domain(
    domain: Domain,
    entry: DomainEntry,
    files: Mapping[str, bytes],
    written: Mapping[Key, FigureRow],
    rounding: Rounding,
) -> list[str]:
    """Tell a domain's figures again and name what differs."""
    inputs = {name.removeprefix("evidence/"): files[name] for name in entry.inputs if name in files}
    figures = tell_files(domain, inputs, [part.part for part in entry.parts])
    told = {
        (domain.name, part, figure.kpi, figure.asset_id): figure_row(domain, figure, {})
        for part, own in figures.items()
        for figure in own
    }
    unlike = [f"{name_of(key)} is not told" for key in written if key not in told]
    unlike += [f"{name_of(key)} is told, the report has none" for key in told if key not in written]
    for key, row in written.items():
        if key in told and (difference := differs(row, told[key], rounding)):
            unlike.append(f"{name_of(key, row)}: {difference}")
    return unlike


def differs(written: FigureRow, told: FigureRow, rounding: Rounding) -> str | None:
    """Say in what a figure differs, or None."""
    for name in NUMBERS:
        old, new = getattr(written, name), getattr(told, name)
        if not is_equal(old, new, rounding):
            return f"{name} {old} in the report, {new} from the evidence"
    for name in ("unit", "withheld"):
        old, new = getattr(written, name), getattr(told, name)
        if old != new:
            return f"{name} “{old}” in the report, “{new}” from the evidence"
    return None


def is_equal(old: float | None, new: float | None, rounding: Rounding) -> bool:
    """Say whether two numbers are equal to the stated rounding."""
    if old is None or new is None:
        return old is new
    return old == new or abs(old - new) <= max(rounding.absolute, rounding.relative * max(abs(old), abs(new)))


def name_of(key: Key, row: FigureRow | None = None) -> str:
    """Name a figure."""
    _, part, kpi, asset_id = key
    asset = row.asset if row is not None and row.asset else asset_id
    return f"{kpi}{'' if asset_id is None else f' of {asset}'}{'' if part == 0 else f' in part {part}'}"


def sentence_of(differences: Sequence[str]) -> str:
    """Name the first differences and how many more there are."""
    more = len(differences) - N_SHOWN
    shown = "; ".join(differences[:N_SHOWN])
    noun = "figure comes" if len(differences) == 1 else "figures come"
    return f"{len(differences)} {noun} out otherwise: {shown}{f'; and {more} more' if more > 0 else ''}"
