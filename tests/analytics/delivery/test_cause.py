"""Who is to answer for a gap: each rule, and which goes before which."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.delivery.cause import Outage, Span, find_outages, judge
from store.evidence import GatewaySeen, OthersHeard, SessionChange

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
NOBODY, SOMEBODY = OthersHeard(4, 0), OthersHeard(4, 1)
SPEAKING = GatewaySeen("gw", None, 3, 3, 2)
SILENT = GatewaySeen("gw", None, 3, 2, 0)


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


SPAN = Span(minute(0), minute(60), 5)


def outage(kind: str = "unreachable", begin: float = 5, end: float = 55, others: OthersHeard = NOBODY) -> Outage:
    return Outage(kind, minute(begin), minute(end), others=others)  # type: ignore[arg-type]


def said(*outages: Outage, n_dropped: int = 0, gateway: GatewaySeen | None = SPEAKING) -> tuple[str, str]:
    attribution = judge(SPAN, outages, n_dropped, gateway)
    return attribution.cause, attribution.reason


@pytest.mark.parametrize(
    ("kind", "cause"),
    [("forgot_session", "broker"), ("unreachable", "broker"), ("no_worker", "platform"), ("store_away", "platform")],
)
def test_an_outage_of_which_nothing_came_is_the_cause(kind: str, cause: str) -> None:
    assert said(outage(kind)) == (cause, kind)


@pytest.mark.parametrize("kind", ["forgot_session", "unreachable", "no_worker", "store_away"])
def test_what_others_sent_meanwhile_clears_broker_and_platform(kind: str) -> None:
    assert said(outage(kind, others=SOMEBODY)) == ("device", "others_heard")


def test_a_short_outage_is_not_the_cause_of_a_long_gap() -> None:
    assert said(outage(begin=10, end=34)) == ("device", "others_heard")
    assert said(outage(begin=10, end=36)) == ("broker", "unreachable")


def test_a_forgotten_session_needs_no_time() -> None:
    assert said(outage("forgot_session", 10, 10)) == ("broker", "forgot_session")


def test_order_of_precedence() -> None:
    everything = [outage(kind) for kind in ("store_away", "no_worker", "unreachable", "forgot_session")]
    found = []
    for n_kept in (4, 3, 2, 1):
        found.append(said(*everything[:n_kept])[1])
    assert found == ["forgot_session", "unreachable", "no_worker", "store_away"]
    assert said(*everything[:3], n_dropped=3) == ("broker", "dropped")
    assert said(*everything, n_dropped=3) == ("broker", "forgot_session")


@pytest.mark.parametrize(
    ("gateway", "expected"),
    [
        (replace(SPEAKING, offline_at=minute(3)), ("gateway", "went_offline")),
        (SILENT, ("gateway", "others_silent")),
        (SPEAKING, ("device", "others_heard")),
        (replace(SILENT, n_before=1), ("unknown", "too_few_others")),
        (None, ("unknown", "no_gateway_known")),
    ],
)
def test_without_an_outage_gateway_and_neighbours_tell(gateway: GatewaySeen | None, expected: tuple[str, str]) -> None:
    assert said(gateway=gateway) == expected


def test_evidence_holds_what_was_seen() -> None:
    evidence = judge(SPAN, [outage(others=SOMEBODY)], 2, SILENT).evidence
    assert evidence["n_dropped"] == 2
    assert evidence["outages"][0]["n_others_heard_within"] == 1
    assert evidence["gateway"]["n_heard_before"] == 2


def change(at: float, session: str = "w", *, up: bool, is_kept: bool | None = None, cause: str = "") -> SessionChange:
    return SessionChange("own", session, minute(at), up, is_kept, cause)


def outages(*changes: SessionChange, is_ordered: bool = False) -> list[tuple[str, float, float]]:
    found = find_outages(changes, SPAN, is_ordered=is_ordered)
    return [
        (one.kind, (one.began_at - START) / timedelta(minutes=1), (one.ended_at - START) / timedelta(minutes=1))
        for one in found
    ]


def test_outage_is_the_time_without_any_session() -> None:
    assert outages(
        change(-9, up=True),
        change(-8, "v", up=True),
        change(10, up=False),
        change(20, "v", up=False),
        change(30, up=True, is_kept=True),
    ) == [("unreachable", 20, 30)]


def test_outage_that_lasts_is_clipped_to_the_gap() -> None:
    assert outages(change(-9, up=True), change(-5, up=False, cause="worker_gone")) == [("no_worker", 0, 60)]


def test_a_session_that_was_there_before_can_be_forgotten() -> None:
    lost = (change(-9, up=True, is_kept=False), change(10, up=False))
    assert outages(*lost, change(11, up=True, is_kept=False)) == [("forgot_session", 10, 11)]
    assert outages(*lost, change(11, "new", up=True, is_kept=False)) == [("unreachable", 10, 11)]


def test_before_the_first_word_nothing_is_an_outage() -> None:
    assert outages(change(30, up=True, is_kept=False)) == []
    assert outages() == []


def test_sessions_with_state_answer_for_their_own_formats() -> None:
    rows = (change(-9, "own/state", up=True), change(-9, up=True), change(10, "own/state", up=False))
    assert outages(*rows, is_ordered=True) == [("unreachable", 10, 60)]
    assert outages(*rows) == []


def test_a_store_that_was_away_is_an_outage() -> None:
    rows = [
        SessionChange("*", "w", minute(5), False, None, "gone"),
        SessionChange("*", "w", minute(15), True, None, ""),
    ]
    assert outages(*rows) == [("store_away", 5, 15)]
