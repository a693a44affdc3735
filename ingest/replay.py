"""Replay: kept messages are read again by today's decoders and registry, and their account is put right.

What a replay settles leaves the account where it stood as rejected and enters it anew, in the hour of its own arrival,
in one transaction with the measurements: each message keeps exactly one outcome, and a second replay finds nothing.
A message for which nothing was mended is left as it is. Replayed values never replace one that stands, not even those
of a revisable device: the one that stands may have come later.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby

import msgspec
import psycopg
import structlog

from ingest.account import Outcome
from ingest.arrival import Arrival
from ingest.batch import Batch
from ingest.draft import Draft
from ingest.foreign import make_usable
from ingest.held import WANT_THEIR_SOURCE, HeldMessage, Refused, read_pages, source_key
from ingest.intake import Intake
from ingest.newest import newest_of
from ingest.observations import is_for_client
from ingest.posted import NAMED
from ingest.posted import SOURCE as HTTP
from ingest.reentry import enter_anew
from ingest.registry import Registry
from ingest.route import make_route
from ingest.source import OWN, Rule, Source, own_source
from ingest.writer import Writer
from sensors.formats import find_format
from store import quarantine
from store.intake import Connection, prepare_session
from store.newest import upsert_newest
from store.quarantine import Choice, Counts, HeldRow
from store.sources import read_sources

LOG = structlog.get_logger()
WORKER = "replay"
OWN_WAYS = (OWN, HTTP)
PERMANENT = (psycopg.DataError, psycopg.IntegrityError)

FindSource = Callable[[HeldRow], Source | None]  # as whose the message is read again; None: nobody knows it


def sources_of(connection: Connection) -> FindSource:
    """Give the sources as they are entered now; one whose rules cannot be used is not known.

    A source beside the own broker has the rights that its rules give it today.
    """
    known = make_usable(read_sources(connection))
    connection.rollback()

    def find(row: HeldRow) -> Source | None:
        if row.source.startswith(NAMED):
            return find_posting_source(row, known.get(row.source.removeprefix(NAMED)))
        return find_own_source(row) if row.source in OWN_WAYS else known.get(row.source)

    return find


def find_own_source(row: HeldRow) -> Source | None:
    """Give the platform's own ways in, bound as they were when the message came: its broker, and HTTP.

    A post speaks for the territory that it was taken for and no other.
    """
    if row.source == OWN:
        return own_source(row.speaks_for)
    format_ = find_format(row.format) if row.source == HTTP and row.format else None
    return Source(row.source, (Rule("#", format_),), row.territory) if format_ and row.territory else None


def find_posting_source(row: HeldRow, known: Source | None) -> Source | None:
    """Give the source by whose rules a post was read; it speaks for the post's territory only, like any post."""
    if known is None or row.speaks_for is None:
        return None
    return replace(known.bound_to(row.speaks_for), name=HTTP)


def replay(
    connection: Connection,
    choice: Choice,
    find_source: FindSource | None = None,
    is_ending: Callable[[], bool] = lambda: False,
) -> Counts:
    """Replay all open rejections that fit, a page at a time, and say what became of their messages.

    Commits as it goes; what is interrupted, or ended by `is_ending`, goes on with the next call. One replay at a time
    runs in a database.

    Raises
    ------
    BusyError
        Another replay is running.
    psycopg.OperationalError
        The connection was lost: what was committed stands and will not be replayed again.
    """
    counts = Counts()
    prepare_session(connection)
    intakes: dict[tuple[str, ...], Intake | None] = {}
    with quarantine.replay_lock(connection), closing_all(intakes):
        registry = Registry()
        find_source = find_source or sources_of(connection)
        for messages in read_pages(connection, choice):
            for key, group in groupby(messages, source_key):
                same = list(group)
                if key not in intakes:
                    source = find_source(same[0].head)
                    intakes[key] = Intake(source, registry) if source else None
                counts = counts.plus(replay_messages(connection, intakes[key], same))
            if is_ending():
                break
    return counts


@contextmanager
def closing_all(intakes: Mapping[tuple[str, ...], Intake | None]) -> Iterator[None]:
    """End what their decoding has started, when done."""
    try:
        yield
    finally:
        for intake in intakes.values():
            if intake is not None:
                intake.close()


