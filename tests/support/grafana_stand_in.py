"""A stand-in for the few routes of Grafana's HTTP API that a push uses. It is no Grafana: it keeps what it is given.

It records each call, wants basic authentication, keeps organisations apart by the header X-Grafana-Org-Id, and adds
fields of its own to what it stores, as Grafana does.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USER, PASSWORD = "admin", "made for this test"
Answer = tuple[int, Any]


@dataclass
class Organisation:
    """What one organisation holds."""

    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    folder_by_dashboard: dict[str, str] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class StandIn:
    """The server's state, to be looked at and spoilt by tests."""

    url: str = ""
    names: dict[str, int] = field(default_factory=dict)
    organisations: dict[int, Organisation] = field(default_factory=lambda: {1: Organisation()})
    calls: list[tuple[str, str]] = field(default_factory=list)

    def organisation(self, name: str) -> Organisation:
        """Give an organisation by its name."""
        return self.organisations[self.names[name]]

    def writes(self) -> list[tuple[str, str]]:
        """Give the calls that change something."""
        return [call for call in self.calls if call[0] != "GET"]

    def answer(self, method: str, path: str, organisation_id: int, body: dict[str, Any]) -> Answer:
        """Answer one call."""
        self.calls.append((method, path))
        if path.startswith("/api/orgs"):
            return self.answer_organisations(method, path, body)
        if organisation_id not in self.organisations:
            return 401, {"message": "no such organisation"}
        kind = path.split("/")[2]
        answers = {"datasources": answer_sources, "folders": answer_folders, "dashboards": answer_dashboards}
        answers["v1"] = answer_rules
        return answers[kind](self.organisations[organisation_id], method, path, body)

    def answer_organisations(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        """Find by name, or make."""
        if method == "POST":
            number = len(self.organisations) + 1
            self.names[body["name"]] = number
            self.organisations[number] = Organisation()
            return 200, {"orgId": number, "message": "Organization created"}
        name = path.removeprefix("/api/orgs/name/").replace("%20", " ")
        return (200, {"id": self.names[name], "name": name}) if name in self.names else NOT_FOUND


NOT_FOUND: Answer = (404, {"message": "not found"})


def answer_sources(organisation: Organisation, method: str, path: str, body: dict[str, Any]) -> Answer:
    """Find, make or change a data source; the password stays when none comes, and is never told."""
    uid = body.get("uid", "") if method == "POST" else path.rpartition("/")[2]
    present = organisation.sources.get(uid)
    if method == "GET":
        return NOT_FOUND if present is None else (200, {**present, "secureJsonData": {}, "id": 7})
    if (present is None) != (method == "POST"):
        return (409, {"message": "exists"}) if present else NOT_FOUND
    kept = (present or {}).get("secureJsonData", {})
    organisation.sources[uid] = {**body, "secureJsonData": body.get("secureJsonData", kept)}
    return 200, {"message": "saved"}


def answer_folders(organisation: Organisation, method: str, path: str, body: dict[str, Any]) -> Answer:
    """Find or make a folder."""
    if method == "POST":
        organisation.folders[body["uid"]] = body["title"]
        return 200, body
    uid = path.rpartition("/")[2]
    return (200, {"uid": uid}) if uid in organisation.folders else NOT_FOUND


def answer_dashboards(organisation: Organisation, method: str, path: str, body: dict[str, Any]) -> Answer:
    """Find or save a dashboard."""
    if method == "POST":
        uid = body["dashboard"]["uid"]
        if body["folderUid"] not in organisation.folders:
            return 400, {"message": "folder not found"}
        version = organisation.dashboards.get(uid, {}).get("version", 0) + 1
        organisation.dashboards[uid] = {**body["dashboard"], "id": 1, "version": version}
        organisation.folder_by_dashboard[uid] = body["folderUid"]
        return 200, {"uid": uid}
    uid = path.rpartition("/")[2]
    return (200, {"dashboard": organisation.dashboards[uid]}) if uid in organisation.dashboards else NOT_FOUND


def answer_rules(organisation: Organisation, method: str, path: str, body: dict[str, Any]) -> Answer:
    """Find or write a group of alert rules, of a folder that there is."""
    *_, folder, _, group = path.split("/")
    if folder not in organisation.folders:
        return 404, {"message": "folder not found"}
    if method == "PUT":
        if any(rule["condition"] not in {part["refId"] for part in rule["data"]} for rule in body["rules"]):
            return 400, {"message": "condition does not exist"}
        rules = [{"id": 1, "provenance": "api", **rule} for rule in body["rules"]]
        organisation.rules[group] = {**body, "rules": rules}
        return 200, organisation.rules[group]
    return (200, organisation.rules[group]) if group in organisation.rules else NOT_FOUND


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Run the stand-in on a free port of loopback."""
    state = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if self.headers.get("Authorization") != expected:
                self.reply(401, {"message": "invalid username or password"})
                return
            path = re.sub(r"\?.*", "", self.path)
            number = int(self.headers.get("X-Grafana-Org-Id") or 1)
            self.reply(*state.answer(self.command, path, number, body))

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815

        def reply(self, status: int, body: Any) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
