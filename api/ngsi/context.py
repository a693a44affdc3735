"""JSON-LD contexts: names to whole addresses and back. They lie here; none is ever fetched.

Of JSON-LD 1.1 what contexts of NGSI-LD use: terms, prefixes, `@vocab`, other contexts by address. What is said of a
term beside its `@id` is left unread: NGSI-LD says by itself what is a value, a time or a link.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from api.ngsi.refusal import bad, unknown_context
from api.ngsi.vocabulary import CORE_CONTEXT, CORE_TERMS, MODELS_NAME, VOCABULARY, model_terms
from store.ngsi.context import find_contexts
from store.reader import Connection

MOST_CONTEXTS, MOST_TERMS, DEEPEST = 40, 20_000, 8
CONTEXTS_PATH = "/ngsi-ld/v1/jsonldContexts/"
CORE = re.compile(
    r"https?://uri\.etsi\.org/ngsi-ld/(v1/)?ngsi-ld-core-context(-v\d\.\d{1,2}(\.\d)?)?(\.jsonld)?", re.ASCII
)
PUBLIC_MODELS = re.compile(
    r"https?://(raw\.githubusercontent\.com/smart-data-models/dataModel\.\w+/master/context\.jsonld"
    r"|smart-data-models\.github\.io/dataModel\.\w+/context\.jsonld|smartdatamodels\.org/context\.jsonld"
    r"|fiware\.github\.io/data-models/context\.jsonld)",
    re.ASCII,
)
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f\"<>\\^`{|}]+")
NAME = re.compile(r"[^\s\x00-\x1f\"'<>\\^`{|}()\[\],;=&?#]{1,500}")


@dataclass(frozen=True, slots=False)  # not slots: the way back is reckoned once
class Context:
    """Terms with their whole addresses. `written` is how the client named it, to be said again in answers."""

    written: Any = CORE_CONTEXT  # Any: an address, an object, or a list of both
    terms: Mapping[str, str] = field(default_factory=dict)
    vocabulary: str = VOCABULARY

    def expand(self, name: str) -> str:
        """Give the whole address of a name. Raises ProblemError."""
        if name in CORE_TERMS:
            return CORE_TERMS[name]
        if not NAME.fullmatch(name):
            raise bad(
                f"{name[:80]!r} cannot name an attribute or a type: no blanks, quotes, brackets or signs of queries"
            )
        if name in self.terms:
            return self.terms[name]
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//") and prefix in self.terms:
            return self.terms[prefix] + rest
        return name if colon else self.vocabulary + name

    def compact(self, iri: str) -> str:
        """Give the shortest name of a whole address."""
        found = self._names.get(iri)
        if found is not None:
            return found
        if iri.startswith(self.vocabulary) and (rest := iri[len(self.vocabulary) :]) and ":" not in rest:
            return rest
        for prefix, start in self._prefixes:
            if iri.startswith(start) and iri != start:
                return f"{prefix}:{iri[len(start) :]}"
        return iri

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for name, iri in [*CORE_TERMS.items(), *self.terms.items()]:
            names.setdefault(iri, name)
        return names

    @cached_property
    def _prefixes(self) -> list[tuple[str, str]]:
        found = [(name, iri) for name, iri in self.terms.items() if iri.endswith(("/", "#", ":")) and ":" not in name]
        return sorted(found, key=lambda pair: -len(pair[1]))


CORE_ONLY = Context()


async def load(connection: Connection, written: Any) -> Context:
    """Read what stands in `@context`, or an address out of a Link header.

    Raises
    ------
    ProblemError
        400 where it is no context, 503 (LdContextNotAvailable) where one is not kept here.
    """
    if isinstance(written, str) and CORE.fullmatch(written):
        return Context(written)
    pieces = [piece async for piece in _pieces(connection, written)]
    terms: dict[str, str] = {}
    vocabulary = VOCABULARY
    for piece in pieces:
        if isinstance(piece.get("@vocab"), str):
            vocabulary = piece["@vocab"]
        for name, iri in resolved(piece, terms):
            terms[name] = iri
    if len(terms) > MOST_TERMS:
        raise bad(f"a context has at most {MOST_TERMS} terms")
    return Context(written, terms, vocabulary)


async def _pieces(connection: Connection, written: Any) -> Any:  # Any: an asynchronous iterator of objects
    """Give the objects that a context is made of, in order."""
    open_: list[tuple[Any, int]] = [(written, 0)]
    n_read = 0
    while open_:
        part, depth = open_.pop(0)
        n_read += 1
        if n_read > MOST_CONTEXTS or depth > DEEPEST:
            raise bad(f"a context is made of at most {MOST_CONTEXTS} others, {DEEPEST} deep")
        if isinstance(part, str):
            inner = await _find(connection, part)
            open_.insert(0, (inner, depth + 1))
        elif isinstance(part, list):
            open_[:0] = [(each, depth + 1) for each in part]
        elif isinstance(part, dict):
            yield part
        elif part is not None:
            raise bad("@context holds addresses and objects of terms only")


async def _find(connection: Connection, url: str) -> Any:
    """Give what an address stands for. Raises ProblemError."""
    if CORE.fullmatch(url):
        return {}
    if PUBLIC_MODELS.fullmatch(url) or url.endswith(CONTEXTS_PATH + MODELS_NAME):
        return dict(model_terms())
    if "\x00" in url or not ABSOLUTE.fullmatch(url):
        raise bad(f"@context: {url[:100]!r} is no address")
    names = [url, url.partition(CONTEXTS_PATH)[2]] if CONTEXTS_PATH in url else [url]
    found = await find_contexts(connection, names)
    for name in names:
        if name in found:
            return inner_context(found[name]["body"])
    raise unknown_context(url)


def inner_context(body: Any) -> Any:
    """Give what stands in a document of a context. Raises ProblemError."""
    if not isinstance(body, dict) or "@context" not in body:
        raise bad("a context is an object with @context in it")
    return body["@context"]


def resolved(piece: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the terms of an object with their whole addresses. Raises ProblemError."""
    written: dict[str, str] = {}
    for name, value in piece.items():
        iri = value.get("@id", name if ":" in name else None) if isinstance(value, dict) else value
        if name.startswith("@") or iri is None:
            continue
        if not isinstance(iri, str):
            raise bad(f"@context: {name[:60]!r} stands for no address")
        written[name] = iri
    for name, iri in written.items():
        yield name, whole(iri, {**known, **written}, 0)


def whole(iri: str, terms: Mapping[str, str], depth: int) -> str:
    """Give the address that a term stands for, along prefixes. Raises ProblemError."""
    prefix, colon, rest = iri.partition(":")
    if depth > DEEPEST:
        raise bad(f"@context: {iri[:60]!r} goes round in a circle")
    if colon and not rest.startswith("//") and prefix in terms:
        return whole(terms[prefix], terms, depth + 1) + rest
    if not colon and iri in terms and terms[iri] != iri:
        return whole(terms[iri], terms, depth + 1)
    if not colon and not iri.startswith("@"):
        return VOCABULARY + iri
    return iri
