"""The query language: what is written is read as the same tree, and anything else is refused with a sentence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import ProblemError
from api.sensorthings.grammar import read_filter, read_orders
from api.sensorthings.options import Options, read_options, split
from api.sensorthings.resource import read_path
from store.sensorthings.expression import (
    Call,
    Expression,
    Interval,
    Literal,
    Negative,
    Not,
    Operation,
    Path,
    Shape,
    write,
)
from store.sensorthings.model import SETS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: (
        name
        not in {"null", "true", "false", "not", "and", "or", "asc", "desc", "eq", "ne", "lt", "le", "gt", "ge"}
        | {"add", "sub", "mul", "div", "mod"}
    )
)
instants = st.integers(0, 4 * 10**15).map(lambda micros: EPOCH + timedelta(microseconds=micros))
constants = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 10**9),
    st.floats(0, 1e300, allow_nan=False),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12),
    instants,
    st.timedeltas(timedelta(0), timedelta(days=1000)),
    st.tuples(instants, instants).map(lambda pair: Interval(*pair)),
    st.just(Shape("POINT(5 47)")),
)
leaves = st.one_of(
    constants.map(Literal), st.lists(names, min_size=1, max_size=3).map(lambda parts: Path(tuple(parts)))
)
SIGNS = ["and", "or", "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "mod"]


def grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Trees over smaller trees."""
    operations = st.builds(Operation, st.sampled_from(SIGNS), inner, inner)  # type: ignore[arg-type]
    calls = st.builds(Call, names, st.lists(inner, max_size=3).map(tuple))
    is_number = lambda node: isinstance(node, Literal) and isinstance(node.value, int | float)  # noqa: E731
    return st.one_of(operations, calls, inner.map(Not), inner.filter(lambda node: not is_number(node)).map(Negative))


expressions: st.SearchStrategy[Expression] = st.recursive(leaves, grow, max_leaves=12)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(expressions)
def test_a_filter_that_is_written_is_read_as_the_same_tree(node: Expression) -> None:
    """Precedence, parentheses, quotes and literals: reading is the inverse of writing, for any tree."""
    assert read_filter(write(node)) == node


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(["(", ")", "'", " eq ", "a", "1", ",", "-", "not "]))))
def test_any_text_is_read_or_refused(text: str | list[str]) -> None:
    """No text ends otherwise than in a tree or a refusal."""
    whole = "".join(text)
    for read in (read_filter, read_orders, read_path, lambda one: list(split(one, ","))):
        assert status_of(read, whole) in {200, 400, 404}


def status_of(read: Callable[[str], object], text: str) -> int:
    """Give the status of a refusal, 200 for none."""
    try:
        read(text)
    except ProblemError as error:
        return error.status
    return 200


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a or b and c", Operation("or", Path(("a",)), Operation("and", Path(("b",)), Path(("c",))))),
        ("1 add 2 mul 3", Operation("add", Literal(1), Operation("mul", Literal(2), Literal(3)))),
        ("9 sub 3 sub 2", Operation("sub", Operation("sub", Literal(9), Literal(3)), Literal(2))),
        ("not a eq 1", Not(Operation("eq", Path(("a",)), Literal(1)))),
        ("a eq -1", Operation("eq", Path(("a",)), Literal(-1))),
        ("it eq 'it''s'", Operation("eq", Path(("it",)), Literal("it's"))),
        (
            "t gt 2015-03-01T00:00:00+01:00",
            Operation("gt", Path(("t",)), Literal(datetime(2015, 2, 28, 23, tzinfo=UTC))),
        ),
    ],
)
def test_precedence_and_literals_are_those_of_the_standard(text: str, tree: Expression) -> None:
    assert read_filter(text) == tree


def test_many_minus_signs_are_refused_or_written_as_they_were_read() -> None:
    tree = read_filter("-" * 39 + "a")
    assert read_filter(write(tree)) == tree
    with pytest.raises(ProblemError, match="at most 40 levels"):
        read_filter("-" * 390 + "a")


def test_a_shape_with_a_quote_in_it_is_written_as_it_was_read() -> None:
    tree = read_filter("st_within(location, geography'POINT(5 47)''x')")
    assert read_filter(write(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a eq",
        "eq 1",
        "(a eq 1",
        "a eq 1)",
        "a b",
        "f(1",
        "'open",
        "2015-02-30T00:00:00Z gt a",
        "a eq 1;2",
        "a eq 1e999",
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(ProblemError, match=r".{10}"):
        read_filter(text)


def test_nesting_and_length_have_limits() -> None:
    for text in ("(" * 100 + "a" + ")" * 100, " or ".join(["a eq 1"] * 500), "a" * 9000, "not " * 300 + "a"):
        with pytest.raises(ProblemError, match="at most"):
            read_filter(text)


def things(**options: str) -> Options:
    """Options of a set of things."""
    return read_options([(f"${name}", text) for name, text in options.items()], SETS["Things"])


def test_options_within_an_expand_belong_to_it() -> None:
    found = things(expand="Datastreams($top=2;$filter=name eq 'a;b,(c';$expand=Sensor,Observations($skip=1)),Locations")
    inner = found.expand["Datastreams"]
    assert (inner.top, set(inner.expand), inner.expand["Observations"].skip) == (2, {"Sensor", "Observations"}, 1)
    assert inner.where == Operation("eq", Path(("name",)), Literal("a;b,(c"))
    assert found.expand["Locations"] == Options()


def test_a_path_in_an_expand_is_one_within_the_other() -> None:
    assert things(expand="Datastreams/Sensor,Datastreams/Observations($top=1)") == things(
        expand="Datastreams($expand=Sensor,Observations($top=1))"
    )


@pytest.mark.parametrize(
    "options",
    [
        {"top": "-1"},
        {"top": "x"},
        {"skip": "1000001"},
        {"count": "maybe"},
        {"select": "colour"},
        {"expand": "Sensor"},
        {"expand": "Datastreams($colour=1)"},
        {"expand": "Datastreams("},
        {"expand": "/".join(["Datastreams", "Thing"] * 4)},
        {"top": "10000", "expand": "Datastreams($top=1000)"},
        {"resultFormat": "CSV"},
        {"unknown": "1"},
    ],
)
def test_options_that_cannot_be_or_ask_for_too_much_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ProblemError, match=r".{10}"):
        things(**options)
