"""What was: measurements of the registry, and values that clients wrote, by the clauses of ETSI GS CIM 009."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ngsi.aggregate import aggregate
from api.ngsi.instant import Duration, read_duration
from deploy.local.services import Services
from tests.api.ngsi.broker import LAMP, Broker, opened_broker, seed_writers
from tests.support.services import fresh_database
from tests.support.town import BEGIN, N_STEPS, STEP

pytestmark = pytest.mark.services
BUS = "urn:ngsi-ld:Bus:1"


def at(step: int) -> str:
    """When the lamp measured so many steps from the first."""
    return (BEGIN + step * STEP).strftime("%Y-%m-%dT%H:%M:%SZ")


def a_speed(value: Any, minute: int, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": f"2026-02-01T12:{minute:02d}:00Z", **more}


@pytest.fixture(scope="module")
def broker(services: Services, database_template: str) -> Iterator[Broker]:
    """One lamp's three days and a bus with six values; tests leave it as they find it."""
    with fresh_database(services, database_template) as url:
        _, east, _ = seed_writers(url)
        with opened_broker(url, east) as opened:
            speeds = [a_speed(120, 3), a_speed(80, 5), a_speed(100, 7)]
            fuel = [a_speed(60 - minute, minute) for minute in (3, 33, 59)]
            opened.send("/temporal/entities", {"id": BUS, "type": "Bus", "speed": speeds, "fuelLevel": fuel})
            yield opened


def values(body: dict[str, Any], name: str = "powerConsumption") -> list[Any]:
    return [one["value"] for one in body[name]]


def test_measurements_are_values_with_their_time(broker: Broker) -> None:
    body = broker.get(f"/temporal/entities/{LAMP}", timerel="between", timeAt=at(0), endTimeAt=at(3))
    assert body["type"] == "Streetlight"
    assert body["powerConsumption"] == [
        {"type": "Property", "value": 40.0 + n, "unitCode": "WTT", "observedAt": at(n)} for n in range(3)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"timerel": "before", "timeAt": at(2)}, [40, 41]),
        ({"timerel": "after", "timeAt": at(N_STEPS - 3)}, [43, 44]),
        ({"timerel": "between", "timeAt": at(1), "endTimeAt": at(3)}, [41, 42]),
        ({"timerel": "before", "timeAt": at(9), "lastN": "2"}, [40, 41]),
        ({"lastN": "1"}, [44]),
    ],
)
def test_a_span_is_kept_to(broker: Broker, query: dict[str, str], expected: list[int]) -> None:
    assert values(broker.get(f"/temporal/entities/{LAMP}", **query)) == expected
    if "timerel" in query:
        (one,) = broker.get("/temporal/entities", type="Streetlight", **query)
        assert values(one) == expected


def test_values_come_in_pairs(broker: Broker) -> None:
    body = broker.get(f"/temporal/entities/{BUS}", options="temporalValues", attrs="speed")
    assert body == {
        "id": BUS,
        "type": "Bus",
        "speed": {
            "type": "Property",
            "values": [
                [120, "2026-02-01T12:03:00Z"],
                [80, "2026-02-01T12:05:00Z"],
                [100, "2026-02-01T12:07:00Z"],
            ],
        },
    }


def test_values_are_put_together_over_periods_from_the_first_value(broker: Broker) -> None:
    body = broker.get(
        f"/temporal/entities/{BUS}",
        options="aggregatedValues",
        aggrMethods="avg,max,totalCount",
        aggrPeriodDuration="PT30M",
        timerel="after",
        timeAt="2026-02-01T12:00:00Z",
    )
    first, second = ["2026-02-01T12:03:00Z", "2026-02-01T12:33:00Z"], ["2026-02-01T12:33:00Z", "2026-02-01T13:03:00Z"]
    assert body["speed"] == {
        "type": "Property",
        "avg": [[100.0, *first]],
        "max": [[120.0, *first]],
        "totalCount": [[3, *first]],
    }
    assert body["fuelLevel"]["avg"] == [[57.0, *first], [14.0, *second]]
    whole = broker.get(
        f"/temporal/entities/{LAMP}",
        options="aggregatedValues",
        aggrMethods="totalCount,min",
        timerel="after",
        timeAt=at(0),
    )
    assert whole["powerConsumption"]["totalCount"] == [[N_STEPS - 1, at(1), at(N_STEPS - 1)]]


