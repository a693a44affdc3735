"""Would a Mosquitto with this configuration lose messages? Read from its file; defaults are those of Mosquitto 2.0."""

from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.check.finding import Finding, Level
from sensors.json_text import MAX_PAYLOAD_BYTES

SUBJECT = "broker_config"
SAVED_OFTEN_S, SAVED_SELDOM_S = 10, 60
MANY_CHANGES = 1_000
ENOUGH_MESSAGES = 100_000
ENOUGH_BYTES = 50_000_000
DEEPEST_INCLUDE = 5

Values = dict[str, str]


class ConfigurationError(Exception):
    """The broker's configuration cannot be read."""

    exit_code = 11


def check_file(path: Path) -> list[Finding]:
    """Give the findings about a configuration file and what it includes. Raises ConfigurationError."""
    values = read_values(path)
    judges: tuple[Callable[[Values], Iterator[Finding]], ...] = (
        judge_persistence,
        judge_autosave,
        judge_queue,
        judge_inflight,
        judge_expiry,
        judge_packet_size,
        judge_others,
    )
    return [finding for one in judges for finding in one(values)]


def read_values(path: Path, depth: int = 0) -> Values:
    """Give the last value of each key, with those of `include_dir` where it stands."""
    if depth > DEEPEST_INCLUDE:
        raise ConfigurationError(f"{path}: folders include one another")
    values: Values = {}
    for line in read_lines(path):
        key, _, value = line.strip().partition(" ")
        if not key or key.startswith("#"):
            continue
        values[key] = value.strip()
        if key == "include_dir":
            folder = path.parent / value.strip()  # an absolute path stays what it is
            for included in sorted(folder.glob("*.conf")):
                values |= read_values(included, depth + 1)
    return values


