"""JavaScript codecs in their process: what the contract gives them, and that none harms more than its message."""

import os
import struct
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.codecs.runner import CodecLimits, CodecRunner
from sensors.decoded import read_decoded
from sensors.devices import device_models
from sensors.rejection import DecodeError, Reason

RECEIVED_AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)
GOOD = "function decodeUplink(input) { return { data: { n: input.bytes.length } }; }"


@pytest.fixture(scope="module")
def runner() -> Iterator[CodecRunner]:
    """A runner for the codecs of this file; the hostile ones make it start many processes."""
    with CodecRunner() as shared:
        yield shared


def decode(
    runner: CodecRunner, body: str, data: bytes = b"\x01\x02", variables: dict[str, str] | None = None
) -> dict[str, Any]:
    source = f"function decodeUplink(input) {{ {body} }}"
    return runner.decode(source, data, 7, variables or {}, RECEIVED_AT)


def failure(runner: CodecRunner, source: str) -> str:
    """Give why the codec failed; then the next message must work all the same."""
    with pytest.raises(DecodeError) as refusal:
        runner.decode(source, b"\x01", 1, {}, RECEIVED_AT)
    assert refusal.value.reason is Reason.CODEC_FAILED
    assert refusal.value.detail.isprintable()
    assert runner.decode(GOOD, b"\x01\x02\x03", 1, {}, RECEIVED_AT) == {"n": 3}
    return refusal.value.detail


def test_codec_gets_what_the_contract_promises(runner: CodecRunner) -> None:
    found = decode(
        runner,
        """return { data: {
            sum: input.bytes.reduce((a, b) => a + b), isArray: Array.isArray(input.bytes), port: input.fPort,
            factor: Number(input.variables.factor), at: input.recvTime.toISOString(),
        }, warnings: ["low battery"], errors: [] };""",
        variables={"factor": "2.5"},
    )
    assert found == {"sum": 3, "isArray": True, "port": 7, "factor": 2.5, "at": "2026-03-01T12:00:00.250Z"}


def test_codec_in_older_style_works(runner: CodecRunner) -> None:
    source = (
        "'use strict'; var decodeUplink = (input) => ({ data: { t: (input.bytes[0] << 8 | input.bytes[1]) / 10 } });"
    )
    assert runner.decode(source, b"\x00\xe2", 1, {}, RECEIVED_AT) == {"t": 22.6}


def test_a_variable_never_carries_over_to_the_next_message(runner: CodecRunner) -> None:
    source = "var seen = 0; function decodeUplink() { seen += 1; global = 1; return { data: { seen: seen } }; }"
    assert [runner.decode(source, b"", 1, {}, RECEIVED_AT)["seen"] for _ in range(3)] == [1, 1, 1]


def test_codec_of_a_maker_agrees_with_our_own_decoder(runner: CodecRunner) -> None:
    """A codec in JavaScript for the bytes of a device that Vigie reads itself gives the same values."""
    body = """
        const buffer = Buffer.from(input.bytes);
        return { data: { co2: buffer.readUInt16BE(1), temperature: (buffer.readUInt16BE(3) - 400) / 10 } };"""
    data = bytes.fromhex("010271027384ed")
    found = {item.quantity: item.value for item in read_decoded(decode(runner, body, data), {})}
    own = {item.quantity: item.value for item in device_models()["mclimate/co2-sensor"].decode(data, 2)}
    assert (
        found == {quantity: own[quantity] for quantity in ("co2", "temperature")} == {"co2": 625, "temperature": 22.7}
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return { errors: ['unknown FPort', 'x'] };", "unknown FPort; x"),
        ("return { data: { a: 1 }, errors: ['half'] };", "half"),
        ("return { warnings: ['nothing'] };", "no data"),
        ("return null;", "result"),
        ("return 5;", "result"),
        ("", "result"),
        ("return { data: [1] };", "result"),
        ("throw new Error('byte\\n7');", "byte"),
        ("return input.absent.field;", "TypeError"),
        ("const a = {}; a.a = a; return { data: a };", "circular"),
        ("return { data: { s: 'x'.repeat(3e5) } };", "too large"),
        ("return new Promise(() => 1);", "no data"),
    ],
)
def test_mistake_of_a_codec_is_told(runner: CodecRunner, body: str, expected: str) -> None:
    assert expected in failure(runner, f"function decodeUplink(input) {{ {body} }}")


