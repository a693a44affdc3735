"""When a session that is to end is empty: a question answered in silence, and a time of quiet."""

from ingest.drain import QUIET_S, Drain


def an_open_drain() -> Drain:
    """Begin at 0 s."""
    drain = Drain()
    drain.ask(0.0, is_idle=True, is_first=True)
    return drain


def test_first_answer_says_nothing_for_messages_may_be_on_their_way() -> None:
    drain = an_open_drain()
    drain.answer()
    assert drain.may_ask
    assert not drain.is_over(QUIET_S)


def test_second_answer_in_silence_is_the_end_after_a_time_of_quiet() -> None:
    drain = an_open_drain()
    drain.answer()
    drain.ask(1.0, is_idle=True)
    assert not drain.may_ask
    assert not drain.is_over(QUIET_S)
    drain.answer()
    assert not drain.is_over(QUIET_S - 0.1)
    assert drain.is_over(QUIET_S)


def test_message_before_the_answer_makes_it_worthless() -> None:
    drain = an_open_drain()
    drain.answer()
    drain.ask(1.0, is_idle=True)
    drain.hear(1.5)
    drain.answer()
    assert not drain.is_over(100.0)


def test_message_after_the_answer_makes_it_worthless() -> None:
    drain = an_open_drain()
    drain.answer()
    drain.ask(1.0, is_idle=True)
    drain.answer()
    drain.hear(1.5)
    assert not drain.is_over(100.0)


def test_question_asked_while_something_was_unfinished_is_worthless() -> None:
    drain = an_open_drain()
    drain.answer()
    drain.ask(1.0, is_idle=False)
    drain.answer()
    assert not drain.is_over(100.0)


def test_new_connection_begins_anew() -> None:
    drain = an_open_drain()
    drain.answer()
    drain.ask(1.0, is_idle=True)
    drain.answer()
    drain.ask(5.0, is_idle=True, is_first=True)
    drain.answer()
    assert not drain.is_over(100.0)
