"""The job that says what ought to have come: counts followed, silences found, gaps attributed.

Each step is one transaction that holds a lock, so that two programs never count the same message twice.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.delivery import silence
from analytics.delivery.attribution import attribute_gaps
from analytics.delivery.count import Follower, hour_of, spread
from store import gaps as store
from store.gaps import Connection, CounterRow, CountRow, GapRow, HourKey, Interval, Listener

N_COUNTS = 50_000
N_LISTENERS = 2_000


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What was done; `is_behind`: more waits that could be done at once; silences are found up to `listened_to`."""

    n_counts: int = 0
    n_listened: int = 0
    n_attributed: int = 0
    is_behind: bool = False
    listened_to: datetime | None = None

    def __add__(self, other: "DeliveryReport") -> "DeliveryReport":
        """Add two reports up, the later one second."""
        return DeliveryReport(
            self.n_counts + other.n_counts,
            self.n_listened + other.n_listened,
            self.n_attributed + other.n_attributed,
            other.is_behind,
            other.listened_to or self.listened_to,
        )


def keep_account(connection: Connection, now: datetime, computed_to: datetime) -> DeliveryReport:
    """Bring expectations and gaps up to date; silences up to `computed_to`, when all hours before are computed."""
    n_counts = in_step(connection, lambda: follow_counts(connection, N_COUNTS))
    in_step(connection, lambda: take_late(connection, now))
    n_listened = in_step(connection, lambda: listen(connection, computed_to, N_LISTENERS))
    n_attributed = in_step(connection, lambda: attribute_gaps(connection, now))
    has_listened = n_listened < N_LISTENERS
    is_behind = n_counts == N_COUNTS or not has_listened
    return DeliveryReport(n_counts, n_listened, n_attributed, is_behind, computed_to if has_listened else None)


def in_step(connection: Connection, step: Callable[[], int]) -> int:
    """Do one step in a transaction of its own."""
    with connection.transaction():
        store.lock_account(connection)
        return step()


def follow_counts(connection: Connection, n: int) -> int:
    """Follow the counts that messages brought, and give how many there were."""
    counts = store.take_counts(connection, n)
    if not counts:
        return 0
    since = {count.device_id: count.sent_at for count in reversed(counts)}
    old_counters, old_gaps = store.read_counters(connection, list(since)), store.read_counted_gaps(connection, since)
    followers = make_followers(old_counters, old_gaps)
    last_at: dict[int, dict[str, datetime]] = defaultdict(dict)
    for counter in old_counters:
        last_at[counter.device_id][counter.session] = counter.highest_at
    for count in counts:
        follow(followers, last_at[count.device_id], count)
    new_gaps = [gap for follower in followers.values() for gap in follower.gaps]
    store.write_counters(connection, [each.counter for each in followers.values() if each.counter is not None])
    heard: Counter[HourKey] = Counter()
    for follower in followers.values():
        heard.update(follower.heard)
    change_gaps(connection, old_gaps, new_gaps, heard)
    return len(counts)


def make_followers(counters: Iterable[CounterRow], gaps: Iterable[GapRow]) -> dict[tuple[int, str], Follower]:
    """Give a follower for each session that is known."""
    followers = {(row.device_id, row.session): Follower(row, [], Counter()) for row in counters}
    for gap in gaps:
        followers[gap.device_id, gap.session].gaps.append(gap)
    return followers


def follow(followers: dict[tuple[int, str], Follower], last_at: dict[str, datetime], count: CountRow) -> None:
    """Have the session's follower take a message; `last_at` is the last message of each session of the device."""
    others = [at for session, at in last_at.items() if session != count.session]
    key = count.device_id, count.session
    followers.setdefault(key, Follower(None, [], Counter())).take(count, max(others, default=None))
    last_at[count.session] = max(last_at.get(count.session, count.sent_at), count.sent_at)