def test_an_answer_that_is_too_long_says_until_when_it_is_complete(broker: Broker) -> None:
    """Following Content-Range yields every value once, in order."""
    state = broker.client._transport.app.state  # type: ignore[attr-defined]
    before, state.n_temporal = state.n_temporal, 100
    try:
        found: list[dict[str, Any]] = []
        start, n_answers = BEGIN - STEP, 0
        while True:
            query = {"timerel": "after", "timeAt": start.strftime("%Y-%m-%dT%H:%M:%SZ")}
            answer = broker.ask(f"/temporal/entities/{LAMP}", **query)
            found += answer.json()["powerConsumption"]
            n_answers += 1
            if answer.status_code == 200:
                break
            assert answer.status_code == 206
            last = found[-1]["observedAt"]
            assert answer.headers["content-range"] == f"date-time {query['timeAt']}-{last}/*"
            start = datetime.fromisoformat(last)
        assert n_answers == 5
        assert [one["observedAt"] for one in found] == [at(n) for n in range(N_STEPS)]
        newest = broker.ask(f"/temporal/entities/{LAMP}", lastN=200)
        assert newest.headers["content-range"] == f"date-time {at(N_STEPS - 1)}-{at(N_STEPS - 100)}/200"
    finally:
        state.n_temporal = before


def test_attributes_end_together(broker: Broker) -> None:
    """An answer that is cut holds nothing behind the time until which all attributes are complete."""
    state = broker.client._transport.app.state  # type: ignore[attr-defined]
    before, state.n_temporal = state.n_temporal, 2
    try:
        answer = broker.ask(f"/temporal/entities/{BUS}", timerel="after", timeAt="2026-02-01T00:00:00Z")
        assert answer.status_code == 206
        assert values(answer.json(), "speed") == [120, 80]
        assert values(answer.json(), "fuelLevel") == [57]
    finally:
        state.n_temporal = before


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({"type": "Bus"}, 1),
        ({"type": "Bus,Streetlight"}, 2),
        ({"type": "Streetlight", "timeAt": "2025-01-01T00:00:00Z", "timerel": "before"}, 0),
        ({"q": "speed>110"}, 1),
        ({"q": "speed>120"}, 0),
        ({"q": "powerConsumption==46;name"}, 1),
        (
            {"type": "Streetlight", "georel": "near;maxDistance==10", "geometry": "Point", "coordinates": "[5.1,47.5]"},
            1,
        ),
        ({"type": "Bus", "attrs": "fuelLevel"}, 1),
        ({"type": "Bus", "attrs": "nothing"}, 0),
    ],
)
def test_pasts_are_found(broker: Broker, query: dict[str, str], n: int) -> None:
    span = {"timerel": "after", "timeAt": "2026-01-01T00:00:00Z"}
    answer = broker.ask("/temporal/entities", **{**span, **query}, count="true")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()) == n
    assert answer.headers["NGSILD-Results-Count"] == str(n)


def test_a_posted_question_is_answered_alike(broker: Broker) -> None:
    span = {"timerel": "between", "timeAt": at(0), "endTimeAt": at(3)}
    body = {"type": "Query", "entities": [{"type": "Streetlight"}], "temporalQ": span}
    asked = broker.send("/temporal/entityOperations/query", body, status=200).json()
    assert asked == broker.get("/temporal/entities", type="Streetlight", **span)
    together = {**body, "aggrParams": {"aggrMethods": ["sum"], "aggrPeriodDuration": "PT0S"}}
    (one,) = broker.send("/temporal/entityOperations/query", together, status=200).json()
    assert one["powerConsumption"]["sum"] == [[123.0, at(0), at(2)]]


