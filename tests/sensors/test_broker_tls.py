"""What a broker's URL may ask for in TLS, and what is refused in a sentence."""

from pathlib import Path

import pytest

from sensors.broker_tls import TlsFiles, make_tls_context, read_tls_files


def test_url_names_its_files() -> None:
    url = "mqtts://host:8883?cafile=/a/ca.crt&certfile=/a/gw.crt&keyfile=/a/gw.key"
    assert read_tls_files(url) == TlsFiles("/a/ca.crt", "/a/gw.crt", "/a/gw.key")
    assert read_tls_files("mqtts://host") == TlsFiles()


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("verify=no", "asks for verify"),
        ("cafile=a&cafile=b", "each file once"),
        ("cafile=", "each file once"),
        ("keyfile=k", "without its certfile"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(query: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        read_tls_files(f"mqtts://host?{query}")


def test_files_that_are_no_certificates_are_refused_by_name(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.crt"
    nothing.write_text("nothing", encoding="ascii")
    for files in (TlsFiles(str(nothing)), TlsFiles(None, str(nothing)), TlsFiles(str(tmp_path / "absent.crt"))):
        with pytest.raises(ValueError, match=r"TLS to the broker cannot use .*(nothing|absent)\.crt"):
            make_tls_context(files)
