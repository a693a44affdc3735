"""The bill of materials: all that the locks pin, as CycloneDX 1.6; the same locks give the same text."""

import json
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, version
from uuid import NAMESPACE_URL, uuid5

from deploy.audit.pinned import CHECKOUT, Pinned, read_pinned

BILL = CHECKOUT / "sbom.cdx.json"
LONGEST_LICENCE = 80  # characters; what is longer is the text itself
Bill = dict[str, object]


def write_bill() -> Bill:
    """Write the bill of what Vigie runs on and what its page is built with. Nothing is asked of any network."""
    components = [component(one) for one in read_pinned()]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))}",
        "metadata": {
            "component": {"type": "application", "name": "vigie", "version": own_version(), "bom-ref": "vigie"}
        },
        "components": components,
    }


def save_bill() -> int:
    """Write the bill into its file, and give the number of components."""
    bill = write_bill()
    BILL.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return len(bill["components"])  # type: ignore[arg-type]  # a list, as written above


def component(one: Pinned) -> Bill:
    """Describe one package: address, hashes of its files, licence where its maker states one in a word or two."""
    described: Bill = {
        "type": "library",
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
        "bom-ref": one.purl,
        "scope": "excluded" if one.builds_only else "required",
        "hashes": [{"alg": algorithm, "content": digits} for algorithm, digits in one.hashes],
    }
    licence = one.licence or (licence_of(one.name) if one.ecosystem == "PyPI" else None)
    if licence:
        described["licenses"] = [{"license": {"name": licence}}]
    return described


def licence_of(name: str) -> str | None:
    """Give the licence as the installed package states it; None where it prints a whole text or is not installed."""
    try:
        stated = metadata(name)
    except PackageNotFoundError:
        return None
    texts = [str(stated[field]) for field in ("License-Expression", "License") if field in stated]
    return next((text for text in texts if 0 < len(text) <= LONGEST_LICENCE and "\n" not in text), None)


def own_version() -> str:
    """Give the version of Vigie."""
    try:
        return version("vigie")
    except PackageNotFoundError:
        project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return str(project["version"])
