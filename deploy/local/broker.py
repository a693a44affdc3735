"""The embedded Mosquitto: it keeps what it acknowledged, limits its queues by bytes, and refuses strangers."""

import os
import signal
import subprocess
import time
from pathlib import Path

from deploy.local.errors import ServiceError
from deploy.local.place import Place
from deploy.local.postgres import last_line
from deploy.local.state import State, is_free

MAX_QUEUED_BYTES = 2_000_000_000

CONFIGURATION = """\
# Written at each start; changes made here are lost.
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/rights
pid_file {folder}/mosquitto.pid
persistence true
persistence_location {folder}/
autosave_interval 5
# By default 1,000 messages are kept per client and the rest is dropped while the publisher is told "Success".
# Here the limit is in bytes per client, with an alarm long before (deploy/local/alarm.py).
max_queued_messages 0
max_queued_bytes {max_queued_bytes}
max_inflight_messages 0
max_packet_size 20000000
log_dest file {folder}/mosquitto.log
log_type error
log_type warning
log_type notice
sys_interval 5
"""

RIGHTS = """\
user vigie
topic readwrite #
topic read $SYS/#
"""


def start(tree: Path, place: Place, state: State) -> None:
    """Write the configuration and start the broker; it is up when it listens.

    Raises
    ------
    ServiceError
        The broker does not start; the sentence ends with its last log line.
    """
    folder = place.data / "mosquitto"
    folder.mkdir(exist_ok=True, mode=0o700)
    place.give(folder)
    write_passwords(tree, folder, state)
    (folder / "rights").write_text(RIGHTS)
    (folder / "mosquitto.conf").write_text(
        CONFIGURATION.format(port=state.broker_port, folder=folder, max_queued_bytes=MAX_QUEUED_BYTES)
    )
    for name in ("passwords", "rights", "mosquitto.conf"):
        (folder / name).chmod(0o600)
        place.give(folder / name)
    subprocess.run(
        [str(tree / "usr/sbin/mosquitto"), "-d", "-c", str(folder / "mosquitto.conf")],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        **place.run_as(),
    )
    wait_until_listening(folder, state.broker_port)


def wait_until_listening(folder: Path, port: int) -> None:
    """Wait up to 30 s for the listener (a long queue takes a while to load)."""
    deadline = time.monotonic() + 30
    while is_free(port):
        if time.monotonic() > deadline:
            raise ServiceError(f"Mosquitto did not start: {last_line(folder / 'mosquitto.log') or 'no log'}")
        time.sleep(0.05)


def write_passwords(tree: Path, folder: Path, state: State) -> None:
    """Write the password file with the broker's own program, which salts and hashes."""
    path = folder / "passwords"
    path.write_text(f"vigie:{state.broker_password}\n")
    path.chmod(0o600)
    subprocess.run([str(tree / "usr/bin/mosquitto_passwd"), "-U", str(path)], check=True, capture_output=True)


def stop(place: Place) -> None:
    """End the broker, which saves its queues; waits up to 20 s."""
    pid = process_id(place)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while process_id(place) == pid:
        if time.monotonic() > deadline:
            raise ServiceError(f"Mosquitto (process {pid}) does not end")
        time.sleep(0.05)


def process_id(place: Place) -> int | None:
    """Give the process id of this checkout's broker while it runs, known by its configuration's path."""
    folder = place.data / "mosquitto"
    try:
        pid = int((folder / "mosquitto.pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return None
    return pid if str(folder).encode() in command and state != "Z" else None
