"""DCAT-AP 3.0 catalogue of what is published: JSON-LD, Turtle, RDF/XML, out of the registry and the record alone.

Completeness is a measurement of quality (DQV), the one that the latest release was published with.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef

from sensors.data_sets import DATA_SETS
from sensors.publication import FREQUENCIES, LICENCES
from store.reader import Row

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # its latest terms are not in the library
DQV = Namespace("http://www.w3.org/ns/dqv#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
AUTHORITY = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
FORMATS = {"csv": "CSV", "parquet": "PARQUET", "geojson": "GEOJSON"}
STEPS = {"hour": "PT1H", "day": "P1D", "month": "P1M"}
LANGUAGES = ("FRA", "ENG")
PREFIXES: Mapping[str, Any] = {
    "dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "dqv": DQV, "geo": GEO, "hydra": HYDRA, "spdx": SPDX, "vcard": VCARD,
    "skos": SKOS, "rdfs": RDFS, "xsd": XSD, "owl": OWL,
}  # fmt: skip
NOTATIONS = {"jsonld": "json-ld", "ttl": "turtle", "rdf": "pretty-xml"}
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
Node = URIRef | BNode


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the catalogue: its address, that of the first one and of the next one, if any."""

    address: str
    first: str
    following: str | None


def write_catalogue(root: str, rows: Sequence[Row], page: Page, notation: str) -> bytes:
    """Write the catalogue of these publications.

    Parameters
    ----------
    root
        Address of this server, without a stroke at its end.
    rows
        As `store.publications.list_open` gives them.
    notation
        One of `NOTATIONS`.
    """
    writer = Catalogue(root)
    writer.add_catalogue(rows)
    for row in rows:
        writer.add_dataset(row)
    writer.add_page(page, len(rows))
    name = NOTATIONS[notation]
    extra: dict[str, Any] = (
        {"context": {name: str(one) for name, one in PREFIXES.items()}} if notation == "jsonld" else {}
    )
    written = writer.graph.serialize(format=name, encoding="utf-8", **extra)
    return bytes(written)


