"""STATE of a Sparkplug host: retained on its own topic, it tells edge nodes whether somebody hears them.

Sparkplug specification 3.0.0, 4.2.3 and 5.3: birth after the subscription; death as the will of the same connection,
with the birth's timestamp, and before a disconnection on purpose, with its own; all retained at QoS 1.
"""

import msgspec

from sensors.sparkplug import ROOT

HOST = "vigie"


class _State(msgspec.Struct, frozen=True):
    online: bool
    timestamp: int


def host_id(territory: str | None) -> str:
    """Name the host that reads one territory, or all: two of them on one broker must not bury one another."""
    return f"{HOST}-{territory}" if territory else HOST


def state_topic(host: str) -> str:
    """Give the topic of a host's STATE."""
    return f"{ROOT}/STATE/{host}"


def write_state(at_ms: int, *, is_online: bool) -> bytes:
    """Write birth or death; `at_ms` is its timestamp, in milliseconds since 1970 UTC."""
    return msgspec.json.encode(_State(is_online, at_ms))
