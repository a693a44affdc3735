"""The process of an identity provider: whoever comes is let in as the person that `person.json` tells of.

`trouble` there: `deny` (nobody is let in), `mix_up` (the answer names another provider), `broken` (no token is given,
500), or nothing.
"""

import base64
import hashlib
import json
import secrets
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import jwt

FILES = ("/.well-known/openid-configuration", "/jwks.json")


class Handler(BaseHTTPRequestHandler):
    """`codes` are those that nobody has redeemed yet, with what they were asked with."""

    folder: ClassVar[Path]
    codes: ClassVar[dict[str, dict[str, str]]] = {}

    def do_GET(self) -> None:  # as the library calls it
        """Serve a file, or let somebody in."""
        parts = urlsplit(self.path)
        if parts.path in FILES:
            return self.answer(200, (self.folder / parts.path[1:]).read_bytes())
        if parts.path == "/authorize":
            return self.authorize(dict(parse_qsl(parts.query)))
        return self.answer(404, b"{}")

    def do_POST(self) -> None:  # as the library calls it
        """Redeem a code, once, for who can show the verifier."""
        fields = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        person = self.person()
        if person["trouble"] == "broken":
            return self.answer(500, b"{}")
        asked = self.codes.pop(fields.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(fields["code_verifier"].encode()).digest()).rstrip(b"=")
        is_right = (
            asked is not None
            and challenge.decode() == asked["code_challenge"]
            and all(fields[name] == asked[name] for name in ("redirect_uri", "client_id"))
            and self.shown_secret() == (["vigie", person["secret"]] if person["secret"] else [])
        )
        if asked is None or not is_right:
            return self.answer(400, b'{"error": "invalid_grant"}')
        claims = {"nonce": asked["nonce"], **person["claims"]}
        key = (self.folder / "private.pem").read_bytes()
        token = jwt.encode(claims, key, "RS256", {"kid": person["kid"]})
        return self.answer(200, json.dumps({"id_token": token, "token_type": "Bearer"}).encode())

    def authorize(self, asked: dict[str, str]) -> None:
        """Send a browser back with a code."""
        person = self.person()
        if asked["response_type"] != "code" or asked["code_challenge_method"] != "S256":
            return self.answer(400, b"{}")
        back = {"state": asked["state"]}
        if person["trouble"] == "deny":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = asked
        if person["trouble"] == "mix_up":
            back["iss"] = "https://elsewhere.example"
        self.send_response(303)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()
        return None

    def shown_secret(self) -> list[str]:
        """Give what a client shows itself by: its id and its secret, form-encoded each (RFC 6749, 2.3.1)."""
        pair = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        return [unquote_plus(part) for part in pair.split(":")] if pair else []

    def person(self) -> Any:  # Any: JSON
        """Read who comes next."""
        return json.loads((self.folder / "person.json").read_text())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as the library calls it
        """Say nothing."""

    def answer(self, status: int, body: bytes) -> None:
        """Send JSON."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    Handler.folder = Path(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
