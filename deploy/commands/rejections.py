"""`vigie rejections`: what was refused, by cause, and its replay once the cause is mended."""

import json
from dataclasses import replace
from typing import Annotated

import typer

from deploy.commands.device import sentence, store
from deploy.errors import SettingError
from ingest import replay as replaying
from sensors.rejection import Reason
from sensors.stateful import why_not_again
from store.admission import Connection, territory_ids_below
from store.quarantine import Cause, Choice, list_causes

rejections = typer.Typer(help="Messages that were refused and are kept.", no_args_is_help=True)
SHOWN_BYTES = 120

Territory = Annotated[str | None, typer.Option(help="slug; with all territories below it")]
ReasonName = Annotated[str | None, typer.Option("--reason", help="a code such as unknown_device")]
Device = Annotated[str | None, typer.Option(help="the device's id, as it sends it")]
Format = Annotated[str | None, typer.Option("--format", help="the payload format")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(rejections, name="rejections")


@rejections.command("list")
def list_(
    territory: Territory = None,
    reason: ReasonName = None,
    device: Device = None,
    format_: Format = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per cause")] = False,
) -> None:
    """List what is open by cause, the most frequent first, with the latest message of each as a sample."""
    with store() as connection:
        for cause in list_causes(connection, choose(connection, territory, Choice(None, reason, device, format_))):
            typer.echo(json.dumps(to_json(cause), ensure_ascii=False) if as_json else describe(cause))


@rejections.command()
def replay(
    territory: Territory = None, reason: ReasonName = None, device: Device = None, format_: Format = None
) -> None:
    """Read kept messages again, after a decoder or the registry was mended; each is counted once."""
    with store() as connection:
        choice = choose(connection, territory, Choice(None, reason, device, format_))
        typer.echo(sentence(replaying.replay(connection, choice)))


def choose(connection: Connection, territory: str | None, choice: Choice) -> Choice:
    """Limit a choice to a territory and those below it."""
    if territory is None:
        return choice
    ids = territory_ids_below(connection, [territory])
    if not ids:
        raise SettingError(f"no territory {territory!r}")
    return replace(choice, territory_ids=ids)


def describe(cause: Cause) -> str:
    """Say a cause in four lines."""
    decoder = f" by {cause.decoder_version}" if cause.decoder_version else ""
    when = f"{cause.first_at.isoformat(timespec='seconds')} to {cause.last_at.isoformat(timespec='seconds')}"
    return "\n".join(
        [
            f"{cause.n_messages} x {cause.reason}{decoder} ({cause.territory or 'no territory'}, "
            f"{cause.n_devices} devices, {when})",
            f"  {say(cause)}",
            f"  sample: {cause.sample_topic}",
            f"  {shown_payload(cause.sample_payload)}",
        ]
    )


def say(cause: Cause) -> str:
    """Give the sentence for a technician, and why no replay can help where that is so.

    A reason that a newer version wrote goes by its own word.
    """
    try:
        known = Reason(cause.reason)
    except ValueError:
        return f"{cause.reason} ({cause.sample_detail})"
    sentence = known.sentence("en", device=cause.sample_device or "", detail=cause.sample_detail)
    why = None if known.permanent else why_not_again(cause.format, cause.reason)
    return f"{sentence} {why[1]}" if why else sentence


def shown_payload(payload: bytes) -> str:
    """Write the beginning of a payload: as text where it is printable, else in hexadecimal digits."""
    head = payload[:SHOWN_BYTES]
    rest = f" ... ({len(payload)} bytes)" if len(payload) > SHOWN_BYTES else ""
    text = head.decode(errors="replace")
    return (text if text.isprintable() and "\N{REPLACEMENT CHARACTER}" not in text else head.hex(" ")) + rest


def to_json(cause: Cause) -> dict[str, object]:
    """Write a cause as JSON has it."""
    return {
        **cause._asdict(),
        "first_at": cause.first_at.isoformat(),
        "last_at": cause.last_at.isoformat(),
        "sample_payload": cause.sample_payload.hex(),
        "sentence": say(cause),
    }
