"""Settings of `vigie analyse`, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from analytics.alert.carrier import NOBODY, Carrier, CarrierError, carrier_from
from store.backup_runs import LONGEST

LAST_PORT = 65_535


class SettingError(Exception):
    """An environment variable cannot be used."""

    exit_code = 11


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program is told. It looks for jobs at least every `round_s` [s]; `metrics_port` 0 serves no counters."""

    database_url: str
    round_s: float = 5.0
    grace_s: float = 30.0
    settle_s: float = 5.0
    metrics_port: int = 0
    carrier: Carrier = NOBODY
    backup_longest: timedelta = LONGEST


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings: VIGIE_DATABASE_URL, VIGIE_ANALYSE_ROUND_S, _GRACE_S, _SETTLE_S and _METRICS_PORT,
    VIGIE_BACKUP_OLDEST_H, and by what alerts go out.

    Raises
    ------
    SettingError
        The database is not named, a number is none, or the mail server's address cannot be read.
    """
    database_url = environment.get("VIGIE_DATABASE_URL", "")
    if not database_url:
        raise SettingError("set VIGIE_DATABASE_URL to the database's address")
    return Settings(
        database_url,
        seconds_from(environment, "VIGIE_ANALYSE_ROUND_S", 5.0),
        seconds_from(environment, "VIGIE_ANALYSE_GRACE_S", 30.0),
        seconds_from(environment, "VIGIE_ANALYSE_SETTLE_S", 5.0),
        port_from(environment, "VIGIE_ANALYSE_METRICS_PORT"),
        known_carrier(environment),
        backup_longest_from(environment),
    )


def known_carrier(environment: Mapping[str, str]) -> Carrier:
    """Read by what alerts go out. Raises SettingError."""
    try:
        return carrier_from(environment)
    except CarrierError as error:
        raise SettingError(str(error)) from error


def seconds_from(environment: Mapping[str, str], name: str, default_s: float) -> float:
    """Read a number of seconds, not negative."""
    text = environment.get(name, "")
    try:
        seconds = float(text) if text else default_s
    except ValueError as error:
        raise SettingError(f"{name} must be a number of seconds, not {text!r}") from error
    if not 0 <= seconds < float("inf"):
        raise SettingError(f"{name} must be a number of seconds from 0 on, not {text!r}")
    return seconds


def backup_longest_from(environment: Mapping[str, str]) -> timedelta:
    """Read VIGIE_BACKUP_OLDEST_H: how old the newest backup, and the last drill that found nothing, may be."""
    name = "VIGIE_BACKUP_OLDEST_H"
    text = environment.get(name, "")
    try:
        longest = timedelta(hours=float(text)) if text else LONGEST
    except (ValueError, OverflowError) as error:
        raise SettingError(f"{name} must be a number of hours, not {text!r}") from error
    if longest <= timedelta(0):
        raise SettingError(f"{name} must be a number of hours above 0, not {text!r}")
    return longest


def port_from(environment: Mapping[str, str], name: str) -> int:
    """Read a port, 0 where none is given."""
    text = environment.get(name, "") or "0"
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise SettingError(f"{name} must be a port from 0 to {LAST_PORT}, not {text!r}")
    return int(text)