def test_what_is_written_now_is_the_past_later(broker: Broker) -> None:
    urn = "urn:ngsi-ld:Kiosk:1"
    broker.send("/entities", {"id": urn, "type": "Kiosk", "speed": a_speed(1, 1)})
    broker.send(f"/entities/{urn}/attrs", {"speed": a_speed(2, 2)}, "PATCH", 204)
    assert values(broker.get(f"/temporal/entities/{urn}"), "speed") == [1, 2]
    broker.send(f"/entities/{urn}", None, "DELETE", 204)
    assert values(broker.get(f"/temporal/entities/{urn}"), "speed") == [1, 2]
    broker.refuse(f"/entities/{urn}", "ResourceNotFound", 404)
    broker.send(f"/temporal/entities/{urn}", None, "DELETE", 204)
    broker.refuse(f"/temporal/entities/{urn}", "ResourceNotFound", 404)


def test_values_of_the_past_are_added_changed_and_deleted(broker: Broker) -> None:
    urn = "urn:ngsi-ld:Tram:1"
    made = broker.send("/temporal/entities", {"id": urn, "type": "Tram", "speed": [a_speed(1, 1), a_speed(2, 2)]})
    assert made.headers["Location"] == f"/ngsi-ld/v1/temporal/entities/{urn}"
    broker.send("/temporal/entities", {"id": urn, "type": "Tram", "speed": [a_speed(3, 3)]}, status=204)
    broker.send(f"/temporal/entities/{urn}/attrs", {"speed": [a_speed(4, 4)], "load": [a_speed(9, 4)]}, status=204)
    body = broker.get(f"/temporal/entities/{urn}")
    assert values(body, "speed") == [1, 2, 3, 4]
    first = body["speed"][0]["instanceId"]
    broker.send(f"/temporal/entities/{urn}/attrs/speed/{first}", {"speed": [a_speed(7, 5)]}, "PATCH", 204)
    assert values(broker.get(f"/temporal/entities/{urn}"), "speed") == [2, 3, 4, 7]
    broker.send(f"/temporal/entities/{urn}/attrs/speed/{first}", None, "DELETE", 204)
    broker.refuse(f"/temporal/entities/{urn}/attrs/speed/{first}", "ResourceNotFound", 404, "DELETE")
    assert values(broker.get(f"/temporal/entities/{urn}"), "speed") == [2, 3, 4]
    broker.send(f"/temporal/entities/{urn}/attrs/load", None, "DELETE", 204)
    assert "load" not in broker.get(f"/temporal/entities/{urn}")
    broker.send(f"/temporal/entities/{urn}", None, "DELETE", 204)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ({}, "BadRequestData"),
        ({"timerel": "after"}, "BadRequestData"),
        ({"timerel": "after", "timeAt": "yesterday"}, "BadRequestData"),
        ({"timerel": "around", "timeAt": at(0)}, "BadRequestData"),
        ({"timerel": "between", "timeAt": at(0)}, "BadRequestData"),
        ({"timerel": "between", "timeAt": at(3), "endTimeAt": at(0)}, "BadRequestData"),
        ({"timerel": "after", "timeAt": at(0), "lastN": "0"}, "BadRequestData"),
        ({"timerel": "after", "timeAt": at(0), "timeproperty": "birthday"}, "BadRequestData"),
        ({"timerel": "after", "timeAt": at(0), "options": "aggregatedValues"}, "BadRequestData"),
        ({"timerel": "after", "timeAt": at(0), "options": "aggregatedValues", "aggrMethods": "best"}, "BadRequestData"),
        (
            {
                "timerel": "after",
                "timeAt": at(0),
                "options": "aggregatedValues",
                "aggrMethods": "avg",
                "aggrPeriodDuration": "bogus",
            },
            "BadRequestData",
        ),
        ({"timerel": "after", "timeAt": at(0), "sometimes": "1"}, "InvalidRequest"),
    ],
)
def test_what_cannot_be_asked_is_refused(broker: Broker, query: dict[str, str], kind: str) -> None:
    broker.refuse("/temporal/entities?type=Streetlight&" + "&".join(f"{k}={v}" for k, v in query.items()), kind)