def change_gaps(
    connection: Connection,
    before: Sequence[GapRow],
    after: Sequence[GapRow],
    heard: Counter[HourKey],
    withdrawn: Sequence[GapRow] = (),
) -> None:
    """Write gaps that are new or changed, take back those `withdrawn`, and move the hours' counts along."""
    known = {gap.gap_id: gap for gap in before}
    changed = [gap for gap in after if gap.gap_id is None or gap != known[gap.gap_id]]
    missing: Counter[HourKey] = Counter()
    for gap in changed:
        missing.update(spread(gap))
        if gap.gap_id is not None:
            missing.subtract(spread(known[gap.gap_id]))
    for gap in withdrawn:
        missing.subtract(spread(gap))
    store.write_gaps(connection, changed)
    store.delete_gaps(connection, withdrawn)
    store.add_expectations(connection, heard, missing)


def take_late(connection: Connection, now: datetime) -> int:
    """Take out of silences what came late, and give how many silences changed."""
    late = store.read_late_instants(connection, now)
    intervals = store.read_intervals(connection, [gap.device_id for gap, _ in late])
    after: list[GapRow] = []
    heard: Counter[HourKey] = Counter()
    for gap, instants in late:
        declared = intervals.get(gap.device_id, [])
        after += silence.split(gap, instants, declared)
        heard.update(heard_in(gap.device_id, instants, declared))
    change_gaps(connection, [gap for gap, _ in late], after, heard)
    return len(late)


def listen(connection: Connection, upto: datetime, n: int) -> int:
    """Look for silences up to an instant, in at most `n` devices, and give how many devices were listened to."""
    listeners = store.read_listeners(connection, upto, n)
    device_ids = [listener.device_id for listener in listeners]
    intervals = store.read_intervals(connection, device_ids)
    after = {one.device_id: one.last_at for one in listeners if one.last_at is not None and one.counted_at is None}
    instants = store.read_instants(connection, after, upto)
    lasting = {gap.device_id: gap for gap in store.read_silences(connection, device_ids)}
    heard: Counter[HourKey] = Counter()
    found: list[GapRow] = []
    for listener in listeners:
        device_id, declared = listener.device_id, intervals.get(listener.device_id, [])
        told = first_and(listener, instants.get(device_id, []))
        heard.update(heard_in(device_id, told[listener.is_heard or listener.counted_at is not None :], declared))
        found += find_gaps(device_id, told, declared, upto)
    after_all, withdrawn = carry_on(lasting, found)
    change_gaps(connection, list(lasting.values()), after_all, heard, withdrawn)
    last_at = after | {device_id: found_at[-1] for device_id, found_at in instants.items()}
    store.write_listenings(connection, device_ids, upto, last_at)
    return len(listeners)


def first_and(listener: Listener, instants: Sequence[datetime]) -> list[datetime]:
    """Give the message before, where there is one, and those since.

    Of a device that counts only its last one: it is heard already, and its next count tells what is missing.
    """
    last_at = listener.counted_at or listener.last_at
    return [] if last_at is None else [last_at, *instants]


def find_gaps(
    device_id: int, instants: Sequence[datetime], intervals: Sequence[Interval], upto: datetime
) -> list[GapRow]:
    """Give the silences between messages, and the one that lasts; none of a device that was never heard."""
    if not instants:
        return []
    lasting = silence.find_lasting(device_id, instants[-1], upto, intervals)
    return [*silence.find_silences(device_id, instants, intervals), *([] if lasting is None else [lasting])]


def carry_on(lasting: Mapping[int, GapRow], found: Iterable[GapRow]) -> tuple[list[GapRow], list[GapRow]]:
    """Give what was found, as the continuation of silences that lasted where it is one, and those to take back."""
    after: list[GapRow] = []
    carried: set[int] = set()
    for gap in found:
        before = lasting.get(gap.device_id)
        if before is not None and before.began_at == gap.began_at:
            carried.add(gap.device_id)
            after.append(replace(gap, gap_id=before.gap_id))
        else:
            after.append(gap)
    return after, [gap for device_id, gap in lasting.items() if device_id not in carried]


def heard_in(device_id: int, instants: Iterable[datetime], intervals: Sequence[Interval]) -> Counter[HourKey]:
    """Count messages by hour, where some were expected."""
    return Counter((device_id, hour_of(at), "interval") for at in silence.count_heard(instants, intervals))