class Catalogue:
    """A graph that is filled."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.graph = Graph()
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace)
        self.node = URIRef(f"{root}/open/catalogue")
        self.metric = URIRef(f"{root}/open/catalogue#completeness")

    def add(self, subject: Node, kind: URIRef | None, **properties: Any) -> None:  # Any: terms or Python values
        """Say of something what it is, and what `dct_title` and the like are; lists say several, None says nothing."""
        if kind is not None:
            self.graph.add((subject, RDF.type, kind))
        for name, given in properties.items():
            prefix, _, local = name.partition("_")
            for value in given if isinstance(given, list) else [given]:
                if value is not None:
                    term = value if isinstance(value, URIRef | BNode | Literal) else said(value)
                    self.graph.add((subject, PREFIXES[prefix][local], term))

    def known(self, kind: URIRef, address: str) -> URIRef:
        """Name something that others have defined, and say of what kind it is."""
        self.graph.add((URIRef(address), RDF.type, kind))
        return URIRef(address)

    def authority(self, kind: URIRef, scheme: str, code: str) -> URIRef:
        """Name a word of a vocabulary of the EU."""
        return self.known(kind, f"{AUTHORITY}/{scheme}/{code}")

    def add_catalogue(self, rows: Sequence[Row]) -> None:
        """Describe the catalogue itself; who runs it is the platform, each data set names its own publisher."""
        platform = URIRef(f"{self.root}/open#platform")
        self.add(platform, FOAF.Agent, foaf_name="Vigie")
        self.add(
            self.node,
            DCAT.Catalog,
            dct_title=both("Données ouvertes de Vigie", "Open data of Vigie"),
            dct_description=both(
                "Ce que les territoires publient de leurs capteurs et de leurs indicateurs.",
                "What territories publish of their sensors and KPIs.",
            ),
            dct_publisher=platform,
            dct_language=[self.authority(DCTERMS.LinguisticSystem, "language", code) for code in LANGUAGES],
            dct_modified=max((row["published_at"] for row in rows), default=None),
            dcat_dataset=[self.dataset_node(row) for row in rows],
            foaf_homepage=self.known(FOAF.Document, f"{self.root}/open/datasets"),
        )
        self.add(
            self.metric, DQV.Metric, skos_definition=both("part des mesures attendues", "share of what is expected")
        )
        self.add(self.metric, None, dqv_expectedDataType=XSD.double)

    def dataset_node(self, row: Row) -> URIRef:
        """Name a data set."""
        return URIRef(f"{self.root}/open/datasets/{row['territory']}/{row['publication']}")

    def add_dataset(self, row: Row) -> None:
        """Describe a publication."""
        kind, node = DATA_SETS[row["dataset"]], self.dataset_node(row)
        self.add(
            node,
            DCAT.Dataset,
            dct_title=both(row["title_fr"], row["title_en"]),
            dct_description=both(kind.about_fr, kind.about_en),
            dct_identifier=f"{row['territory']}/{row['publication']}",
            dct_publisher=self.publisher(row),
            dct_issued=row["issued_at"],
            dct_modified=row["published_at"],
            dct_language=[self.authority(DCTERMS.LinguisticSystem, "language", code) for code in LANGUAGES],
            dct_accrualPeriodicity=self.authority(DCTERMS.Frequency, "frequency", FREQUENCIES[row["frequency"]].code),
            dct_accessRights=self.authority(DCTERMS.RightsStatement, "access-right", "PUBLIC"),
            dcat_keyword=[Literal(word, lang="fr") for word in kind.keywords_fr],
            dcat_theme=self.authority(SKOS.Concept, "data-theme", kind.theme),
            dcat_version=str(row["release"]),
            dcat_landingPage=self.known(FOAF.Document, str(node)),
            dct_conformsTo=[self.known(DCTERMS.Standard, table.schema) for table in kind.tables if table.schema],
        )
        self.theme(kind.theme)
        self.add_quality(node, row)
        self.add_extent(node, row)
        if row["contact"]:
            contact = BNode()
            self.add(
                contact, VCARD.Kind, vcard_fn=row["territory_name"], vcard_hasEmail=URIRef(f"mailto:{row['contact']}")
            )
            self.add(node, None, dcat_contactPoint=contact)
        for file in row["files"]:
            self.add_distribution(node, row, file)

    def publisher(self, row: Row) -> URIRef:
        """Describe the territory that publishes."""
        node = URIRef(f"{self.root}/open/territories/{row['territory']}")
        self.add(node, FOAF.Agent, foaf_name=row["territory_name"])
        return node

    def theme(self, code: str) -> None:
        """Label a theme, as SKOS asks of concepts."""
        labels = {
            "TRAN": "Transports",
            "ENVI": "Environnement",
            "ENER": "Énergie",
            "GOVE": "Gouvernement et secteur public",
        }
        self.add(URIRef(f"{AUTHORITY}/data-theme/{code}"), None, skos_prefLabel=Literal(labels[code], lang="fr"))

    def add_quality(self, node: Node, row: Row) -> None:
        """Say how complete the latest release is, and what was hidden of it, where anybody knows."""
        hidden = f"{row['n_hidden']} sur {row['n_rows']} valeurs masquées pour protéger la vie privée"
        statement = BNode()
        self.add(statement, DCTERMS.ProvenanceStatement, rdfs_label=Literal(hidden, lang="fr"))
        self.add(node, None, dct_provenance=statement)
        if row["completeness"] is not None:
            measured = BNode()
            self.add(measured, DQV.QualityMeasurement, dqv_isMeasurementOf=self.metric, dqv_value=row["completeness"])
            self.add(node, None, dqv_hasQualityMeasurement=measured)

    def add_extent(self, node: Node, row: Row) -> None:
        """Say of when and where a data set tells, and how finely."""
        if row["told_from"] is not None:
            period = BNode()
            self.add(period, DCTERMS.PeriodOfTime, dcat_startDate=row["told_from"], dcat_endDate=row["told_to"])
            self.add(node, None, dct_temporal=period)
        if row["step"] in STEPS:
            self.add(node, None, dcat_temporalResolution=Literal(STEPS[row["step"]], datatype=XSD.duration))
        if row["west"] is not None:
            place = BNode()
            self.add(place, DCTERMS.Location, dcat_bbox=Literal(polygon(row), datatype=GEO.wktLiteral))
            self.add(node, None, dct_spatial=place)

    def add_distribution(self, node: Node, row: Row, file: Mapping[str, Any]) -> None:
        """Describe a file."""
        address = f"{node}/{file['name']}"
        own, checksum = URIRef(f"{address}#distribution"), BNode()
        ending = file["name"].rpartition(".")[2]
        licence = LICENCES[row["licence"]]
        digest = Literal(file["sha256"], datatype=XSD.hexBinary)
        self.add(checksum, SPDX.Checksum, spdx_algorithm=SPDX.checksumAlgorithm_sha256, spdx_checksumValue=digest)
        self.graph.add((SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm))
        self.add(URIRef(licence.address), DCTERMS.LicenseDocument, dct_title=licence.title)
        self.add(
            own,
            DCAT.Distribution,
            dct_title=file["name"],
            dcat_accessURL=self.known(RDFS.Resource, address),
            dcat_downloadURL=URIRef(address),
            dcat_mediaType=self.known(DCTERMS.MediaType, f"{IANA}/{file['media_type'].partition(';')[0]}"),
            dct_format=self.authority(DCTERMS.MediaTypeOrExtent, "file-type", FORMATS[ending]),
            dct_license=URIRef(licence.address),
            dct_issued=row["issued_at"],
            dct_modified=row["published_at"],
            dcat_byteSize=Literal(file["n_bytes"], datatype=XSD.nonNegativeInteger),
            spdx_checksum=checksum,
        )
        self.add(node, None, dcat_distribution=own)

    def add_page(self, page: Page, n_rows: int) -> None:
        """Say where the rest is, as harvesters look for it."""
        view = URIRef(page.address)
        following = URIRef(page.following) if page.following else None
        self.add(view, HYDRA.PartialCollectionView, hydra_first=URIRef(page.first), hydra_next=following)
        self.add(view, None, hydra_itemsPerPage=n_rows)


def both(french: str, english: str) -> list[Literal]:
    """Say it in both languages."""
    return [said(french, "fr"), said(english, "en")]


def said(value: Any, language: str | None = None) -> Literal:  # Any: what a literal can be made of
    """Give a literal; of texts without what XML cannot hold."""
    return Literal(NOT_XML.sub("", value), lang=language) if isinstance(value, str) else Literal(value)


def polygon(row: Row) -> str:
    """Write the frame of a territory's assets as WKT."""
    west, south, east, north = (row[name] for name in ("west", "south", "east", "north"))
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return f"POLYGON(({', '.join(f'{x:.2f} {y:.2f}' for x, y in corners)}))"
