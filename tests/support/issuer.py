"""An identity provider in a process of its own, over HTTP: discovery, keys, and a login that asks nothing.

Access tokens are signed here, ID tokens there.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from api.oidc import Issuer
from deploy.local.state import free_port
from tests.support.waiting import wait_until

AUDIENCE = "vigie"
DISCOVERY = ".well-known/openid-configuration"


class Provider:
    """What it serves lies in a folder; `keys` are private keys by `kid`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self.keys: dict[str, Any] = {}
        (folder / ".well-known").mkdir()
        self.describe(self.url)
        self.rotate("first", rsa.generate_private_key(65537, 2048))

    def describe(self, issuer: str) -> None:
        """Serve a discovery document."""
        document = {
            "issuer": issuer,
            "jwks_uri": f"{self.url}/jwks.json",
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
        }
        (self.folder / DISCOVERY).write_text(json.dumps(document))

    def rotate(self, kid: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
        """Take another key, and serve it in place of those before."""
        self.keys = {kid: key}
        is_rsa = isinstance(key, rsa.RSAPrivateKey)
        kind = jwt.algorithms.RSAAlgorithm if is_rsa else jwt.algorithms.ECAlgorithm
        served = kind.to_jwk(key.public_key(), as_dict=True)  # type: ignore[arg-type]
        document = {"keys": [{**served, "kid": kid, "use": "sig", "alg": "RS256" if is_rsa else "ES256"}]}
        (self.folder / "jwks.json").write_text(json.dumps(document))
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "private.pem").write_bytes(pem)
        self.expect()

    def expect(self, *, trouble: str = "", secret: str = "", **claims: Any) -> None:
        """Say who logs in from now on: as `claims_of`, but for what is given; `trouble` is one of `issuer_server`'s."""
        (own_kid, *_) = self.keys
        said = {"kid": own_kid, "trouble": trouble, "secret": secret, "claims": self.claims_of(**claims)}
        (self.folder / "person.json").write_text(json.dumps(said))

    def token(self, *, key: Any = None, kid: str | None = None, algorithm: str = "RS256", **claims: Any) -> str:
        """Sign a token of `claims_of`."""
        (own_kid, own_key), *_ = self.keys.items()
        return jwt.encode(self.claims_of(**claims), own_key if key is None else key, algorithm, {"kid": kid or own_kid})

    def claims_of(self, **claims: Any) -> dict[str, Any]:
        """Give what is said of an engineer of the east, but for what is given; a claim of None is left out."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            "preferred_username": "jeanne",
            "vigie_role": "engineer",
            "vigie_territories": ["east"],
        }
        return {name: value for name, value in {**usual, **claims}.items() if value is not None}

    def issuer(self, **settings: Any) -> Issuer:
        """Give the settings of an API that trusts it."""
        return Issuer(self.url, AUDIENCE, **settings)


@contextmanager
def provider_in(folder: Path) -> Iterator[Provider]:
    """Serve until the end."""
    port = free_port()
    provider = Provider(folder, port)
    command = [sys.executable, "-m", "tests.support.issuer_server", str(port), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: has_answer(port), "the identity provider", 20)
        yield provider
    finally:
        process.terminate()
        process.wait(10)


def has_answer(port: int) -> bool:
    """Tell whether somebody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False
