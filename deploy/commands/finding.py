"""`vigie finding`: open findings, what technicians say of them, and how right it shows models to be."""

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from deploy.by_hand import actor
from deploy.commands.device import read_instant
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from store.connect import connect
from store.feedback import VERDICTS, Opinion, give_verdict, read_findings, read_precisions

finding = typer.Typer(help="Findings and verdicts on them.", no_args_is_help=True)
Territory = Annotated[str | None, typer.Option(help="slug of a territory")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(finding, name="finding")


@finding.command("list")
def list_(
    territory: Territory = None,
    n: Annotated[int, typer.Option("--most", min=1, max=10_000, help="at most so many")] = 100,
    english: Annotated[bool, typer.Option("--en", help="in English")] = False,
) -> None:
    """List open findings, the newest first, one a line, fields separated by tabs."""
    with only_warnings(), database() as url, connect(url, program="finding") as connection:
        for row in read_findings(connection, territory, n):
            sentence = row["sentence_en" if english else "sentence_fr"]
            started = row["started_at"].isoformat(timespec="seconds")
            fields = (row["finding_id"], row["territory"], row["severity"], row["kind"], started, row["verdict"] or "-")
            typer.echo("\t".join([*map(str, fields), sentence]))


@finding.command()
def verdict(  # one for each option
    number: Annotated[int, typer.Argument(help="of `vigie finding list`")],
    word: Annotated[str, typer.Argument(help="confirmed, false_alarm, known, or withdrawn")],
    who: Annotated[str | None, typer.Option(help="who says it; by default the user of this machine")] = None,
    note: Annotated[str, typer.Option(help="what was found there")] = "",
    failed_at: Annotated[
        str | None, typer.Option("--at", help="when the thing had failed, with offset; with confirmed only")
    ] = None,
) -> None:
    """Say what a finding is worth. Known ones and false alarms are no alarms any more until they close."""
    chosen = next((one for one in VERDICTS if one == word), None)
    if chosen is None:
        raise SettingError(f"a verdict is one of {', '.join(VERDICTS)}, not {word!r}")
    user = getpass.getuser()
    try:
        opinion = Opinion(chosen, who or user, note.strip(), read_instant(failed_at))
    except ValueError as error:
        raise SettingError(str(error)) from error
    if opinion.failed_at is not None and (chosen != "confirmed" or opinion.failed_at > datetime.now(UTC)):
        raise SettingError("--at is an instant that has passed, of a confirmed finding")
    with only_warnings(), database() as url, connect(url, program="finding") as connection:
        try:
            given = give_verdict(connection, number, opinion, actor())
        except LookupError as error:
            raise SettingError(str(error)) from error
    typer.echo(f"finding {number}: {word}" if given.is_new else f"finding {number} was {word} already")


@finding.command()
def precision(territory: Territory = None) -> None:
    """Show how often models were right, by territory, kind and type of asset; fields separated by tabs."""
    with only_warnings(), database() as url, connect(url, program="finding") as connection:
        for row in read_precisions(connection, territory):
            place = (row["territory"], row["kind"], row["model"], row["asset_type"] or "-")
            counts = f"{row['n_confirmed']} confirmed, {row['n_false']} false, {row['n_known']} known"
            typer.echo("\t".join((*place, f"{row['n_findings']} findings", counts, share(row), lead(row))))


def share(row: Mapping[str, Any]) -> str:
    """Write a precision with its interval."""
    if row["precision"] is None:
        return "precision not known"
    return f"precision {row['precision']:.0%} ({row['low']:.0%} to {row['high']:.0%})"


def lead(row: Mapping[str, Any]) -> str:
    """Write a lead time."""
    if not row["n_lead"]:
        return "lead time not known"
    return f"began {row['lead_h']:.0f} h, was told {row['warned_h']:.0f} h before the failure (n = {row['n_lead']})"
