"""A client of Vigie's API: `pip install vigie[client]`. See docs/how-to/python-client.md."""

from vigie_client.client import Client as Client
from vigie_client.errors import AnswerError as AnswerError
from vigie_client.errors import FaultError as FaultError
from vigie_client.errors import RefusedError as RefusedError
from vigie_client.errors import UnreachableError as UnreachableError
from vigie_client.errors import VigieError as VigieError
from vigie_client.results import PartUsed as PartUsed
from vigie_client.values import Curves as Curves
from vigie_client.values import Measurements as Measurements
