"""What `vigie local status` says about running services, without passwords."""

from deploy.local import postgres
from deploy.local.services import Embedded
from deploy.local.state import read_state
from deploy.local.tree import PACKAGE_LIST, SERVICES


def describe_status(embedded: Embedded) -> list[str]:
    """Give one line for each server and one for the folders."""
    state = read_state(embedded.place)
    assert state is not None  # running services have state
    with postgres.admin_connection(state, "vigie") as connection:
        server, extension = connection.execute(postgres.QUERIES["read_versions"]).fetchone() or ("?", "?")
        size = connection.execute(postgres.QUERIES["read_size"]).fetchone() or (0,)
    return [
        f"TimescaleDB {extension} on PostgreSQL {str(server).split()[0]}: "
        f"port {embedded.postgres_port}, process {embedded.postgres_pid}, {int(str(size[0])) / 1e6:.0f} MB",
        f"Mosquitto {broker_version(embedded)}: "
        f"port {embedded.mqtt_port}, process {embedded.mosquitto_pid}, {queue_mb(embedded):.1f} MB saved",
        f"data {embedded.place.data}, programs {embedded.place.cache / SERVICES.folder_name}",
    ]


def broker_version(embedded: Embedded) -> str:
    """Read the broker's version from the list of unpacked packages."""
    listing = embedded.place.cache / SERVICES.folder_name / PACKAGE_LIST
    names = [line for line in listing.read_text(encoding="utf-8").splitlines() if line.startswith("mosquitto_")]
    return names[0].split("_")[1] if names else "?"


def queue_mb(embedded: Embedded) -> float:
    """Give the size of the broker's saved state [MB]."""
    saved = embedded.place.broker / "mosquitto.db"
    return saved.stat().st_size / 1e6 if saved.exists() else 0.0
