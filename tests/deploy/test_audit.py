"""The list of components names what is pinned, as CycloneDX has it."""

import re

from deploy.audit import CHECKOUT, write_bill


def test_bill_names_every_pinned_package_with_its_hashes() -> None:
    text = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9][\w.-]*)==", text, re.MULTILINE))
    components = write_bill()["components"]
    assert isinstance(components, list)
    assert {one["name"] for one in components} == pinned
    assert sum(len(one["hashes"]) for one in components) == text.count("--hash=sha256:")
    assert all(one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in components)


def test_bill_is_the_same_for_the_same_packages() -> None:
    assert write_bill() == write_bill()