def read_lines(path: Path) -> list[str]:
    """Read a file of text."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the broker's configuration {path} cannot be read: {error}") from error


def number(values: Values, key: str, default: int) -> int:
    """Give a whole number. Raises ConfigurationError."""
    text = values.get(key, str(default))
    try:
        return int(text)
    except ValueError as error:
        raise ConfigurationError(f"{key} must be a whole number, not {text!r}") from error


def judge_persistence(values: Values) -> Iterator[Finding]:
    """Does what waits survive a restart?"""
    if values.get("persistence", "false") != "true":
        meaning = "a restart of the broker loses every waiting message, and which clients wait for them"
        yield Finding(SUBJECT, "persistence", Level.LOSS, "false", meaning, "persistence true")
    elif "persistence_location" not in values:
        meaning = "saved in the folder the broker happens to be started in"
        mend = "persistence_location, a folder of the broker's own"
        yield Finding(SUBJECT, "persistence", Level.WARNING, "true, without a place", meaning, mend)
    else:
        yield Finding(SUBJECT, "persistence", Level.OK, f"true, in {values['persistence_location']}")


def judge_autosave(values: Values) -> Iterator[Finding]:
    """How much does a crash cost?"""
    if values.get("persistence", "false") != "true":
        return  # nothing is saved at all, which is said already
    interval = number(values, "autosave_interval", 1800)
    if values.get("autosave_on_changes", "false") == "true":
        limits, found = (SAVED_OFTEN_S, MANY_CHANGES), f"every {interval} changes"
    else:
        limits, found = (SAVED_OFTEN_S, SAVED_SELDOM_S), f"every {interval} s"
    if interval == 0:
        meaning = "saved at an orderly end only; a crash loses every waiting message"
        yield Finding(SUBJECT, "autosave", Level.LOSS, "never", meaning, "autosave_interval 5")
    elif interval > limits[1]:
        meaning = "a crash loses the messages acknowledged since the last save"
        yield Finding(SUBJECT, "autosave", Level.LOSS, found, meaning, "autosave_interval 5")
    else:
        level = Level.WARNING if interval > limits[0] else Level.OK
        meaning = "a crash loses what came since the last save; only a gateway that waits for receipts loses nothing"
        yield Finding(SUBJECT, "autosave", level, found, meaning, "" if level is Level.OK else "autosave_interval 5")


def judge_queue(values: Values) -> Iterator[Finding]:
    """How long may the ingest be away?"""
    messages = number(values, "max_queued_messages", 1000)
    size = number(values, "max_queued_bytes", 0)
    if 0 < messages < ENOUGH_MESSAGES:
        meaning = f"of what comes while the ingest is away, all after {messages:,} messages vanish, answered as taken"
        mend = "max_queued_messages 0 with max_queued_bytes 500000000"
        yield Finding(SUBJECT, "queue_messages", Level.LOSS, f"{messages:,} per client", meaning, mend)
    else:
        yield Finding(SUBJECT, "queue_messages", Level.OK, f"{messages:,} per client" if messages else "no limit")
    if 0 < size < ENOUGH_BYTES:
        meaning = f"of what comes while the ingest is away, all after {size:,} B vanish, answered as taken"
        yield Finding(SUBJECT, "queue_bytes", Level.LOSS, f"{size:,} B", meaning, "max_queued_bytes 500000000")
    elif size == 0 and messages == 0:
        meaning = "a long absence fills the memory until the system ends the broker, with all queues"
        yield Finding(SUBJECT, "queue_bytes", Level.WARNING, "no limit", meaning, "max_queued_bytes 500000000")
    else:
        yield Finding(SUBJECT, "queue_bytes", Level.OK, f"{size:,} B" if size else "limited by number")


def judge_inflight(values: Values) -> Iterator[Finding]:
    """How many messages may be unacknowledged?"""
    most = number(values, "max_inflight_messages", 20)
    if 0 < most < 1000:
        meaning = "a client of MQTT 3.1.1 gets no more before it acknowledges, and the ingest does so after each commit"
        yield Finding(SUBJECT, "inflight", Level.WARNING, f"{most:,}", meaning, "max_inflight_messages 0")
    else:
        yield Finding(SUBJECT, "inflight", Level.OK, f"{most:,}" if most else "no limit")


def judge_expiry(values: Values) -> Iterator[Finding]:
    """Are sessions of absent clients ended?"""
    expiry = values.get("persistent_client_expiration")
    if expiry is None:
        yield Finding(SUBJECT, "session_expiry", Level.OK, "never")
        return
    meaning = f"an ingest away for more than {expiry} loses its session and every waiting message"
    mend = "remove persistent_client_expiration, or at least 1y"
    level = Level.WARNING if expiry.endswith(("m", "y")) else Level.LOSS  # m is months here
    yield Finding(SUBJECT, "session_expiry", level, expiry, meaning, mend)


def judge_packet_size(values: Values) -> Iterator[Finding]:
    """The largest message, by either of the two settings."""
    sizes = [number(values, key, 0) for key in ("max_packet_size", "message_size_limit")]
    most = min((size for size in sizes if size), default=0)
    if most == 0:
        meaning = "one message of 256 MB is taken, kept in memory and handed on"
        yield Finding(SUBJECT, "packet_size", Level.WARNING, "no limit", meaning, "max_packet_size 2000000")
    elif most < MAX_PAYLOAD_BYTES:
        meaning = f"Vigie takes messages up to {MAX_PAYLOAD_BYTES:,} B; this broker drops those above its own limit"
        yield Finding(SUBJECT, "packet_size", Level.WARNING, f"{most:,} B", meaning, "max_packet_size 2000000")
    else:
        yield Finding(SUBJECT, "packet_size", Level.OK, f"{most:,} B")


def judge_others(values: Values) -> Iterator[Finding]:
    """Settings that are fine where they are absent."""
    if number(values, "max_qos", 2) < 1:
        meaning = "every message is sent at QoS 0: what does not arrive at once is lost"
        yield Finding(SUBJECT, "max_qos", Level.LOSS, values["max_qos"], meaning, "remove max_qos")
    if number(values, "memory_limit", 0):
        meaning = "at this limit the broker refuses messages"
        mend = "remove memory_limit; limit queues by max_queued_bytes"
        yield Finding(SUBJECT, "memory_limit", Level.WARNING, f"{values['memory_limit']} B", meaning, mend)
    if values.get("retain_available", "true") == "false":
        meaning = "states that gateways publish retained (births, availability) are refused"
        yield Finding(SUBJECT, "retained", Level.WARNING, "not available", meaning, "remove retain_available")
