"""The bill of materials is valid CycloneDX and names exactly what the locks pin."""

import json
import re

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.audit.bill import write_bill
from deploy.audit.pinned import PAGE_LOCK, PYTHON_LOCK, read_page_lock, read_requirements

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def test_bill_is_valid_by_the_schema_of_cyclonedx() -> None:
    text = json.dumps(write_bill())
    assert VALIDATOR.validate_str(text) is None
    spoilt = text.replace('"SHA-512"', '"SHA-5"')
    assert VALIDATOR.validate_str(spoilt) is not None


def test_bill_names_every_pinned_package_of_both_locks_with_its_hashes_and_nothing_else() -> None:
    """Counted from the locks' own text, not by what reads them."""
    python, page = PYTHON_LOCK.read_text(encoding="utf-8"), json.loads(PAGE_LOCK.read_text(encoding="utf-8"))
    wanted = {f"pkg:pypi/{name}@{version}" for name, version in re.findall(r"(?m)^([a-z0-9][\w.-]*)==(\S+)", python)}
    wanted |= {
        f"pkg:npm/{place.split('node_modules/')[-1].replace('@', '%40')}@{entry['version']}"
        for place, entry in page["packages"].items()
        if place
    }
    components = write_bill()["components"]
    assert isinstance(components, list)
    assert {one["purl"] for one in components} == wanted
    assert len(components) == len(wanted)
    n_hashes = python.count("--hash=sha256:") + sum("integrity" in entry for entry in page["packages"].values())
    assert sum(len(one["hashes"]) for one in components) == n_hashes


def test_bill_tells_what_is_delivered_from_what_only_builds_the_page() -> None:
    components = write_bill()["components"]
    assert isinstance(components, list)
    scopes = {one["name"]: one["scope"] for one in components}
    assert (scopes["fastapi"], scopes["leaflet"], scopes["typescript"]) == ("required", "required", "excluded")


def test_bill_is_the_same_for_the_same_locks() -> None:
    assert write_bill() == write_bill()


def test_a_requirement_is_read_with_its_extra_and_marker_left_out() -> None:
    digest = "ab" * 32
    text = (
        f"# a comment\nUvicorn_X[standard]==1.2 ; python_version > '3' \\\n    --hash=sha256:{digest}\n    # via -r x\n"
    )
    (one,) = read_requirements(text)
    assert (one.name, one.version, one.hashes) == ("uvicorn-x", "1.2", (("SHA-256", digest),))


def test_a_package_below_another_keeps_its_own_name() -> None:
    lock = {
        "packages": {
            "": {"name": "page", "version": "1"},
            "node_modules/a/node_modules/@b/c": {"version": "2.0.0", "integrity": "sha512-AAEC", "dev": True},
        }
    }
    (one,) = read_page_lock(json.dumps(lock))
    assert (one.purl, one.hashes, one.builds_only) == ("pkg:npm/%40b/c@2.0.0", (("SHA-512", "000102"),), True)
