"""`/v1/assets/{asset_id}/device`: a device takes the place of another, named by what is printed on it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import WRITE_PROBLEMS, ProblemError
from api.faults import faults
from api.paging import json_response
from api.parameters import IdempotencyKey
from api.security import WriterKey
from api.work_order_models import Name
from sensors.device_label import LONGEST, LabelError, read_label
from store.device_swap import SeveralDevicesError, Swap, SwapError, swap_device
from store.idempotency import KeyTakenError, once_async
from store.technician import NotThereError, actor, changing

router = APIRouter(prefix="/v1", tags=["who and what"], responses=WRITE_PROBLEMS)

AssetId = Annotated[int, Path(ge=1, lt=2**31)]


class NewDevice(BaseModel):
    """The device that comes, and which one goes."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="as scanned or typed: a LoRaWAN code (`LW:D0:…`), an EUI, the id, or `vigie:TERRITORY/ID`"
    )
    replaces: Annotated[int, Field(ge=1, lt=2**31)] | None = Field(
        None, description="device_id of the one that goes; needed where the asset has several"
    )
    is_asset_new: bool = Field(False, description="the thing itself was replaced too: its life begins anew")
    who: Name | None = None


class Swapped(BaseModel):
    """What tells about the asset from now on."""

    asset_id: int
    asset: str
    territory: str
    device_id: int
    external_id: str
    replaced_device_id: int | None
    replaced_external_id: str | None
    channels: list[str]
    was_waiting: bool = Field(description="it was accepted by this")
    at: datetime


@router.post("/assets/{asset_id}/device", response_model=Swapped)
async def swap(
    request: Request, key: WriterKey, asset_id: AssetId, new: NewDevice, idempotency_key: IdempotencyKey = None
) -> Response:
    """Put a device in the place of another, from now on; needs the scope `write`.

    A device that waited is accepted. What the old one measured stays with the asset.
    """
    try:
        label = read_label(new.label)
        async with changing(request.app.state.pool) as connection:
            wanted = Swap(label, new.replaces, new.is_asset_new, new.who)
            done = await once_async(
                connection,
                (actor(key), idempotency_key),
                ("swap", asset_id, new.model_dump()),
                lambda: swap_device(connection, key, asset_id, wanted),
            )
    except KeyTakenError as error:
        sentence = "cette clé d’envoi a déjà servi à autre chose : recommencez"
        raise ProblemError(422, str(error), members=faults(sentence, str(error))) from error
    except LabelError as error:
        sentence = "ce n’est l’étiquette d’aucun capteur : donnez son code LoRaWAN, son EUI ou son identifiant"
        raise ProblemError(422, str(error), members=faults(sentence, str(error), "label")) from error
    except NotThereError as error:
        sentence = "ce capteur est inconnu ici : a-t-il déjà émis ?"
        raise ProblemError(404, str(error), members=faults(sentence, str(error), "label")) from error
    except SeveralDevicesError as error:
        sentence = "plusieurs capteurs suivent cet équipement : dites lequel est remplacé"
        members = faults(sentence, str(error), "replaces") | {"devices": error.devices}
        raise ProblemError(409, str(error), members=members) from error
    except SwapError as error:
        sentence = "ce capteur est déjà en place ailleurs ou retiré : déplacez-le d’abord, ou prenez-en un autre"
        raise ProblemError(409, str(error), members=faults(sentence, str(error), "label")) from error
    return json_response(done)
