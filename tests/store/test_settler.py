"""Numbers are given before transactions end: whatever ends when, each committed one is told once, in order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from store.live import Position, Settler, steps_between

# What happens, one thing after the other: a transaction begins and takes a number, one of those that go on ends
# (with success or not), or somebody looks.
STEPS = st.lists(
    st.one_of(
        st.just(("begin", 0, True)),
        st.tuples(st.just("end"), st.integers(0, 5), st.booleans()),
        st.just(("look", 0, True)),
    ),
    max_size=60,
)


class Store:
    """A store in which transactions take numbers and end."""

    def __init__(self) -> None:
        self.last = 0
        self.going_on: dict[str, int] = {}
        self.committed: set[int] = set()

    def do(self, what: str, which: int, is_success: bool) -> None:
        """Begin or end a transaction."""
        if what == "begin":
            self.last += 1
            self.going_on[f"t{self.last}"] = self.last
        elif self.going_on:
            name = sorted(self.going_on)[which % len(self.going_on)]
            number = self.going_on.pop(name)
            if is_success:
                self.committed.add(number)

    def look(self, settler: Settler) -> list[int]:
        """Look as the watch does, and give the numbers that are told."""
        since = settler.settled
        working = frozenset(self.going_on)
        ids = sorted(number for number in self.committed if number > since)
        settler.settle(working, ids, working)
        return [number for number in ids if number <= settler.settled]


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_every_committed_number_is_told_once_and_in_order(steps: list[tuple[str, int, bool]]) -> None:
    store, settler, told = Store(), Settler(0), list[int]()
    for what, which, is_success in steps:
        if what == "look":
            told += store.look(settler)
        else:
            store.do(what, which, is_success)
    while store.going_on:
        store.do("end", 0, True)
    for _ in range(3):
        told += store.look(settler)
    assert told == sorted(store.committed)


def test_a_lower_number_is_waited_for() -> None:
    store, settler = Store(), Settler(0)
    store.do("begin", 0, True)
    store.do("begin", 0, True)
    store.do("end", 1, True)  # the second one ends first
    assert [store.look(settler), store.look(settler)] == [[], []]
    store.do("end", 0, True)
    assert store.look(settler) == [1, 2]


def test_a_number_of_a_transaction_that_failed_is_passed_by() -> None:
    store, settler = Store(), Settler(0)
    store.do("begin", 0, True)
    store.do("begin", 0, True)
    store.do("end", 0, False)
    store.do("end", 0, True)
    assert store.look(settler) + store.look(settler) == [2]


def test_steps_lead_from_one_position_to_the_other() -> None:
    ends = steps_between(Position(0, 10, 3), Position(1200, 10, 4))
    assert ends == [Position(500, 10, 4), Position(1000, 10, 4), Position(1200, 10, 4)]
    assert steps_between(Position(1, 2, 3), Position(1, 2, 3)) == []
