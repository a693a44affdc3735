"""The schedule is drawn from its seed alone, every fault comes, and what strikes the same part never comes at once."""

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.fault import find_parts
from tests.faults.schedule import draw_schedule

SEEDS = st.integers(0, 2**32)


@given(SEEDS)
def test_same_seed_draws_the_same_schedule_and_another_one_another(seed: int) -> None:
    parts = find_parts()
    assert draw_schedule(seed, 40, parts) == draw_schedule(seed, 40, parts)
    assert draw_schedule(seed, 40, parts) != draw_schedule(seed + 1, 40, parts)


@given(SEEDS)
def test_every_fault_strikes_before_one_strikes_again(seed: int) -> None:
    """As many rounds as there are faults hold them all, because a round strikes one at least."""
    parts = find_parts()
    names = [name for one in draw_schedule(seed, len(parts), parts) for name in one.names]
    assert set(names[: len(parts)]) == parts.keys()


@given(SEEDS)
def test_faults_of_a_pair_strike_different_parts_and_the_database_is_healed_first(seed: int) -> None:
    """Faults are healed in the opposite order: those that change the schema find a database."""
    parts = find_parts()
    for one in draw_schedule(seed, 60, parts):
        struck = [parts[name] for name in one.names]
        assert len(set(struck)) == len(struck)
        assert "database" not in struck[:-1]
