"""Would this broker lose what it answered as taken? Probed live, judged here."""

from collections.abc import Callable, Iterator

from deploy.check.finding import Finding, Level
from deploy.check.probe import NEVER_EXPIRES, BrokerFacts, probe
from deploy.check.session import ProbeError
from sensors.json_text import MAX_PAYLOAD_BYTES

SUBJECT = "broker"
FEW_INFLIGHT = 1_000


def check_broker(mqtt_url: str) -> list[Finding]:
    """Give the findings about a broker; one that does not answer or refuses us is a finding too."""
    try:
        facts = probe(mqtt_url)
    except ProbeError as error:
        meaning = "gateways reach nobody and keep their messages, if they can"
        return [Finding(SUBJECT, "reachable", Level.LOSS, f"no: {error}", meaning, "start it, or correct the address")]
    if facts.refusal:
        meaning = "nothing is taken from it"
        return [Finding(SUBJECT, "reachable", Level.LOSS, f"refuses us: {facts.refusal}", meaning, "user and password")]
    return judge(facts)


def judge(facts: BrokerFacts) -> list[Finding]:
    """Turn what the probe saw into findings."""
    judges: tuple[Callable[[BrokerFacts], Iterator[Finding]], ...] = (
        judge_protocol,
        judge_quality,
        judge_session,
        judge_queue,
        judge_inflight,
        judge_packet_size,
        judge_retained,
        judge_shared,
        judge_dropped,
        judge_persistence,
    )
    return [finding for one in judges for finding in one(facts)]


def judge_protocol(facts: BrokerFacts) -> Iterator[Finding]:
    """MQTT 5 tells more of what goes wrong."""
    version = facts.counts.get("version", "")
    if facts.has_mqtt5:
        yield Finding(SUBJECT, "protocol", Level.OK, f"MQTT 5{f', {version}' if version else ''}")
        return
    meaning = "no answer tells a gateway that its message is refused, and nothing limits what the broker sends at once"
    yield Finding(SUBJECT, "protocol", Level.WARNING, "MQTT 3.1.1 only", meaning, "a broker that speaks MQTT 5")


def judge_quality(facts: BrokerFacts) -> Iterator[Finding]:
    """A subscription at QoS 1 must be granted as such."""
    most = facts.limits.get("MaximumQoS")
    if facts.refused_subscription:
        meaning = "the ingest reads below vigie/, and so does this probe"
        mend = "the right to read and write vigie/#"
        yield Finding(SUBJECT, "subscription", Level.LOSS, facts.refused_subscription, meaning, mend)
    elif facts.granted_qos == 0 or most == 0:
        meaning = "what does not arrive at once is lost, and nothing is kept while the ingest is away"
        mend = "allow QoS 1 in the broker; The Things Stack has no more than QoS 0: use its webhooks or storage too"
        yield Finding(SUBJECT, "subscription", Level.LOSS, "QoS 1 asked, QoS 0 granted", meaning, mend)
    elif facts.granted_qos is None:
        yield Finding(SUBJECT, "subscription", Level.UNSEEN, "could not be tried")
    else:
        yield Finding(SUBJECT, "subscription", Level.OK, f"QoS {facts.granted_qos} granted")


def judge_session(facts: BrokerFacts) -> Iterator[Finding]:
    """The session must be there when the ingest comes back, however late."""
    if facts.has_session is None:
        return
    expiry = facts.limits.get("SessionExpiryInterval", NEVER_EXPIRES)
    if not facts.has_session:
        meaning = "an ingest that is away for a moment loses every message of that time"
        mend = "persistent sessions (session expiry above 0)"
        yield Finding(SUBJECT, "session", Level.LOSS, "gone after a disconnect", meaning, mend)
    elif expiry < NEVER_EXPIRES:
        meaning = "an ingest away for longer loses its session and every waiting message"
        yield Finding(SUBJECT, "session", Level.LOSS, f"ends after {expiry:,} s", meaning, "no limit to session expiry")
    else:
        yield Finding(SUBJECT, "session", Level.OK, "kept")


