"""Real servers on loopback that take what alerts send: HTTP, and SMTP as RFC 5321 has it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Heard:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """What came, and the statuses that are answered in turn; the last is answered for ever."""

    answers: list[int] = field(default_factory=lambda: [200])
    url: str = ""
    heard: list[Heard] = field(default_factory=list)


@contextmanager
def hearing() -> Iterator[Listener]:
    """Serve HTTP until the block ends."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            listener.heard.append(Heard(self.command, self.path, dict(self.headers), body))
            status = listener.answers.pop(0) if len(listener.answers) > 1 else listener.answers[0]
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_PUT = do_GET = take  # noqa: N815 - as in the standard library

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - as in the standard library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@dataclass
class PostOffice:
    """Mails that came, as their bytes; `refuses` is answered to every recipient where it is set."""

    url: str = ""
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuses: str = ""


class PostServer(socketserver.ThreadingTCPServer):
    """A server whose sessions know their office."""

    office: PostOffice


class Session(socketserver.StreamRequestHandler):
    """One session of SMTP."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 post office")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "QUIT":
                self.say("221 bye")
                return
            if word == "DATA":
                self.take_data()
            else:
                self.say(self.answer(word, line))

    @property
    def office(self) -> PostOffice:
        assert isinstance(self.server, PostServer)
        return self.server.office

    def answer(self, word: str, line: str) -> str:
        if word == "RCPT":
            if self.office.refuses:
                return self.office.refuses
            self.office.recipients.append(line.split("<")[1].split(">")[0])
        return "250 8BITMIME" if word == "EHLO" else "250 ok"

    def take_data(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        self.office.mails.append(b"".join(lines))
        self.say("250 taken")


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Serve SMTP until the block ends."""
    with PostServer(("127.0.0.1", 0), Session) as server:
        server.office = PostOffice(f"smtp://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.office
        finally:
            server.shutdown()
            thread.join(10)
