"""Posts on their way through a worker: decoded for their territory, told what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ingest.account import Outcome, by_reason, list_rejected
from ingest.arrival import Arrival
from ingest.batch import Origin, Refusal
from ingest.codecs.book import CodecBook
from ingest.codecs.format import with_codecs
from ingest.draft import Draft, decode_message
from ingest.foreign import SourceBook
from ingest.intake import Intake
from ingest.registry import Registry
from ingest.route import Route, make_route
from ingest.source import Source
from sensors.formats import in_zone
from sensors.measurement import Uplink
from sensors.posting import Post, PostOutcome, Refused, topic_of
from sensors.rejection import Reason, shown
from store.intake import Connection

SOURCE = "http"
NAMED = f"{SOURCE}:"  # before the name of the source whose rules read the post


class PostedArrival(Arrival, frozen=True, gc=False, kw_only=True):
    """A posted message as the worker takes it."""

    post: Post


class PostIntake(Intake):
    """Reads posts: format or source is named, the territory is the one for which the sender's key may speak."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(Source(SOURCE, ()), registry)
        self.sources = SourceBook()

    def prepare(self, connection: Connection, now: float) -> None:
        """Read what decoding needs of the store."""
        super().prepare(connection, now)
        self.sources.refresh(connection, now)

    def decode(self, arrivals: Sequence[Arrival]) -> list[Draft]:
        """Decode posts; whatever they hold, each gives one draft."""
        return [
            decode_post(arrival, self.in_zone(find_route(arrival, self.sources)), self.codecs)
            for arrival in arrivals
            if isinstance(arrival, PostedArrival)
        ]

    def in_zone(self, route: Route) -> Route:
        """Have times without an offset read as civil time of the territory."""
        if route.format is None:
            return route
        return msgspec.structs.replace(route, format=in_zone(route.format, self.zones.find(route.origin.bound)))


def make_arrival(post: Post, received_at_us: int) -> PostedArrival:
    """Address a post as a message."""
    return PostedArrival(topic_of(post).encode(), post.payload, 0, received_at_us, post=post)


def find_route(arrival: PostedArrival, sources: SourceBook) -> Route:
    """Say how a post is read: in the format it names, or by the rules of its source, which is entered or not."""
    post, topic = arrival.post, arrival.topic.decode()
    if post.format is not None:
        name, version = post.format.name, post.format.version
        origin = Origin(SOURCE, topic, name, version, post.territory, post.device, post.territory)
        return Route(origin, topic, post.format)
    known = sources.find(post.source)
    rules = known.bound_to(post.territory).rules if known else ()
    return make_route(Source(NAMED + post.source, rules, post.territory), arrival.topic)


def decode_post(arrival: PostedArrival, route: Route, codecs: CodecBook) -> Draft:
    """Decode one post and bind what it says to its territory; never fails."""
    post, origin = arrival.post, route.origin
    if route.stateful is not None:
        return Draft(arrival, origin, (), Reason.NOT_ALLOWED, f"{route.stateful.name}: HTTP")
    if route.format is not None:
        format_ = with_codecs(route.format, codecs, post.territory, route.device_prefix)
        route = msgspec.structs.replace(route, format=format_)
    draft = decode_message(arrival, route)
    strange = next((u.territory for u in draft.uplinks if u.territory not in (None, post.territory)), None)
    if strange is not None:
        return Draft(arrival, origin, (), Reason.TERRITORY_MISMATCH, shown(strange))
    return msgspec.structs.replace(draft, uplinks=tuple(bind(post, draft.uplinks)))


def bind(post: Post, uplinks: Sequence[Uplink]) -> Iterator[Uplink]:
    """Give uplinks their territory, and the sender's id where the message itself has none."""
    for index, uplink in enumerate(uplinks):
        message_id = uplink.message_id
        if message_id is None and post.message_id is not None:
            message_id = post.message_id if len(uplinks) == 1 else f"{post.message_id}#{index}"
        yield msgspec.structs.replace(uplink, territory=post.territory, message_id=message_id)


def tell(arrivals: Iterable[Arrival], outcomes: Iterable[Outcome]) -> list[PostOutcome]:
    """Give what became of each message, in their order. Each of them is in one of the outcomes, or holds nothing."""
    found: dict[int, list[PostOutcome]] = defaultdict(list)
    for outcome in outcomes:
        for received_at_us, told in tell_parts(outcome):
            found[received_at_us].append(told)
    return [join(found[arrival.received_at_us]) for arrival in arrivals]


def tell_parts(outcome: Outcome) -> Iterator[tuple[int, PostOutcome]]:
    """Give instant of arrival, which is unique within a worker, and outcome of each uplink and each refusal."""
    for index, part in enumerate(outcome.batch.parts):
        refused = tuple(
            Refused(rejected.reason, rejected.n_values, rejected.detail, part.uplink.device)
            for rejected in by_reason(list_rejected(outcome, index))
        )
        counts = int(outcome.stored[index]), int(outcome.duplicate[index])
        yield part.arrival.received_at_us, PostOutcome(*counts, refused, is_repeatable(part.uplink))
    for refusal in outcome.batch.refusals:
        yield refusal.arrival.received_at_us, tell_refusal(refusal)


def tell_refusal(refusal: Refusal) -> PostOutcome:
    """Give the outcome of what was refused as a whole."""
    refused = Refused(refusal.reason, refusal.n_values, refusal.detail, refusal.device)
    return PostOutcome(rejected=(refused,), is_repeatable=refusal.uplink is None or is_repeatable(refusal.uplink))


def is_repeatable(uplink: Uplink) -> bool:
    """Say whether the same uplink would be known again."""
    return uplink.clock != "arrival" or uplink.message_id is not None


def join(parts: Sequence[PostOutcome]) -> PostOutcome:
    """Sum up the uplinks of one message."""
    return PostOutcome(
        sum(part.stored for part in parts),
        sum(part.duplicate for part in parts),
        tuple(refused for part in parts for refused in part.rejected),
        all(part.is_repeatable for part in parts),
    )
