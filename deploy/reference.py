"""Reference data from a JSON file: what `vigie simulate --reference` writes, or what people wrote by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from store.connect import connect
from store.errors import ReferenceDataError
from store.reference import Notice, Reference, ReferenceReport, enter_reference

# Bytes that are no text, too deep a nesting, a zone that is a path, a day after the last there is.
NOT_TO_BE_READ = (ValueError, RecursionError, OverflowError)


class Holidays(msgspec.Struct, frozen=True):
    """What the file says beside the store's own entries: school holidays, first and last day included."""

    time_zone: str = "Europe/Paris"
    school_holidays: tuple[tuple[date, date], ...] = ()


def enter_file(database_url: str, path: Path) -> ReferenceReport:
    """Enter a file's reference data; entering it again changes nothing.

    Raises
    ------
    ReferenceDataError
        The file cannot be read, or its data are refused.
    """
    reference = read_reference(path)
    with connect(database_url, program="reference") as connection:
        return enter_reference(connection, reference)


def read_reference(path: Path) -> Reference:
    """Read a file. Raises ReferenceDataError."""
    try:
        text = path.read_bytes()
        reference = msgspec.json.decode(text, type=Reference)
        holidays = tuple(notices(msgspec.json.decode(text, type=Holidays)))
    except (OSError, msgspec.MsgspecError, ZoneInfoNotFoundError, *NOT_TO_BE_READ) as error:
        raise ReferenceDataError(f"{path} holds no reference data: {error}") from error
    return replace(reference, notices=reference.notices + holidays)


def notices(holidays: Holidays) -> Iterable[Notice]:
    """Give school holidays as notices for the whole territory."""
    zone = ZoneInfo(holidays.time_zone)
    for first, last in holidays.school_holidays:
        span = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
        yield Notice("school_holiday", None, *span)
