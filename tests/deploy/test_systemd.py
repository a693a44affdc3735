"""The units start commands that exist, and each is as closed as the hardening list says."""

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest
from typer.main import get_command

from deploy.cli import app
from tests.support.shared import REPOSITORY

UNITS = sorted((REPOSITORY / "deploy/systemd").glob("*.service"))
HARDENING = (REPOSITORY / "docs/security/hardening.md").read_text(encoding="utf-8")
CLOSED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "PrivateUsers": "yes",
    "DynamicUser": "yes",
    "ProtectKernelTunables": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "Restart": "always",
}


def service_of(path: Path) -> dict[str, str]:
    """Read the section of the service; of a key that stands twice the last counts."""
    parser = RawConfigParser(strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys are told apart by their capitals
    parser.read(path, encoding="utf-8")
    return {key: value or "" for key, value in parser["Service"].items()}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_is_closed(path: Path) -> None:
    service = service_of(path)
    assert {key: service.get(key) for key in CLOSED} == CLOSED


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_starts_a_command_that_exists_and_needs_no_secret_in_it(path: Path) -> None:
    service = service_of(path)
    program, command, *options = service["ExecStart"].split()
    assert program.endswith("/bin/vigie")
    found = get_command(app).commands[command]  # type: ignore[attr-defined]  # a group
    known = {name for parameter in found.params for name in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known
    assert not re.search(r"(?i)password|://", path.read_text(encoding="utf-8"))


def test_hardening_list_names_what_closes_the_units() -> None:
    assert {key for key in CLOSED if f"`{key}`" not in HARDENING} == set()
