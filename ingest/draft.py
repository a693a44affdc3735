"""Drafts: messages decoded by their route, nothing of the registry known yet. Any message gives one."""

import msgspec
import structlog

from ingest.arrival import Arrival
from ingest.batch import Origin
from ingest.memory import Memory
from ingest.route import Route
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason
from sensors.stateful import Decoded, Liveness, Received, StatefulFormat

LOG = structlog.get_logger()
# What a mistake in a decoder raises. One message must not end the worker, so it is refused and kept.
DECODER_FAULTS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A decoded message: its uplinks, or why there are none; `said` is all that a format with state made of it."""

    arrival: Arrival
    origin: Origin
    uplinks: tuple[Uplink, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    said: Decoded | None = None


def decode_message(arrival: Arrival, route: Route) -> Draft:
    """Decode one message; never fails."""
    origin = route.origin
    if route.format is None:
        return Draft(arrival, origin, (), route.reason, origin.topic)
    try:
        uplinks = route.format.decode(route.topic, arrival.payload, arrival.received_at_us)
    except DecodeError as error:
        return Draft(arrival, origin, (), error.reason, error.detail)
    except DECODER_FAULTS as error:
        LOG.exception("decoder_failed", format=origin.format, topic=origin.topic)
        return Draft(arrival, origin, (), Reason.CODEC_FAILED, f"{type(error).__name__}: {error}")
    if uplinks and uplinks[0].decoder is not None:
        origin = msgspec.structs.replace(origin, version=f"{origin.version}+{uplinks[0].decoder}")
    if arrival.is_retained:  # a value that the broker kept says what was; only its own time tells when
        uplinks = tuple(uplink for uplink in uplinks if uplink.clock != "arrival")
    if route.device_prefix:
        uplinks = tuple(prefixed(uplink, route.device_prefix) for uplink in uplinks)
    return Draft(arrival, origin, uplinks)


def decode_in_order(arrival: Arrival, route: Route, format_: StatefulFormat, memory: Memory) -> Draft:
    """Decode one message with what came before it; never fails. Messages must come in the order of their arrival."""
    origin, prefix = route.origin, route.device_prefix
    received = Received(route.topic, arrival.payload, arrival.received_at_us, arrival.is_retained)
    try:
        said = memory.decode(format_, received)
    except DecodeError as error:
        return Draft(arrival, origin, (), error.reason, error.detail)
    except DECODER_FAULTS as error:
        LOG.exception("decoder_failed", format=origin.format, topic=origin.topic)
        return Draft(arrival, origin, (), Reason.CODEC_FAILED, f"{type(error).__name__}: {error}")
    uplinks = tuple(prefixed(uplink, prefix) for uplink in said.uplinks) if prefix else said.uplinks
    if prefix and said.liveness:
        said = msgspec.structs.replace(said, liveness=tuple(prefixed_fact(fact, prefix) for fact in said.liveness))
    if prefix and said.counted:
        counted = msgspec.structs.replace(said.counted, device=prefix + said.counted.device)
        said = msgspec.structs.replace(said, counted=counted)
    return Draft(arrival, origin, uplinks, said=said)


def prefixed(uplink: Uplink, prefix: str) -> Uplink:
    """Put the rule's prefix before device and gateway."""
    gateway = None if uplink.gateway is None else prefix + uplink.gateway
    return msgspec.structs.replace(uplink, device=prefix + uplink.device, gateway=gateway)


def prefixed_fact(fact: Liveness, prefix: str) -> Liveness:
    """Put the rule's prefix before device and gateway."""
    through = None if fact.through is None else prefix + fact.through
    return msgspec.structs.replace(fact, device=prefix + fact.device, through=through)