def replay_messages(connection: Connection, intake: Intake | None, held: Sequence[HeldMessage]) -> Counts:
    """Replay messages of one source; one that the store can never take is left, and the others are replayed."""
    readable = [message for message in held if intake is not None and can_read(intake, message)]
    n_unreadable = len(held) - len(readable)
    if intake is None or not readable:
        return Counts(n_unchanged=n_unreadable)
    try:
        return settle(connection, intake, readable).plus(Counts(n_unchanged=n_unreadable))
    except PERMANENT as error:
        connection.rollback()
        intake.registry.forget_made()
        if len(readable) == 1:
            LOG.warning("replay_unstorable", topic=readable[0].head.topic, sqlstate=error.sqlstate)
            return Counts(n_unchanged=n_unreadable + 1)
    half = len(readable) // 2
    parts = (replay_messages(connection, intake, part) for part in (readable[:half], readable[half:]))
    return next(parts).plus(next(parts)).plus(Counts(n_unchanged=n_unreadable))


def can_read(intake: Intake, message: HeldMessage) -> bool:
    """Say whether the message can be judged now.

    Not where only a source that we do not know could; nor in a format with state, unless what it had said was kept.
    """
    rule = intake.source.find_rule(message.head.topic)
    if rule is None or (any(row.reason in WANT_THEIR_SOURCE for row in message.rows) and is_own_way(intake)):
        return False
    return rule.format is not None or all(row.uplink is not None for row in message.rows)


def is_own_way(intake: Intake) -> bool:
    """Say whether the territory was bound here by the message itself."""
    return intake.source.name in OWN_WAYS


def settle(connection: Connection, intake: Intake, held: Sequence[HeldMessage]) -> Counts:
    """Write what is mended, in one transaction."""
    intake.prepare(connection, time.monotonic())
    connection.commit()
    drafts = [keep_open(read_again(intake, message, index), message) for index, message in enumerate(held)]
    batch = intake.assemble(connection, drafts, time.monotonic())
    connection.commit()  # new series stand
    refused = count_refused(batch)
    mended = {
        index
        for index, message in enumerate(held)
        if refused[index] != message.count_refused() and is_judged(drafts[index])
    }
    if not mended:
        return Counts(n_unchanged=len(held))
    batch = intake.assemble(connection, [draft for draft in drafts if draft.arrival.mid in mended], time.monotonic())
    connection.commit()
    batch = replace(batch, parts=[msgspec.structs.replace(part, is_revisable=False) for part in batch.parts])

    def enter(connection: Connection, outcome: Outcome) -> Outcome:
        return enter_anew(connection, outcome, {index: held[index] for index in mended})

    outcome = Writer(WORKER, time.monotonic, enter).write(connection, batch)
    if outcome.n_stored:
        upsert_newest(connection, *newest_of(outcome))
        connection.commit()
    n_rejected = sum(outcome.count_rejected().values())
    return Counts(len(mended), len(held) - len(mended), outcome.n_stored, outcome.n_duplicate, n_rejected)


def is_judged(draft: Draft) -> bool:
    """Say whether a message, or what is open of it, says anything now."""
    return bool(draft.uplinks) or draft.reason is not None or is_for_client(draft)


def read_again(intake: Intake, message: HeldMessage, index: int) -> Draft:
    """Decode a message; where it depends on those before it, take what it said then."""
    head = message.head
    arrival = Arrival(head.topic.encode(), head.payload, index, head.received_at_us)
    if head.uplink is None:
        (draft,) = intake.decode([arrival])
        return draft
    return Draft(arrival, make_route(intake.source, arrival.topic).origin, message.uplinks)


def keep_open(draft: Draft, message: HeldMessage) -> Draft:
    """Leave out what the message says of devices of which nothing is open: that is settled."""
    if message.is_whole:
        return draft
    if draft.reason is not None:  # it could be read once, so a decoder is broken now: nothing is mended
        return msgspec.structs.replace(draft, reason=None, uplinks=())
    kept = tuple(uplink for uplink in draft.uplinks if uplink.device in message.devices)
    return msgspec.structs.replace(draft, uplinks=kept)


def count_refused(batch: Batch) -> dict[int, Refused]:
    """Count what is refused now, by the index of the message, before the store is asked."""
    counts: dict[int, Refused] = defaultdict(Counter)
    for refusal in batch.refusals:
        counts[refusal.arrival.mid][refusal.device, refusal.reason.value] += refusal.n_values
    for part in batch.parts:
        for rejected in part.uplink.rejected:
            counts[part.arrival.mid][part.uplink.device, rejected.reason.value] += rejected.n_values
    return counts
