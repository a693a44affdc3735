"""Which gateway speaks which format: radio through ChirpStack, building controllers Sparkplug B, loggers SenML."""

from collections.abc import Sequence

from simulators.gateway_chirpstack import ChirpStackGateway
from simulators.gateway_native import NativeGateway
from simulators.gateway_senml import SenmlGateway
from simulators.gateway_sparkplug import SparkplugGateway
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
    if formats != "real":
        raise FormatError(f"formats are native or real, not {formats!r}")
    radio = ChirpStackGateway(town.slug, town.devices)
    controller = SparkplugGateway(town.slug, town.devices)
    logger = SenmlGateway(town.devices)
    by_gateway: dict[str, Encoder] = {"gw-lora": radio, "gw-batiment": controller, "gw-eau": logger, "gw-pont": logger}
    return [by_gateway.get((device.gateway or "").rpartition("-")[0], native) for device in town.devices]
