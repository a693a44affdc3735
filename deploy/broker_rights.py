"""The broker's list of rights, written from the registry: a gateway publishes for its own devices, nobody else's."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from deploy.local.state import write_private
from sensors.topic import ROOT, uplink_topic
from store.broker_rights import Sender

HEAD = """# Written by `vigie broker acl` from the registry; rewritten whole each time.
# Who is not named here may do nothing.
"""
INGEST = "vigie"


def write_rights(senders: Iterable[Sender], platform_users: Sequence[str] = (INGEST,)) -> str:
    """Give the text of Mosquitto's acl_file.

    A sender may publish on its devices' uplink topics and read its own receipts. `platform_users` read and write
    everything: the ingest, which reads every format's topics and publishes receipts.
    """
    parts = [HEAD]
    parts += [f"user {user}\ntopic readwrite #\ntopic read $SYS/#\n" for user in platform_users]
    parts += [rights_of(sender) for sender in senders if is_writable(sender)]
    return "\n".join(parts)


def rights_of(sender: Sender) -> str:
    """Give the lines of one sender; beside its devices it may speak of itself."""
    speakers = sorted({sender.name, *sender.devices})
    lines = [f"user {sender.identity}"]
    lines += [f"topic write {uplink_topic(sender.territory, device)}" for device in speakers]
    lines += [f"topic read {ROOT}/{sender.territory}/{speaker}/receipts" for speaker in speakers]
    return "\n".join(lines) + "\n"


def is_writable(sender: Sender) -> bool:
    """Say whether its names can stand in the file: a line break or a wildcard would give rights to others."""
    return all(name.isprintable() and not set(name) & set("+#/ ") for name in (sender.name, *sender.devices))


def put(text: str, path: Path) -> bool:
    """Write the file whole where it differs, readable by its owner; say whether it did."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    write_private(path, text)
    return True
