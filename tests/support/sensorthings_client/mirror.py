"""Run by a newer Python: copies what one key sees to where another writes, as aio-sensorthings does it by itself.

Arguments: the address before /v1.1, both keys. Printed as JSON: the id of an observation made, and results by pages.
"""

import asyncio
import json
import sys

from aio_sensorthings import (  # type: ignore[import-not-found]  # it is in an environment of its own
    EntitySyncer,
    IdentityTransformer,
    InMemoryStateStore,
    STAClient,
    STAEntityType,
    STAHttpSource,
    STAHttpTarget,
)
from aio_sensorthings.ports.auth import CredentialHeader  # type: ignore[import-not-found]

COPIED = ("LOCATION", "THING", "SENSOR", "OBSERVED_PROPERTY", "DATASTREAM")


class Key:
    """The client's own place for a way to say who asks."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def create_headers(self) -> CredentialHeader:
        return CredentialHeader({"Authorization": f"Bearer {self.text}"})

    async def close(self) -> None:
        return None


async def mirror(url: str, source_key: str, target_key: str) -> dict[str, object]:
    """Copy twice, the second time by name, then write and read an observation."""
    async with (
        STAClient(url, auth_provider=Key(source_key)) as source,
        STAClient(url, auth_provider=Key(target_key)) as target,
    ):
        for sync_by in ("id", "name"):
            syncer = EntitySyncer(
                source=STAHttpSource(source),
                target=STAHttpTarget(target),
                state=InMemoryStateStore(),
                transformer=IdentityTransformer(),
                entity_types=[STAEntityType[name] for name in COPIED],
                sync_by=sync_by,
            )
            await syncer.bootstrap()
        datastream = (await target.get_all("Datastreams", params={"$orderby": "name"}))[0]["@iot.id"]
        owner = {"Datastream": {"@iot.id": datastream}}
        for result in range(3):
            made, _ = await target.post("Observations", {"result": result, **owner})
        found = await target.get_all(f"Datastreams({datastream})/Observations", top=1)
        return {"made": made, "results": [one["result"] for one in found]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(mirror(*sys.argv[1:]))))
