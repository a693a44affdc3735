"""Calendars of work orders: folded and escaped as RFC 5545 asks, read back by a reader here and by `icalendar`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.icalendar import LONGEST_LINE, Entry, escape, fold, write_calendar
from sensors.work_order import STATES, State

AT = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8"), max_size=300)


def an_entry(**fields: Any) -> Entry:
    usual: dict[str, Any] = {
        "uid": "0d6f@vigie",
        "sequence": 3,
        "state": "planned",
        "severity": "urgent",
        "summary": "Lampe 12 : à changer; driver, ballast",
        "description": "Clé chez le gardien\nAppeler avant",
        "location": "Rue de l’Église",
        "opened_at": AT - timedelta(days=1),
        "updated_at": AT - timedelta(hours=1),
        "planned_at": AT,
        "planned_min": 90,
        "longitude": 5.1,
        "latitude": 47.5,
    }
    return Entry(**{**usual, **fields})


def unfold(stream: bytes) -> list[str]:
    """Read lines back as 3.1 says: a line that begins with a blank goes on with the one before."""
    assert stream.endswith(b"\r\n")
    assert b"\n" not in stream.replace(b"\r\n", b"")
    assert max(len(line) for line in stream.split(b"\r\n")) <= LONGEST_LINE
    return stream.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")[:-1]


def unescape(text: str) -> str:
    """Read a text back as 3.3.11 says."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def properties(stream: bytes) -> dict[str, str]:
    return dict(line.split(":", 1) for line in unfold(stream))


def test_a_planned_order_is_an_event_with_its_version_and_place() -> None:
    found = properties(write_calendar("Vigie", [an_entry()]))
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == ("0d6f@vigie", "3", "CONFIRMED")
    assert (found["DTSTART"], found["DTEND"]) == ("20260504T083000Z", "20260504T100000Z")
    assert (found["DTSTAMP"], found["PRIORITY"], found["GEO"]) == ("20260504T073000Z", "3", "47.500000;5.100000")
    assert found["SUMMARY"] == "Lampe 12 : à changer\\; driver\\, ballast"
    assert found["DESCRIPTION"] == "Clé chez le gardien\\nAppeler avant"


def test_an_order_without_a_date_is_a_task() -> None:
    lines = unfold(write_calendar("Vigie", [an_entry(planned_at=None, state="assigned")]))
    assert "BEGIN:VTODO" in lines
    assert "STATUS:NEEDS-ACTION" in lines
    assert not [line for line in lines if line.startswith("DTSTART")]


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_a_status_that_its_kind_knows(state: State) -> None:
    for planned_at, known in (
        (AT, {"TENTATIVE", "CONFIRMED", "CANCELLED"}),
        (None, {"NEEDS-ACTION", "COMPLETED", "IN-PROCESS", "CANCELLED"}),
    ):
        entry = an_entry(state=state, planned_at=planned_at, closed_at=AT)
        assert properties(write_calendar("Vigie", [entry]))["STATUS"] in known


@given(TEXT)
def test_a_long_line_is_folded_and_comes_back(text: str) -> None:
    line = f"SUMMARY:{escape(text)}"
    assert unfold(fold(line)) == [line]


@given(TEXT, TEXT)
def test_no_text_breaks_out_of_its_property(summary: str, note: str) -> None:
    stream = write_calendar("Vigie", [an_entry(summary=summary, description=note, location="")])
    lines = unfold(stream)
    assert len([line for line in lines if line.startswith(("BEGIN:", "END:"))]) == 4
    said = next(line for line in lines if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    kept = summary.replace("\r\n", "\n").replace("\r", "\n")
    assert unescape(said) == "".join(one for one in kept if one in "\n\t" or " " <= one != "\x7f")


def test_an_independent_reader_agrees() -> None:
    stream = write_calendar("Vigie · Équipe", [an_entry(), an_entry(uid="2", planned_at=None), an_entry(uid="3")])
    calendar = icalendar.Calendar.from_ical(stream)
    assert calendar.errors == []
    events, tasks = calendar.walk("VEVENT"), calendar.walk("VTODO")
    assert [len(events), len(tasks)] == [2, 1]
    assert (events[0].decoded("dtstart"), events[0].decoded("dtend")) == (AT, AT + timedelta(minutes=90))
    assert (events[0]["summary"], events[0]["sequence"]) == ("Lampe 12 : à changer; driver, ballast", 3)
    assert events[0]["description"] == "Clé chez le gardien\nAppeler avant"
    assert [one.errors for one in (*events, *tasks)] == [[], [], []]
