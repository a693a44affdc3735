"""Work orders as an iCalendar stream (RFC 5545): events where a date is planned, tasks where none is.

Lines end with CRLF and are folded at 75 octets, never within a character (3.1); text is escaped (3.3.11). SEQUENCE is
the version of the order (3.8.7.4), DTSTAMP and LAST-MODIFIED when it was changed last. An order that is cancelled stays
in the stream as CANCELLED, so that calendars take it away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sensors.work_order import State

LONGEST_LINE = 75  # octets, the end of line not counted
PRIORITY_BY_SEVERITY = {"critical": 1, "urgent": 3, "warning": 5, "info": 9}
STATUS: dict[State, tuple[str, str]] = {  # of an event, of a task
    "open": ("TENTATIVE", "NEEDS-ACTION"),
    "assigned": ("TENTATIVE", "NEEDS-ACTION"),
    "planned": ("CONFIRMED", "NEEDS-ACTION"),
    "started": ("CONFIRMED", "IN-PROCESS"),
    "closed": ("CONFIRMED", "COMPLETED"),
    "cancelled": ("CANCELLED", "CANCELLED"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A work order as calendars show it; `planned_min` is how long it will take [min], place in WGS 84."""

    uid: str
    sequence: int
    state: State
    severity: str
    summary: str
    description: str
    location: str
    opened_at: datetime
    updated_at: datetime
    planned_at: datetime | None = None
    planned_min: int = 60
    closed_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None


def write_calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """Write the stream."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Vigie//Work orders//FR", "CALSCALE:GREGORIAN"]
    # What most calendars take for the name, and how often they should ask again (RFC 7986).
    lines += [f"NAME:{escape(name)}", f"X-WR-CALNAME:{escape(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT15M"]
    for entry in entries:
        lines += write_entry(entry)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def write_entry(entry: Entry) -> Iterator[str]:
    """Write the lines of one work order."""
    kind: Literal["VEVENT", "VTODO"] = "VTODO" if entry.planned_at is None else "VEVENT"
    yield f"BEGIN:{kind}"
    yield f"UID:{escape(entry.uid)}"
    yield f"DTSTAMP:{instant(entry.updated_at)}"
    yield f"CREATED:{instant(entry.opened_at)}"
    yield f"LAST-MODIFIED:{instant(entry.updated_at)}"
    yield f"SEQUENCE:{entry.sequence}"
    if entry.planned_at is not None:
        yield f"DTSTART:{instant(entry.planned_at)}"
        yield f"DTEND:{instant(entry.planned_at + timedelta(minutes=entry.planned_min))}"
    elif entry.state == "closed" and entry.closed_at is not None:
        yield f"COMPLETED:{instant(entry.closed_at)}"
    yield f"SUMMARY:{escape(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{escape(entry.description)}"
    if entry.location:
        yield f"LOCATION:{escape(entry.location)}"
    if entry.longitude is not None and entry.latitude is not None:
        yield f"GEO:{entry.latitude:.6f};{entry.longitude:.6f}"
    yield f"PRIORITY:{PRIORITY_BY_SEVERITY[entry.severity]}"
    yield f"STATUS:{STATUS[entry.state][kind == 'VTODO']}"
    yield f"END:{kind}"


def instant(at: datetime) -> str:
    """Write an instant in UTC (3.3.5, form 2)."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    """Write a text so that it stays one value of one line; other control characters are left out."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(character for character in escaped if " " <= character != "\x7f" or character == "\t")


def fold(line: str) -> bytes:
    """End a line, cut into pieces of at most 75 octets where it is longer; all but the first begin with a blank."""
    pieces = [bytearray()]
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(pieces[-1]) + len(octets) > LONGEST_LINE:
            pieces.append(bytearray(b" "))
        pieces[-1] += octets
    return b"".join(bytes(piece) + b"\r\n" for piece in pieces)
