"""Device decoders and people's codecs in JavaScript, which run in their own process under their real limits."""

import atexit
from datetime import UTC, datetime
from functools import partial

from bench.fuzz.inputs.target import ARRIVAL_US, BETWEEN, Target, cut, require, text_of
from ingest.codecs.runner import CodecRunner
from sensors.cayenne import read_frame
from sensors.devices import DeviceModel, device_models
from sensors.field_table import FieldTableError, read_field_table
from sensors.lorawan import Heard, to_uplink
from sensors.rejection import DecodeError, Reason
from tests.support.uplinks import check_uplink

AT = datetime(2026, 5, 28, tzinfo=UTC)
RUNNER = CodecRunner()
atexit.register(RUNNER.close)
CODEC = b"function decodeUplink(input) { return {data: {temperature: input.bytes[0] / 10, x: [1, {y: 'a'}]}} }"
GREEDY = (b"while(1);", b"function decodeUplink() { return {data: new Array(1e9).fill('x')} }")  # end at their limits
TABLE = (
    b'{"fields": {"t_in": {"quantity": "temperature", "unit": "[degF]", "channel": "inside"}, "x.y": null, "state": '
)
TABLE += b'{"quantity": "door", "codes": {"offen": "open"}}}, "variables": {"step": "0.1"}}'


def read_device(model: DeviceModel, data: bytes) -> None:
    """Decode a frame whose first byte is the port: DecodeError only, and believable values."""
    port, frame = (data[0] if data else 0), data[1:]
    try:
        model.decode(frame, port)
    except DecodeError as error:
        require(error.reason is Reason.INVALID_BINARY, "a frame is refused as invalid_binary")
    heard = Heard("dev-1", ARRIVAL_US, f_port=port, payload=frame, model=f"{model.brand}/{model.name}")
    uplink = to_uplink(heard, ARRIVAL_US)
    if uplink is not None:
        check_uplink(uplink, ARRIVAL_US)


def read_table(data: bytes) -> None:
    """Read a person's table of fields; what is taken gives targets for every field."""
    try:
        table = read_field_table(data)
    except FieldTableError:
        return
    require(len(table.targets()) >= len(table.fields) > -1, "every field has its target")


def run_codec(data: bytes) -> None:
    """Run a codec on bytes: what it gives is stored or refused, whatever it does with its process."""
    source, payload = cut(data, 2)
    try:
        found = RUNNER.decode(text_of(source), payload, payload[0] if payload else 0, {"step": "0.1"}, AT)
    except DecodeError as error:
        require(error.reason is Reason.CODEC_FAILED and error.detail.isprintable(), "a codec fails as codec_failed")
        return
    uplink = to_uplink(Heard("dev-1", ARRIVAL_US, payload=payload, codec_object=found), ARRIVAL_US)
    if uplink is not None:
        check_uplink(uplink, ARRIVAL_US)


def read_cayenne(data: bytes) -> None:
    """Read a Cayenne frame: DecodeError only."""
    try:
        read_frame(data)
    except DecodeError as error:
        require(error.detail.isprintable(), "the detail of a refusal is printable")


MODELS = {model.name: model for model in device_models().values()}
TARGETS = (
    *(
        Target(
            f"devices.{name.replace('-', '_')}",
            partial(read_device, model),
            [bytes([port]) + bytes(12) for port in (1, 2, 6, 85)],
            weight=0.4,
        )
        for name, model in sorted(MODELS.items())
    ),
    Target("devices.cayenne_frame", read_cayenne, [bytes.fromhex("01670110")]),
    Target("devices.field_table", read_table, [TABLE]),
    Target(
        "devices.codec",
        run_codec,
        [
            CODEC + BETWEEN + b"\x17\x01",
            b"function decodeUplink(i) { return Buffer.from(i.bytes).readInt16BE(0) }",
            *GREEDY,
        ],
        (b"throw ", b"/(a+)+$/.test(", b"{toJSON(){", b"NaN", b"1n", b"input.", b"Buffer.from("),
        patience_s=20,  # the process is killed after ten
    ),
)
