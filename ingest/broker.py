"""A broker's address, and how much of its messages may be under way."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ingest.errors import RefusedError
from sensors.broker_tls import TlsFiles, make_tls_context, read_tls_files


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker's address and how much may be under way: messages unfinished and their bytes.

    `receive_maximum` bounds the unacknowledged among them (MQTT 5). `wants_retained` asks for retained messages at each
    subscription. `ends_when_taken_over`: once another connection has the client identifier, the session
    ends in place of taking it back. `is_kept`: the broker keeps the session while
    nobody is there. `sparkplug_host` names the Sparkplug host whose STATE this session keeps, "" for none.
    `is_ending`: the session is to end for good once it has taken what the broker kept. `tls` names the files of TLS.
    """

    host: str
    port: int
    client_id: str
    user: str | None = None
    password: str | None = None
    is_tls: bool = False
    window_n: int = 20_000
    window_bytes: int = 64_000_000
    receive_maximum: int = 65_535
    has_mqtt5: bool = True
    wants_retained: bool = False
    ends_when_taken_over: bool = False
    is_kept: bool = True
    sparkplug_host: str = ""
    is_ending: bool = False
    tls: TlsFiles = field(default_factory=TlsFiles)


def read_broker_url(url: str, client_id: str, window_n: int) -> Broker:
    """Read mqtt://user:password@host:port or mqtts://, whose query may name `cafile`, `certfile` and `keyfile`.

    Raises
    ------
    RefusedError
        It is none, or TLS cannot use its files.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise RefusedError("the broker URL cannot be read; expected mqtt://user:password@host:port")
    is_tls = parts.scheme == "mqtts"
    try:
        tls = read_tls_files(url)
        if is_tls:
            make_tls_context(tls)  # what cannot be used is said now, not at each attempt to connect
    except ValueError as error:
        raise RefusedError(str(error)) from error
    return Broker(
        host=parts.hostname,
        port=parts.port or (8883 if is_tls else 1883),
        client_id=client_id,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        is_tls=is_tls,
        window_n=window_n,
        tls=tls,
    )