def judge_queue(facts: BrokerFacts) -> Iterator[Finding]:
    """What was answered as taken must be delivered."""
    if not facts.n_sent:
        return
    n_lost = facts.n_taken - facts.n_kept
    found = f"{facts.n_sent:,} sent while away, {facts.n_taken:,} answered as taken, {facts.n_kept:,} delivered"
    if n_lost > 0:
        meaning = f"{n_lost:,} messages vanished although the broker answered success"
        mend = "max_queued_messages 0 with max_queued_bytes 500000000 (Mosquitto); a larger mqueue (EMQX)"
        yield Finding(SUBJECT, "queue", Level.LOSS, found, meaning, mend)
    elif facts.n_taken < facts.n_sent:
        answers = ", ".join(sorted(facts.answers)) or "no answer"
        meaning = f"the broker refuses the rest ({answers}); a gateway must keep what is refused"
        mend = "the right to publish below vigie/; room for more waiting messages"
        level = Level.WARNING if facts.n_taken else Level.LOSS
        yield Finding(SUBJECT, "queue", level, found, meaning, mend)
    else:
        meaning = "no more was tried: its true limit is in its configuration (--broker-config)"
        yield Finding(SUBJECT, "queue", Level.OK, found, meaning)


def judge_inflight(facts: BrokerFacts) -> Iterator[Finding]:
    """How many come before the first acknowledgement."""
    if not facts.n_inflight:
        return
    if facts.n_inflight >= min(FEW_INFLIGHT, facts.n_kept):
        yield Finding(SUBJECT, "inflight", Level.OK, f"{facts.n_inflight:,} unacknowledged messages let out")
        return
    found = f"{facts.n_inflight:,} unacknowledged messages let out"
    meaning = "the ingest acknowledges after each commit, so so few under way slow it down; the rest queues"
    yield Finding(SUBJECT, "inflight", Level.WARNING, found, meaning, "max_inflight_messages 0 (Mosquitto)")


def judge_packet_size(facts: BrokerFacts) -> Iterator[Finding]:
    """MQTT 5 brokers say their largest packet."""
    most = facts.limits.get("MaximumPacketSize")
    if most is None:
        meaning = "where there is none, one message of 256 MB is taken, kept in memory and handed on"
        mend = "max_packet_size 2000000 (Mosquitto)"
        level = Level.WARNING if facts.has_mqtt5 else Level.UNSEEN
        yield Finding(SUBJECT, "packet_size", level, "no limit told", meaning, mend)
    elif most < MAX_PAYLOAD_BYTES:
        meaning = (
            f"Vigie takes messages up to {MAX_PAYLOAD_BYTES:,} B; larger ones than this end the gateway's connection"
        )
        yield Finding(SUBJECT, "packet_size", Level.WARNING, f"{most:,} B", meaning, "max_packet_size 2000000")
    else:
        yield Finding(SUBJECT, "packet_size", Level.OK, f"{most:,} B")


def judge_retained(facts: BrokerFacts) -> Iterator[Finding]:
    """Births and availability are published retained."""
    if facts.keeps_retained is None:
        yield Finding(SUBJECT, "retained", Level.UNSEEN, "could not be tried")
    elif facts.keeps_retained:
        yield Finding(SUBJECT, "retained", Level.OK, "kept")
    else:
        meaning = "states that gateways publish retained (births, availability) are forgotten"
        yield Finding(SUBJECT, "retained", Level.WARNING, "not kept", meaning, "retain_available true")


def judge_shared(facts: BrokerFacts) -> Iterator[Finding]:
    """Several workers share one stream."""
    if facts.limits.get("SharedSubscriptionAvailable", 1) == 0:
        meaning = "several workers cannot share the load"
        yield Finding(
            SUBJECT, "shared", Level.WARNING, "no shared subscriptions", meaning, "one worker, or another broker"
        )


def judge_dropped(facts: BrokerFacts) -> Iterator[Finding]:
    """Mosquitto counts what it threw away."""
    dropped = facts.counts.get("dropped", "")
    if not dropped.isdecimal():
        meaning = "Mosquitto tells it on $SYS to those who may read there"
        yield Finding(SUBJECT, "dropped", Level.UNSEEN, "the broker does not tell", meaning)
    elif int(dropped):
        meaning = "messages were lost since the broker's start; its log names the clients"
        mend = "larger queues, or an ingest that is away less; a restart sets the count to 0"
        yield Finding(SUBJECT, "dropped", Level.LOSS, f"{int(dropped):,} since its start", meaning, mend)
    else:
        yield Finding(SUBJECT, "dropped", Level.OK, "0 since its start")


def judge_persistence(_facts: BrokerFacts) -> Iterator[Finding]:
    """Say what no probe can see without killing the broker."""
    meaning = "whether waiting messages survive a restart is in the broker's configuration: name it by --broker-config"
    yield Finding(SUBJECT, "persistence", Level.UNSEEN, "cannot be seen from outside", meaning)
