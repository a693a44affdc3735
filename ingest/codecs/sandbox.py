"""The program of the codec process: reads requests from stdin, runs each in a JavaScript context of its own, answers.

It is started as a file, alone, with an empty environment, and imports nothing of Vigie. A new context per message means
that a codec's variables never carry over from one device to another. The engine stops loops, regular expressions and
memory; what it cannot stop (some of its own functions run to their end) the kernel does, by a timer of processor time.

Each request and each answer is four bytes of length (big-endian) and JSON.
"""

import json
import resource
import signal
import sys
import time
from pathlib import Path
from typing import IO, Any

import quickjs

MIB = 1 << 20
STACK_BYTES = 256 * 1024
ADDRESS_SPACE_BYTES = 512 * MIB
N_FILES = 16
LONGEST_ANSWER = 256 * 1024  # characters
KILL_FACTOR = 3  # the kernel's limit, in times of the engine's

# What is called in the context. Numbers that JSON has not are sent as text, so that they are refused and not lost.
RUN = """(function (input) {
  input.recvTime = new Date(input.recvTime);
  const output = decodeUplink(input);
  return JSON.stringify(output === undefined ? null : output, function (key, value) {
    if (typeof value === "number" && !isFinite(value)) return String(value);
    if (typeof value === "string") return value.toWellFormed();
    return typeof value === "bigint" ? Number(value) : value;
  });
})"""
INTERRUPTED, OUT_OF_MEMORY = "InternalError: interrupted", "InternalError: out of memory"


def main() -> None:
    """Answer until stdin ends."""
    confine()
    buffer_source = Path(__file__).with_name("buffer.js").read_text()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (request := receive(requests)) is not None:
        signal.setitimer(signal.ITIMER_PROF, KILL_FACTOR * request["time_s"])
        answer = run(request, buffer_source)
        signal.setitimer(signal.ITIMER_PROF, 0)
        send(answers, answer)


def confine() -> None:
    """Give up what a codec has no business with: writing files, memory without end, other programs."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (N_FILES, N_FILES))


def run(request: dict[str, Any], buffer_source: str) -> dict[str, Any]:
    """Give the codec's result as JSON text, or what stopped it."""
    context = quickjs.Context()
    context.set_memory_limit(request["memory_bytes"])
    context.set_max_stack_size(STACK_BYTES)
    ends_at = time.process_time() + request["time_s"]
    try:
        if "Buffer" in request["source"]:
            context.eval(buffer_source)
        context.eval("globalThis.console = {log() {}, info() {}, warn() {}, error() {}, debug() {}};")
        evaluate(context, request["source"], ends_at)
        result = evaluate(context, f"{RUN}({json.dumps(request['input'])})", ends_at)
        if not isinstance(result, str) or len(result) > LONGEST_ANSWER:
            return {"error": "the result is not an object, or too large", "limit": False}
        return {"result": result}
    except (quickjs.JSException, UnicodeError, MemoryError) as error:
        return explain(str(error))


def evaluate(context: Any, source: str, ends_at: float) -> Any:
    """Run a piece within what is left of the message's processor time."""
    context.set_time_limit(max(ends_at - time.process_time(), 1e-6))
    return context.eval(source)


def explain(message: str) -> dict[str, Any]:
    """Say what stopped the codec; a limit is told apart from a mistake."""
    for sign, limit in ((INTERRUPTED, "time"), (OUT_OF_MEMORY, "memory")):
        if message.startswith(sign):
            return {"error": f"{limit} limit", "limit": True}
    if message.strip() in {"null", ""}:  # what is thrown where there is no memory left for an exception
        return {"error": "memory limit", "limit": True}
    return {"error": message[:1000], "limit": False}


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """Give the next request, None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    request: dict[str, Any] = json.loads(stream.read(int.from_bytes(head, "big")))
    return request


def send(stream: IO[bytes], answer: dict[str, Any]) -> None:
    """Write an answer."""
    body = json.dumps(answer).encode()  # ASCII: lone surrogates stay escaped
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


if __name__ == "__main__":
    main()
