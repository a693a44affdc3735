"""A live probe of a broker: does it keep, for a session that is away, what it answered as taken?

It publishes some thousand messages to a session of its own on a topic of its own, which no format reads, comes back and
counts. Whatever it made at the broker it takes away again; sessions would also end by themselves after ten minutes.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from deploy.check.session import MOST_INFLIGHT, NO_CONNACK, ProbeError, ProbeSession, wait, wait_still

N_MESSAGES = 3_000
PADDING = b"x" * 992  # with a number of eight digits before it: 1,000 bytes
NEVER_EXPIRES = 0xFFFFFFFF
KEPT_S = 600
STALL_S, STILL_S = 1.5, 5.0  # a busy broker pauses; only where messages are missing is it waited so long
SYS_TOPICS = {"$SYS/broker/publish/messages/dropped": "dropped", "$SYS/broker/version": "version"}
UNSUPPORTED_VERSION = 0x84


@dataclass(slots=True)
class BrokerFacts:
    """What the probe saw. None or 0: it did not come so far.

    `n_taken` counts publishes answered with success, `n_kept` those delivered afterwards, `n_inflight` how many were
    let out before the first acknowledgement.
    """

    has_mqtt5: bool = True
    refusal: str = ""
    limits: dict[str, Any] = field(default_factory=dict)  # Any: a property of CONNACK is a number or a text
    granted_qos: int | None = None
    refused_subscription: str = ""
    n_sent: int = 0
    n_taken: int = 0
    answers: set[str] = field(default_factory=set)
    has_session: bool | None = None
    n_inflight: int = 0
    n_kept: int = 0
    keeps_retained: bool | None = None
    counts: dict[str, str] = field(default_factory=dict)


def probe(mqtt_url: str, n_messages: int = N_MESSAGES) -> BrokerFacts:
    """Ask a broker; takes some seconds. Raises ProbeError where it does not answer or breaks off."""
    facts = BrokerFacts()
    name = f"vigie-check-{secrets.token_hex(6)}"
    read_limits(mqtt_url, f"{name}-limits", facts)
    if facts.limits.get("MaximumQoS") == 0:  # to publish at QoS 1 would end the connection
        facts.granted_qos = 0
    if facts.refusal or facts.granted_qos == 0:
        return facts
    most_inflight = min(MOST_INFLIGHT, facts.limits.get("ReceiveMaximum", MOST_INFLIGHT))
    reader = ProbeSession(mqtt_url, f"{name}-reader", has_mqtt5=facts.has_mqtt5, most_inflight=most_inflight)
    reader.open(clean=True)
    try:
        read_counts(reader, facts)
        if may_publish(reader, f"vigie/{name}/first", facts):
            probe_retained(reader, f"vigie/{name}/retained", facts)
            probe_queue(reader, name, n_messages, facts)
    finally:
        reader.close()
    return facts


def read_limits(mqtt_url: str, client_id: str, facts: BrokerFacts) -> None:
    """Connect as the ingest does and note what the broker says of itself."""
    session = connect_or_step_back(mqtt_url, client_id, facts)
    if session.reason is not None and session.reason.is_failure:
        facts.refusal = str(session.reason)
        session.close()
        return
    facts.limits = session.limits
    session.close()
    forget(mqtt_url, client_id, has_mqtt5=facts.has_mqtt5)


def connect_or_step_back(mqtt_url: str, client_id: str, facts: BrokerFacts) -> ProbeSession:
    """Speak MQTT 5, else 3.1.1: an older broker says so or just closes the connection."""
    session = ProbeSession(mqtt_url, client_id)
    try:
        session.open(clean=True, expiry_s=NEVER_EXPIRES)
        if session.reason is None or session.reason.value != UNSUPPORTED_VERSION:
            return session
        session.close()
    except ProbeError as error:
        if NO_CONNACK not in str(error):
            raise
    facts.has_mqtt5 = False
    session = ProbeSession(mqtt_url, client_id, has_mqtt5=False)
    session.open(clean=True)
    return session


def forget(mqtt_url: str, client_id: str, *, has_mqtt5: bool) -> None:
    """End a session and what the broker keeps for it."""
    session = ProbeSession(mqtt_url, client_id, has_mqtt5=has_mqtt5)
    session.open(clean=True)
    session.close()


def read_counts(reader: ProbeSession, facts: BrokerFacts) -> None:
    """Read Mosquitto's own counts, where it is one and lets us."""
    for topic in SYS_TOPICS:
        if reader.subscribe(topic).is_failure:
            return
    wait(lambda: len(reader.messages) >= len(SYS_TOPICS), STALL_S)
    facts.counts = {
        SYS_TOPICS[message.topic]: message.payload.decode(errors="replace")
        for message in list(reader.messages)
        if message.topic in SYS_TOPICS
    }


def may_publish(publisher: ProbeSession, topic: str, facts: BrokerFacts) -> bool:
    """Publish one message; a broker that refuses it is not sent thousands."""
    publisher.publish(topic, b"first")
    facts.n_sent = 1
    facts.answers = {str(answer) for answer in publisher.answers}
    facts.n_taken = facts.n_kept = sum(not answer.is_failure for answer in publisher.answers)
    return facts.n_taken == 1


def probe_retained(reader: ProbeSession, topic: str, facts: BrokerFacts) -> None:
    """Publish a retained message, then subscribe; taken away again afterwards."""
    if facts.limits.get("RetainAvailable") == 0:  # to publish one would end the connection
        facts.keeps_retained = False
        return
    reader.publish(topic, b"x", retain=True)
    try:
        if reader.subscribe(topic).is_failure:
            return
        facts.keeps_retained = wait(lambda: any(message.topic == topic for message in list(reader.messages)), STILL_S)
    finally:
        reader.publish(topic, b"", retain=True)


def probe_queue(publisher: ProbeSession, name: str, n_messages: int, facts: BrokerFacts) -> None:
    """Leave a session behind, publish to it, come back and count."""
    client_id, topic = f"{name}-keeper", f"vigie/{name}/probe"
    keeper = ProbeSession(publisher.url, client_id, has_mqtt5=facts.has_mqtt5)
    try:
        keeper.open(clean=False, expiry_s=KEPT_S)
        grant = keeper.subscribe(topic)
        keeper.close()
        if grant.is_failure:
            facts.refused_subscription = str(grant)
            return
        facts.granted_qos = grant.value
        publisher.publish(topic, PADDING, n=n_messages)
        facts.n_sent = n_messages
        facts.n_taken = sum(not answer.is_failure for answer in publisher.answers)
        facts.answers = {str(answer) for answer in publisher.answers}
        count_kept(keeper, facts)
    finally:
        keeper.close()
        forget(publisher.url, client_id, has_mqtt5=facts.has_mqtt5)


def count_kept(keeper: ProbeSession, facts: BrokerFacts) -> None:
    """Come back and count, first without acknowledging anything."""
    keeper.reason = None
    keeper.open(clean=False, expiry_s=KEPT_S)
    facts.has_session = keeper.session_present
    facts.n_inflight = wait_still(lambda: len(keeper.messages), facts.n_taken, STALL_S)
    keeper.acknowledge_all()
    wait_still(lambda: len(keeper.messages), facts.n_taken, STILL_S)
    facts.n_kept = len({message.payload for message in list(keeper.messages)})
