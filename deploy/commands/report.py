"""`vigie report`: KPI reports that are signed and carry their proof; `--verify` checks one without a database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics.report.bundle import pack, read_files
from analytics.report.errors import ReportError
from analytics.report.span import parse_span
from deploy import report_key
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from store.connect import connect
from store.reports import list_reports, read_file

report = typer.Typer(help="KPI reports, signed, with the evidence behind each figure.", invoke_without_command=True)
LANGUAGES = ("fr", "en")
Out = Annotated[Path, typer.Option(help="folder to write to")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(report, name="report")


@report.callback()
def make_or_verify(  # noqa: PLR0913  each argument is an option of the command line
    context: typer.Context,
    territory: Annotated[str | None, typer.Option(help="slug")] = None,
    period: Annotated[str | None, typer.Option(help="2026-10, 2026-Q4 or 2026")] = None,
    language: Annotated[str, typer.Option(help="fr or en")] = "fr",
    out: Out = Path(),
    verify: Annotated[Path | None, typer.Option(help="a report (zip or folder) to check; needs no database")] = None,
    key: Annotated[str | None, typer.Option(help="with --verify: the public key it has to be signed with")] = None,
) -> None:
    """Make a report as HTML and PDF with its evidence, or check one."""
    if context.invoked_subcommand is not None:
        return
    if verify is not None:
        check(verify, key)
        return
    if territory is None or period is None:
        raise SettingError("name --territory and --period, or a file to --verify")
    if language not in LANGUAGES:
        raise SettingError(f"a report is in fr or en, not {language!r}")
    make(territory, period, language, out)


def make(territory: str, period: str, language: str, out: Path) -> None:
    """Make a report and write it."""
    from analytics.report.make import Asked, make_report  # charts and pages, for which other commands need not wait

    asked = Asked(territory, parse_span(period), "en" if language == "en" else "fr")
    with (
        only_warnings(),
        database() as url,
        connect(url, program="report", statement_timeout_s=600, autocommit=True) as connection,
    ):
        files = make_report(connection, asked, report_key.own_key(), datetime.now(UTC))
    write(out, f"vigie-{territory}-{period}-{language}", files)


def write(out: Path, name: str, files: dict[str, bytes]) -> None:
    """Write the zip with everything, and the two pages that people read beside it."""
    out.mkdir(parents=True, exist_ok=True)
    for suffix, content in (
        ("zip", pack(files)),
        ("html", files["report.html"]),
        ("pdf", files["report.pdf"]),
    ):
        path = out / f"{name}.{suffix}"
        path.write_bytes(content)
        typer.echo(f"{path}  {len(content):,} B")


def check(path: Path, key: str | None) -> None:
    """Check a report and say what was found."""
    from analytics.report.key import fingerprint
    from analytics.report.verify import verify

    verdict = verify(read_files(path), key or None)
    manifest, signer = verdict.manifest, fingerprint(verdict.public_key)
    signed_at = manifest.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    typer.echo(f"{manifest.territory_name}, {manifest.period}, signed {signed_at} with key {signer}")
    typer.echo("signature and files hold")
    typer.echo(
        f"{verdict.n_figures} figures told again from the evidence: equal to the stated rounding"
        f" ({manifest.rounding.relative:g} of the value)"
    )
    if not key:
        own = report_key.own_public() == verdict.public_key
        known = "this installation's own" if own else "compare it with the one the signer publishes"
        typer.echo(f"whose key it is was not checked (--key): {known}")


@report.command(name="key")
def show_key() -> None:
    """Print the public key that reports are signed with, and its fingerprint; the key is made at first use."""
    from analytics.report.key import fingerprint, public_text

    public = public_text(report_key.own_key())
    typer.echo(public)
    typer.echo(fingerprint(public), err=True)


@report.command(name="list")
def list_() -> None:
    """List the reports that are kept, the newest first."""
    with database() as url, connect(url, program="report") as connection:
        for one in list_reports(connection):
            typer.echo(
                f"{one.report_id}  {one.territory}  {one.period}  {one.language}  {one.signed_at:%Y-%m-%dT%H:%M:%SZ}"
            )


@report.command(name="again")
def again(number: Annotated[int, typer.Argument(help="as `vigie report list` shows it")], out: Out = Path()) -> None:
    """Write a kept report anew, byte for byte, from the evidence in the store."""
    from analytics.report.bundle import MANIFEST, SIGNATURE
    from analytics.report.manifest import read_manifest

    with database() as url, connect(url, program="report") as connection:
        kept = next((one for one in list_reports(connection) if one.report_id == number), None)
        if kept is None:
            raise ReportError(f"no report {number} is kept")
        files = {MANIFEST: kept.manifest, SIGNATURE: kept.signature}
        for entry in read_manifest(kept.manifest).files:
            content = read_file(connection, number, entry.sha256)
            if content is None:
                raise ReportError(f"{entry.name} of report {number} is not kept any more")
            files[entry.name] = content
    write(out, f"vigie-{kept.territory}-{kept.period}-{kept.language}", files)
