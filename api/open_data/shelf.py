"""Catalogues that were written lately: writing one takes a second of a core, so it is done once, and one at a time."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from store.reader import Row

MOST_KEPT = 16  # of a megabyte at most

Key = tuple[str, str, bytes]


class Shelf:
    """Keeps what was written until what is published differs, or others were asked for since."""

    def __init__(self) -> None:
        self.n_written = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._turn = asyncio.Lock()

    async def catalogue(
        self, root: str, rows: Sequence[Row], addresses: tuple[str, str, str | None], notation: str
    ) -> bytes:
        """Give the catalogue of these publications.

        Parameters
        ----------
        root
            Address of this server, without a stroke at its end.
        rows
            As `store.publications.list_open` gives them.
        addresses
            That of this page, of the first one, of the next one if any.
        notation
            One of those of `api.open_data.catalogue`. Hold no connection: others may be written first.
        """
        from api.open_data.catalogue import Page, write_catalogue  # RDF takes time to load

        key = (root, notation, msgspec.json.encode((addresses, list(rows))))
        async with self._turn:
            if key not in self._kept:
                self._kept[key] = await asyncio.to_thread(write_catalogue, root, rows, Page(*addresses), notation)
                self.n_written += 1
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]
