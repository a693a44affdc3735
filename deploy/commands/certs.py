"""`vigie certs`: a private authority, and the certificates of broker, database, API and gateways."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from deploy.certs.folder import Folder
from deploy.local.place import make_place, place_of

certs = typer.Typer(help="Certificates for TLS, from a private authority.", no_args_is_help=True)
Where = Annotated[
    Path | None, typer.Option("--folder", help="folder of the authority; VIGIE_CERTS_DIR where not given")
]
Days = Annotated[int, typer.Option(min=1, max=3650, help="how long it counts [d]")]


def add_to(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(certs, name="certs")


@certs.command()
def init(name: Annotated[str, typer.Option(help="of the authority")] = "Vigie authority", folder: Where = None) -> None:
    """Make the authority; its key stays in the folder, which only its owner may enter."""
    place = open_folder(folder)
    place.make(name, datetime.now(UTC))
    print(f"authority until {place.authority_ends_at():%Y-%m-%d} in {place.path}; give authority.crt to gateways")


@certs.command()
def server(
    name: str,
    host: Annotated[list[str] | None, typer.Option(help="name or address it is called by; may be repeated")] = None,
    days: Days = 398,
    folder: Where = None,
) -> None:
    """Make a server's certificate: broker, database or API. Without --host for this machine's name."""
    hosts = host or sorted({socket.gethostname(), "localhost"})
    entry = open_folder(folder).issue(name, "server", hosts, datetime.now(UTC), days)
    print(f"{name}.crt and {name}.key for {', '.join(entry.hosts)} until {entry.ends_at:%Y-%m-%d}")


@certs.command()
def client(name: str, days: Days = 398, folder: Where = None) -> None:
    """Make a client's certificate; NAME is the identity: a gateway's is TERRITORY.GATEWAY, the ingest's vigie."""
    entry = open_folder(folder).issue(name, "client", (), datetime.now(UTC), days)
    print(f"{name}.crt and {name}.key until {entry.ends_at:%Y-%m-%d}")


@certs.command()
def renew(
    name: Annotated[str | None, typer.Argument(help="only this one, due or not")] = None,
    within_days: Annotated[int, typer.Option(min=0, help="those that end within so many days")] = 30,
    days: Days = 398,
    folder: Where = None,
) -> None:
    """Make certificates anew that end soon, with new keys; servers read them when they are restarted."""
    place, now = open_folder(folder), datetime.now(UTC)
    due = [one.name for one in place.entries() if one.is_due(now, timedelta(days=within_days))]
    for one in [name] if name else due:
        print(f"{one} renewed until {place.renew(one, now, days).ends_at:%Y-%m-%d}")
    if not name and not due:
        print("nothing is due")


@certs.command()
def revoke(name: str, folder: Where = None) -> None:
    """Have a certificate count no more: the broker refuses it once it has read revoked.crl again."""
    entry = open_folder(folder).revoke(name, datetime.now(UTC))
    print(f"{name} is revoked (number {entry.serial:x}); restart the broker so that it reads revoked.crl")


@certs.command(name="list")
def show(folder: Where = None) -> None:
    """List certificates, the one that ends first first; ends with code 1 where one ends within 30 days."""
    place, now = open_folder(folder), datetime.now(UTC)
    is_due = place.authority_ends_at() - now <= timedelta(days=365)
    print(f"authority\t-\t{place.authority_ends_at():%Y-%m-%d}\t{'ends within a year' if is_due else ''}")
    for entry in place.entries():
        is_due = is_due or entry.is_due(now)
        due = "renew" if entry.is_due(now) else ""
        print(f"{entry.name}\t{entry.role}\t{entry.ends_at:%Y-%m-%d}\t{due}\t{' '.join(entry.hosts)}")
    if is_due:
        raise typer.Exit(1)


def open_folder(given: Path | None) -> Folder:
    """Give the folder that was named, else that of VIGIE_CERTS_DIR, else the one beside the services' passwords."""
    named = os.environ.get("VIGIE_CERTS_DIR")
    if given or named:
        return Folder(given or Path(str(named)))
    place = place_of()
    make_place(place)
    return Folder(place.data / "certs")
