"""Which gateway speaks which format."""

from collections.abc import Sequence

from simulators.gateway_native import NativeGateway
from simulators.stream import Encoder
from simulators.town import Town


class FormatError(ValueError):
    """No such mix of formats."""


def choose_encoders(formats: str, town: Town) -> Sequence[Encoder]:
    """Give the encoder of each device: all `native`, or the `real` mix of a town.

    Raises
    ------
    FormatError
        Another word.
    """
    native = NativeGateway(town.slug, town.devices)
    if formats == "native":
        return [native] * len(town.devices)
    raise FormatError(f"formats are native or real, not {formats!r}")