@pytest.mark.parametrize("source", ["", "function (", "let decodeUplink = 3;", "import 'os';", "x".ljust(300_000, "x")])
def test_codec_that_is_none_is_told(runner: CodecRunner, source: str) -> None:
    failure(runner, source)


HOSTILE = {
    "loop": ("for (;;);", "time limit"),
    "loop that catches": ("for (;;) { try { for (;;); } catch (e) {} finally { for (;;); } }", "time limit"),
    "regex bomb": ("/^(a+)+$/.test('a'.repeat(40) + 'b');", "time limit"),
    "memory": ("const a = []; for (;;) a.push(new Array(1000).fill(1));", "memory limit"),
    "one huge array": ("new Uint8Array(1e9);", "memory limit"),
    "recursion": ("(function f() { f(); })();", "call stack"),
    "search of nothing": ("[].lastIndexOf.call({ length: 1e15 }, 1);", "time limit"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_codec_costs_its_message_only(runner: CodecRunner, name: str) -> None:
    body, expected = HOSTILE[name]
    assert expected in failure(runner, f"function decodeUplink(input) {{ {body} return {{ data: {{}} }}; }}")


@pytest.mark.parametrize("at_top", [True, False])
def test_what_the_engine_cannot_stop_the_kernel_kills(runner: CodecRunner, at_top: bool) -> None:
    """Joining four thousand million empty places runs to its end whatever the engine's time limit."""
    endless = 'new Array(4e9).join("");'
    source = endless + GOOD if at_top else f"function decodeUplink() {{ {endless} return {{ data: {{}} }}; }}"
    runner.decode(GOOD, b"", 1, {}, RECEIVED_AT)
    pid = runner.pid
    assert "process killed" in failure(runner, source)
    assert runner.pid not in (pid, None)
    assert not is_running(pid)


def test_process_that_is_late_is_killed_by_the_clock() -> None:
    limits = CodecLimits(time_s=60.0, patience_s=0.5)
    with CodecRunner(limits) as impatient:
        with pytest.raises(DecodeError, match="process killed: no answer in time"):
            impatient.decode("function decodeUplink() { for (;;); }", b"", 1, {}, RECEIVED_AT)
        assert impatient.pid is None


def test_process_killed_between_messages_costs_nothing(runner: CodecRunner) -> None:
    runner.decode(GOOD, b"", 1, {}, RECEIVED_AT)
    pid = runner.pid
    assert pid is not None
    os.kill(pid, 9)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert runner.decode(GOOD, b"\x01", 1, {}, RECEIVED_AT) == {"n": 1}
    assert runner.pid != pid


def test_closing_ends_the_process() -> None:
    with CodecRunner() as short:
        short.decode(GOOD, b"", 1, {}, RECEIVED_AT)
        pid = short.pid
        assert is_running(pid)
    assert not is_running(pid)


def test_codec_that_keeps_breaking_its_limits_rests_and_others_work() -> None:
    now = [0.0]
    loop = "function decodeUplink() { for (;;); }"
    with CodecRunner(CodecLimits(time_s=0.02, n_strikes=2, rest_s=60.0), lambda: now[0]) as strict:
        assert "time limit" in failure(strict, loop)
        assert "time limit" in failure(strict, loop)
        assert "2 x" in failure(strict, loop)
        now[0] = 61.0
        assert "time limit" in failure(strict, loop)


def test_codec_reaches_nothing_outside(runner: CodecRunner) -> None:
    names = ["std", "os", "require", "process", "fetch", "Deno", "scriptArgs"]
    found = decode(
        runner, f"return {{ data: {{ found: {names}.filter((n) => typeof globalThis[n] !== 'undefined') }} }};"
    )
    assert found == {"found": []}
    pid = runner.pid
    assert (Path("/proc") / str(pid) / "environ").read_bytes() == b""


def test_numbers_that_json_has_not_are_not_lost(runner: CodecRunner) -> None:
    found = decode(runner, "return { data: { temperature: NaN, co2: 1 / 0, big: 7n, odd: '\\ud800' } };")
    assert (found["temperature"], found["co2"], found["big"]) == ("NaN", "Infinity", 7)
    assert found["odd"] == "\N{REPLACEMENT CHARACTER}"


def test_console_is_there_and_says_nothing(runner: CodecRunner) -> None:
    assert decode(runner, "console.log('x', input); return { data: { a: 1 } };") == {"a": 1}


LAYOUTS = {
    "readUInt8": ">B",
    "readInt8": ">b",
    "readUInt16BE": ">H",
    "readUint16LE": "<H",
    "readInt16BE": ">h",
    "readInt16LE": "<h",
    "readUInt32BE": ">I",
    "readUInt32LE": "<I",
    "readInt32BE": ">i",
    "readInt32LE": "<i",
    "readFloatBE": ">f",
    "readFloatLE": "<f",
    "readDoubleBE": ">d",
    "readDoubleLE": "<d",
}
AT_WILL = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@AT_WILL
@given(data=st.binary(min_size=10, max_size=20))
def test_buffer_reads_numbers_as_node_does(runner: CodecRunner, data: bytes) -> None:
    reads = ", ".join(f"{name}: buffer.{name}(2)" for name in LAYOUTS)
    found = decode(runner, f"const buffer = Buffer.from(input.bytes); return {{ data: {{ {reads} }} }};", data)
    for name, layout in LAYOUTS.items():
        (expected,) = struct.unpack_from(layout, data, 2)
        finite = expected == expected and abs(expected) != float("inf")
        assert float(found[name]) == expected if finite else isinstance(found[name], str)


@AT_WILL
@given(data=st.binary(max_size=40), text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_buffer_converts_texts_both_ways(runner: CodecRunner, data: bytes, text: str) -> None:
    found = decode(
        runner,
        """const b = Buffer.from(input.bytes);
        return { data: { hex: b.toString("hex"), base64: b.toString("base64"), utf8: b.toString(),
            back: ["hex", "base64", "base64url", "latin1"].map((e) => Buffer.from(b.toString(e), e).equals(b)),
            text: Buffer.from(input.variables.text).toString("hex"),
            again: Buffer.from(input.variables.text, "utf8").toString("utf-8") } };""",
        data,
        {"text": text},
    )
    assert found["hex"] == data.hex()
    assert found["base64"] == b64encode(data).decode()
    assert found["back"] == [True] * 4
    assert found["text"] == text.encode().hex()
    assert found["again"] == text
    if is_utf8(data):
        assert found["utf8"] == data.decode()


def test_buffer_slices_writes_and_refuses_to_read_past_its_end(runner: CodecRunner) -> None:
    found = decode(
        runner,
        """const b = Buffer.alloc(6); b.writeInt16LE(-2, 1); b.slice(3)[0] = 7;
        let past = "read"; try { b.readUInt32BE(3); } catch (e) { past = e.name; }
        const both = Buffer.concat([b.subarray(1, 3), Buffer.from([9])]);
        return { data: { bytes: Array.from(b), three: b.readUIntBE(1, 3), minus: b.readIntLE(1, 2), past,
            both: both.toString("hex"), is: Buffer.isBuffer(both) && both.length === 3 } };""",
    )
    assert found == {
        "bytes": [0, 0xFE, 0xFF, 7, 0, 0],
        "three": 0xFEFF07,
        "minus": -2,
        "past": "RangeError",
        "both": "feff09",
        "is": True,
    }


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_running(pid: int | None) -> bool:
    return pid is not None and (Path("/proc") / str(pid)).exists()