def test_measurements_are_not_written_here(broker: Broker) -> None:
    broker.refuse(f"/temporal/entities/{LAMP}", "OperationNotSupported", 422, "DELETE")
    body = {"id": LAMP, "type": "Streetlight", "powerConsumption": [a_speed(1, 1)]}
    broker.refuse("/temporal/entities", "OperationNotSupported", 422, "POST", body)


START = datetime(2024, 1, 31, 10, tzinfo=UTC)


@given(
    st.lists(st.tuples(st.integers(0, 400_000), st.floats(-1e6, 1e6)), min_size=1, max_size=40),
    st.sampled_from(["PT7M", "PT1H", "P1D", "P1W", "P1M", "P1Y", "PT0S"]),
)
def test_periods_hold_each_value_once(rows: list[tuple[int, float]], period: str) -> None:
    """Whatever the period, counts and sums over it are those of all values, and periods do not overlap."""
    timed = sorted((START + timedelta(minutes=minutes), value) for minutes, value in rows)
    found = aggregate(timed, ["totalCount", "sum", "min", "max"], read_duration(period, "period"))
    assert sum(count for count, _, _ in found["totalCount"]) == len(rows)
    assert sum(total for total, _, _ in found["sum"]) == pytest.approx(sum(value for _, value in rows), abs=1e-3)
    bounds = [(start, end) for _, start, end in found["min"]]
    assert all(end <= start for (_, end), (start, _) in pairwise(bounds))
    assert all(low <= high for (low, _, _), (high, _, _) in zip(found["min"], found["max"], strict=True))


def test_methods_give_what_the_standard_names() -> None:
    timed = [(START + timedelta(minutes=n), value) for n, value in enumerate([2, 4, 4, 4, 5, 5, 7, 9])]
    methods = ["totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq"]
    found = aggregate(timed, methods, Duration(0, timedelta()))
    assert [found[method][0][0] for method in methods] == [8, 5, 40, 5, 2, 9, 2, 232]
    texts = [(START, "b"), (START, "a")]
    assert aggregate(texts, methods, Duration(0, timedelta()))["sum"] == []
    assert aggregate(texts, methods, Duration(0, timedelta()))["min"][0][0] == "a"


def test_pairs_hold_values_as_they_are_simplified(broker: Broker) -> None:
    """Words, texts by language and JSON say in pairs what they are, as in key-values."""
    urn = "urn:ngsi-ld:Sign:1"
    time = {"observedAt": "2026-02-01T12:00:00Z"}
    attributes = {
        "kind": {"type": "VocabProperty", "vocab": "monument", **time},
        "text": {"type": "LanguageProperty", "languageMap": {"fr": "a"}, **time},
        "plan": {"type": "JsonProperty", "json": {"a": 1}, **time},
        "lamp": {"type": "Relationship", "object": LAMP, **time},
    }
    broker.send("/temporal/entities", {"id": urn, "type": "Sign", **attributes})
    body = broker.get(f"/temporal/entities/{urn}", options="temporalValues")
    assert body["kind"] == {"type": "VocabProperty", "vocabs": [[{"vocab": "monument"}, time["observedAt"]]]}
    assert body["text"]["languageMaps"] == [[{"languageMap": {"fr": "a"}}, time["observedAt"]]]
    assert body["plan"]["jsons"] == [[{"json": {"a": 1}}, time["observedAt"]]]
    assert body["lamp"]["objects"] == [[LAMP, time["observedAt"]]]
    broker.send(f"/temporal/entities/{urn}", None, "DELETE", 204)


def test_lists_may_stand_several_times(broker: Broker) -> None:
    body = broker.get(f"/temporal/entities/{BUS}?attrs=speed&attrs=fuelLevel")
    assert body.keys() == {"id", "type", "speed", "fuelLevel"}
    broker.refuse(f"/temporal/entities/{BUS}?lastN=1&lastN=2", "InvalidRequest")


def test_a_body_of_unknown_length_is_refused(broker: Broker) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"id": "urn:a:1", "type": "A"}'

    sent = broker.client.post("/ngsi-ld/v1/entities", content=pieces(), headers={"Content-Type": "application/json"})
    answer = broker.runner.run(sent)
    assert answer.status_code == 411
    assert len(answer.json()["detail"]) > 10
