"""The service worker of the page: told which build it keeps, so that each build has its own."""

import hashlib
import json
from collections.abc import Mapping


def name_build(worker: bytes, page: bytes, body_by_path: Mapping[str, bytes], headers: Mapping[str, str]) -> bytes:
    """Put before the worker what it keeps: the page as it is served, with these headers, and the files.

    Any change of page, files or headers gives another version, and with it another worker to the browser.
    """
    paths = sorted(body_by_path)
    parts = [worker, page, json.dumps([paths, sorted(headers.items())]).encode(), *map(body_by_path.__getitem__, paths)]
    version = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]
    build = {"version": version, "index": hashlib.sha256(page).hexdigest(), "files": paths}
    return b"self.vigieBuild=" + json.dumps(build).encode() + b";\n" + worker
