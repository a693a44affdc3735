"""The embedded Mosquitto: started with a password, a queue limited by bytes and its state on disk."""

from pathlib import Path

from deploy.local.errors import ServerStartError
from deploy.local.log_limit import kept_beside
from deploy.local.place import Place, run_as_server
from deploy.local.process import end_process, last_line, read_pid, wait_until
from deploy.local.state import LOOPBACK, State, is_free, write_private

TEMPLATES = Path(__file__).resolve().parents[1] / "mosquitto"
MQTT_USER = "vigie"
PID_FILE = "mosquitto.pid"
BEGIN_S = 10.0
START_S = 60.0  # a broker reads the queues it saved before it listens: some 20 s for 400 MB
QUEUE_LIMIT_BYTES = 500_000_000  # payload waiting for one client; in memory short messages take four times as much


def start_mosquitto(place: Place, tree: Path, state: State, queue_limit_bytes: int = QUEUE_LIMIT_BYTES) -> int:
    """Start the broker and give its process number. A client's waiting messages may take `queue_limit_bytes`.

    Raises
    ------
    ServerStartError
        It ends or does not listen; the last line of its log is in the message.
    """
    config = write_config(place, tree, state, queue_limit_bytes)
    (place.broker / PID_FILE).unlink(missing_ok=True)
    result = run_as_server(place, [str(tree / "usr/sbin/mosquitto"), "-d", "-c", str(config)])
    ready = result.returncode == 0 and is_listening(place, state.mqtt_port)
    pid = find_mosquitto(place)
    if not ready or pid is None:
        reason = result.stderr.strip() or last_line(place.broker_log)
        raise ServerStartError(f"Mosquitto did not start: {reason} (log: {place.broker_log})")
    return pid


def is_listening(place: Place, port: int) -> bool:
    """Wait until the broker listens; false once it has ended."""
    if not wait_until(lambda: find_mosquitto(place) is not None, BEGIN_S):
        return False
    wait_until(lambda: not is_free(port) or find_mosquitto(place) is None, START_S)
    return find_mosquitto(place) is not None and not is_free(port)


def write_config(place: Place, tree: Path, state: State, queue_limit_bytes: int) -> Path:
    """Write configuration, rights and the hashed password; give the configuration's path."""
    place.broker.mkdir(mode=0o700, exist_ok=True)
    place.give(place.broker)
    fields = {
        "@port@": str(state.mqtt_port),
        "@folder@": str(place.broker),
        "@log@": str(place.broker_log),
        "@queue_limit_bytes@": str(queue_limit_bytes),
    }
    text = (TEMPLATES / "mosquitto.conf").read_text(encoding="utf-8")
    for field, value in fields.items():
        text = text.replace(field, value)
    files = {
        "mosquitto.conf": text,
        "acl": (TEMPLATES / "acl.conf").read_text(encoding="utf-8"),
        "passwords": f"{MQTT_USER}:{state.mqtt_password}\n",
    }
    for name, content in files.items():
        write_private(place.broker / name, content)
        place.give(place.broker / name)
    if place.broker_log.exists():
        place.broker_log.rename(place.broker_log.with_suffix(".previous.log"))  # so that a log tells of one run only
    kept_beside(place.broker_log).unlink(missing_ok=True)
    place.broker_log.touch(0o600)
    place.give(place.broker_log)
    hash_passwords(place, tree)
    return place.broker / "mosquitto.conf"


def hash_passwords(place: Place, tree: Path) -> None:
    """Let Mosquitto's own tool replace the passwords of the file by their hashes."""
    result = run_as_server(place, [str(tree / "usr/bin/mosquitto_passwd"), "-U", str(place.broker / "passwords")])
    if result.returncode:
        raise ServerStartError(f"Mosquitto's password file cannot be made: {result.stderr.strip()}")


def mqtt_address(state: State) -> str:
    """Write the broker's URL."""
    return f"mqtt://{MQTT_USER}:{state.mqtt_password}@{LOOPBACK}:{state.mqtt_port}"


def find_mosquitto(place: Place) -> int | None:
    """Give the process number of the running broker, or None."""
    return read_pid(place.broker / PID_FILE, "mosquitto")


def stop_mosquitto(place: Place) -> None:
    """Stop the broker; it saves its queues first."""
    pid = find_mosquitto(place)
    if pid is not None:
        end_process(pid, "mosquitto", timeout_s=20.0)
