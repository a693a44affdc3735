"""What a decoder gives: measurements in columns, and the parts that were refused.

Times are integer microseconds since 1970-01-01 UTC (`_us`), values are finite floats in the quantity's canonical unit.
The unit of passing is a column because the message path carries up to hundreds of thousands of values a second; for
the same reason these are msgspec structs, built five times faster than frozen dataclasses.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from sensors.rejection import Reason

Clock = Literal["device", "arrival", "local"]
Counting = Literal["frame_counter", "sequence"]


class Column(msgspec.Struct, frozen=True, gc=False):
    """Measurements of one series: `times_us[i]` goes with `values[i]`; never empty.

    `channel` tells apart several sensors of one quantity on one device ("" where there is one). `unit` is the
    quantity's canonical unit. Times may be unordered and may repeat.
    """

    channel: str
    quantity: str
    unit: str
    times_us: Sequence[int]
    values: Sequence[float]


class RejectedPart(msgspec.Struct, frozen=True, gc=False):
    """Values of a message that were refused while others were kept. Texts are printable and at most 200 characters."""

    reason: Reason
    detail: str
    channel: str
    quantity: str
    n_values: int


class Count(msgspec.Struct, frozen=True, gc=False):
    """Where a message stands in its sender's own count, which begins at 0 with each `session` and grows by one.

    `at_us` is when it was sent as far as the message says, else its arrival. Numbers may roll over and may begin anew
    within a session; `analytics.delivery.count` makes sense of them.
    """

    basis: Counting
    session: str
    number: int
    at_us: int


class Uplink(msgspec.Struct, frozen=True, gc=False):
    """What one device said in one message: accepted columns and refused parts, not both empty.

    `device` is the external id. `territory` is the slug the message itself names, None where the format has none and
    the source decides. `message_id` is the sender's or the network's identity of the message. `clock` is "arrival"
    where the message carried no time of its own: such measurements can be told from a redelivery only by `message_id`;
    "local" where a time lacked its offset and was read in the zone of the source or territory.
    `simulated` values stay out of KPIs. `profile` is the model or device profile as the network names it. `decoder`
    names what read the payload where that is not the format alone. `count` tells later what of this device is missing.
    """

    device: str
    columns: tuple[Column, ...]
    rejected: tuple[RejectedPart, ...] = ()
    message_id: str | None = None
    clock: Clock = "device"
    territory: str | None = None
    gateway: str | None = None
    simulated: bool = False
    profile: str | None = None
    decoder: str | None = None
    count: Count | None = None

    @property
    def n_accepted(self) -> int:
        """Count the accepted values."""
        return sum(len(column.values) for column in self.columns)

    @property
    def n_rejected(self) -> int:
        """Count the refused values."""
        return sum(part.n_values for part in self.rejected)
