"""`vigie acceptance`: batches of new sensors, watched for some days, then told in a signed list."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics.acceptance.checks import checks
from analytics.acceptance.looking import look
from analytics.acceptance.manifest import Ending
from analytics.report.bundle import pack, read_files
from analytics.report.key import fingerprint
from deploy import report_key
from deploy.by_hand import actor
from deploy.commands.device import read_instant
from deploy.devices import read_devices
from deploy.errors import SettingError
from deploy.logs import only_warnings
from deploy.settings import database
from store.acceptance import Batch, Connection, NewBatch, begin_batch, finish_batch, read_acceptances, read_batches
from store.connect import connect

acceptance = typer.Typer(help="Batches of new sensors: watched, then accepted or not.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="as `vigie acceptance status` shows it")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(acceptance, name="acceptance")


@acceptance.command()
def start(  # noqa: PLR0913  # one for each option
    territory: Annotated[str, typer.Argument(help="slug of the territory")],
    name: Annotated[str, typer.Argument(help="what people call the batch")],
    device: Annotated[list[str] | None, typer.Option(help="id of a device; several times")] = None,
    csv: Annotated[
        Path | None, typer.Option(help="file of `vigie device import`: its devices of this territory")
    ] = None,
    accepted_by: Annotated[str | None, typer.Option(help="those that 'rule 3' or 'import' accepted")] = None,
    since: Annotated[str | None, typer.Option(help="with --accepted-by: accepted since, with offset")] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="to watch")] = 14,
    begins: Annotated[str | None, typer.Option("--from", help="begin of the watch, with offset; now")] = None,
    without: Annotated[list[str] | None, typer.Option(help="check that does not apply, such as battery")] = None,
) -> None:
    """Begin to watch a batch."""
    unheard = sorted(set(without or ()) - checks().keys())
    if unheard:
        raise SettingError(f"there is no check {unheard[0]!r}; checks are {', '.join(checks())}")
    if not (device or csv or accepted_by):
        raise SettingError("name its devices with --device, --csv or --accepted-by")
    ids = list(device or ())
    if csv is not None:
        ids += [entry.external_id for entry in read_devices(csv) if entry.territory == territory]
    try:
        new = NewBatch(
            territory=territory,
            name=name,
            started_at=read_instant(begins) or datetime.now(UTC),
            n_days=days,
            external_ids=tuple(dict.fromkeys(ids)),
            accepted_by=accepted_by,
            since=read_instant(since),
            left_out=tuple(sorted(set(without or ()))),
        )
        with only_warnings(), database() as url, connect(url, program="acceptance") as connection:
            number, n = begin_batch(connection, new, actor())
    except (LookupError, ValueError) as error:
        raise SettingError(str(error)) from error
    typer.echo(f"acceptance {number}: {n} devices are watched for {days} days")


@acceptance.command()
def status(
    number: Annotated[int | None, typer.Argument(help="of one batch: look at it now, and show every check")] = None,
    territory: Annotated[str | None, typer.Option(help="slug of a territory")] = None,
    english: Annotated[bool, typer.Option("--en", help="in English")] = False,
) -> None:
    """List batches, or show how the devices of one stand, one check a line, fields separated by tabs."""
    with only_warnings(), database() as url, connect(url, program="acceptance") as connection:
        if number is None:
            for row in read_acceptances(connection, territory):
                stand = f"{row['n_devices']} devices, {row['n_pass']} pass, {row['n_fail']} fail"
                end = "finished" if row["finished_at"] else f"due {row['due_at']:%Y-%m-%d}"
                typer.echo("\t".join((str(row["acceptance_id"]), row["territory"], row["name"], end, stand)))
            return
        watch, results = look(connection, running(connection, number), datetime.now(UTC))
        name_by_id = {one.device_id: one.external_id for one in watch.devices}
        for one in results:
            sentence = one.sentence_en if english else one.sentence_fr
            typer.echo("\t".join((name_by_id[one.device_id], one.topic, one.result, sentence)))


@acceptance.command()
def finish(
    number: Number,
    early: Annotated[bool, typer.Option("--early", help="before its days are over")] = False,
    who: Annotated[str | None, typer.Option(help="who accepts; by default the user of this machine")] = None,
    out: Annotated[Path, typer.Option(help="folder to write to")] = Path(),
) -> None:
    """Look for the last time, sign what was found, keep it and write it."""
    from analytics.acceptance.signed import sign_batch  # pages, for which other commands need not wait

    now = datetime.now(UTC)
    key = report_key.own_key()
    actor = who or getpass.getuser()
    with only_warnings(), database() as url, connect(url, program="acceptance") as connection:
        batch = running(connection, number)
        if now < batch.due_at and not early:
            raise SettingError(f"acceptance {number} is watched until {batch.due_at:%Y-%m-%d %H:%M} UTC: or --early")
        watch, results = look(connection, batch, now)
        files = sign_batch(batch, watch.devices, results, Ending(watch.until, actor, now), key)
        bundle = pack(files)
        finish_batch(connection, batch, bundle, now, actor)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"vigie-acceptance-{number}.zip"
    path.write_bytes(bundle)
    typer.echo(f"{path}  {len(bundle):,} B")
    for language in ("fr", "en"):
        (out / f"vigie-acceptance-{number}-{language}.html").write_bytes(files[f"list-{language}.html"])


@acceptance.command("verify")
def verify_(
    path: Annotated[Path, typer.Argument(help="the signed list: a zip, or its folder")],
    key: Annotated[str | None, typer.Option(help="the public key it has to be signed with")] = None,
) -> None:
    """Check a signed list; needs no database."""
    from analytics.acceptance.signed import verify

    manifest, public = verify(read_files(path), key)
    signed_at = f"{manifest.signed_at:%Y-%m-%dT%H:%M:%SZ}"
    counts = f"{manifest.n_pass} pass, {manifest.n_fail} fail, {manifest.n_unknown} not known"
    typer.echo(f"{manifest.territory_name}, {manifest.name}, signed {signed_at} with key {fingerprint(public)}")
    typer.echo(f"signature and files hold: {manifest.n_devices} devices, {counts}")
    if not key:
        typer.echo("whose key it is was not checked (--key)")


def running(connection: Connection, number: int) -> Batch:
    """Read a batch that runs. Raises SettingError."""
    found = read_batches(connection, datetime.now(UTC), number)
    if not found:
        raise SettingError(f"there is no acceptance {number}; see `vigie acceptance status`")
    if found[0].finished_at is not None:
        raise SettingError(f"acceptance {number} is finished")
    return found[0]
