"""What came in: one message as the broker handed it over, and the chunk of messages of one read of the socket."""

import msgspec


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """One MQTT message, nothing decoded yet.

    `topic` is as received and may be no UTF-8. `mid` is its packet identifier, 0 where it wants no acknowledgement
    (QoS 0). `received_at_us` (microseconds since 1970 UTC) is unique within a worker and grows with each message.
    `is_retained`: the broker kept it and gives it to a new subscriber; it says what was, not when.
    """

    topic: bytes
    payload: bytes
    mid: int
    received_at_us: int
    response_topic: str | None = None
    correlation_data: bytes | None = None
    is_retained: bool = False


class Chunk(msgspec.Struct, frozen=True):
    """Messages of one connection, in arrival order; `generation` numbers the connection."""

    generation: int
    arrivals: list[Arrival]
    n_bytes: int
