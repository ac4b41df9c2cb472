"""The code lists: what portals write (vocab/codes) and the concepts it means (vocab/concepts)."""

import csv
import io
import json
import re
import unicodedata
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import pytest

BASE = "http://localhost:8000/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
DCAT_MEDIA_TYPE = "http://www.w3.org/ns/dcat#mediaType"
XSD_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

CLASSES = {
    "access-right": DCT + "RightsStatement",
    "country": DCT + "Location",
    "data-theme": SKOS + "Concept",
    "dataset-type": SKOS + "Concept",
    "datatype": "http://www.w3.org/ns/csvw#Datatype",
    "distribution-status": SKOS + "Concept",
    "file-type": DCT + "MediaTypeOrExtent",
    "frequency": DCT + "Frequency",
    "hvd-category": SKOS + "Concept",
    "issue": SKOS + "Concept",
    "language": DCT + "LinguisticSystem",
    "licence": DCT + "LicenseDocument",
    "licence-type": SKOS + "Concept",
    "media-type": DCT + "MediaType",
    "planned-availability": SKOS + "Concept",
    "publisher-type": SKOS + "Concept",
    "standard": DCT + "Standard",
    "status": SKOS + "Concept",
}
LISTS = sorted(CLASSES)
SEVERAL_MEANINGS = {"data-theme"}

# Names of our lists in the European tables, where they differ.
EU_TABLE = {
    "licence-type": "adms-licencetype",
    "publisher-type": "adms-publishertype",
    "status": "adms-status",
}
NOT_EUROPEAN = {"issue", "standard", "datatype", "media-type"}

SHARED = Path(__file__).resolve().parents[3] / "shared" / "vocab"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the European tables of ../shared are not at hand"
)


def fold(value):
    decomposed = unicodedata.normalize("NFKD", value)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def triples(name):
    path = files("vocab").joinpath("concepts", f"{name}.ttl")
    return list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=BASE))


def concepts(name):
    """IRI -> {predicate: [object, …]} of everything that has a notation."""
    described: dict[str, dict[str, list[ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples(name):
        described[triple.subject.value][triple.predicate.value].append(triple.object)
    return {iri: facts for iri, facts in described.items() if SKOS + "notation" in facts}


def notation(facts):
    (value,) = facts[SKOS + "notation"]
    return value.value


def rows(name):
    text = files("vocab").joinpath("codes", f"{name}.csv").read_text("utf-8")
    return [(row["value"], row["notation"]) for row in csv.DictReader(io.StringIO(text))]


def names(name):
    """Folded notation, IRI or label -> the notations that answer to it without any CSV row."""
    found = defaultdict(set)
    for iri, facts in concepts(name).items():
        for text in (iri, notation(facts), *(label.value for label in facts[SKOS + "prefLabel"])):
            found[fold(text)].add(notation(facts))
    return found


def resolve(name, value):
    folded = fold(value)
    return names(name)[folded] | {code for text, code in rows(name) if fold(text) == folded}


def stems(folder, suffix):
    entries = files("vocab").joinpath(folder).iterdir()
    return sorted(e.name.removesuffix(suffix) for e in entries if e.name.endswith(suffix))


def test_each_list_is_a_pair_of_files():
    assert stems("codes", ".csv") == LISTS
    assert stems("concepts", ".ttl") == LISTS


@pytest.mark.parametrize("name", LISTS)
def test_concepts_are_described_in_full(name):
    graph = triples(name)
    assert not [
        t for t in graph if "BlankNode" in (type(t.subject).__name__, type(t.object).__name__)
    ]
    schemes = {t.subject.value for t in graph if t.object == ox.NamedNode(SKOS + "ConceptScheme")}
    titled = {
        (t.subject.value, t.object.language) for t in graph if t.predicate.value == DCT + "title"
    }
    assert {(scheme, language) for scheme in schemes for language in ("fr", "en")} <= titled
    for iri, facts in concepts(name).items():
        types = {t.value for t in facts[RDF_TYPE]}
        assert CLASSES[name] in types, iri
        assert {scheme.value for scheme in facts[SKOS + "inScheme"]} <= schemes, iri
        assert len(facts[SKOS + "inScheme"]) == 1, iri
        if name != "media-type":
            assert SKOS + "Concept" in types, iri
            assert sorted(label.language for label in facts[SKOS + "prefLabel"]) == ["en", "fr"], (
                iri
            )


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_left_undescribed(name):
    """Every subject is a scheme or a concept: a mistyped IRI would make a third kind."""
    schemes = {
        t.subject.value for t in triples(name) if t.object == ox.NamedNode(SKOS + "ConceptScheme")
    }
    assert {t.subject.value for t in triples(name)} == schemes | set(concepts(name))


@pytest.mark.parametrize("name", LISTS)
def test_notations_are_plain_and_unique(name):
    values = [notation(facts) for facts in concepts(name).values()]
    assert values
    assert len(values) == len(set(values))
    literals = [facts[SKOS + "notation"][0] for facts in concepts(name).values()]
    assert {literal.datatype for literal in literals} == {XSD_STRING}


@pytest.mark.parametrize("name", LISTS)
def test_names_never_point_to_two_concepts(name):
    assert {text: codes for text, codes in names(name).items() if len(codes) > 1} == {}


@pytest.mark.parametrize("name", LISTS)
def test_header_and_order(name):
    text = files("vocab").joinpath("codes", f"{name}.csv").read_text(encoding="utf-8")
    assert text.startswith("value,notation\n")
    assert "\r" not in text
    assert rows(name) == sorted(rows(name), key=lambda row: (row[1], row[0]))


@pytest.mark.parametrize("name", LISTS)
def test_rows_lead_to_a_concept(name):
    known = {notation(facts) for facts in concepts(name).values()}
    assert [row for row in rows(name) if row[1] not in known or not fold(row[0])] == []


@pytest.mark.parametrize("name", LISTS)
def test_folded_values_are_unique(name):
    seen = defaultdict(list)
    for value, code in rows(name):
        key = (fold(value), code) if name in SEVERAL_MEANINGS else fold(value)
        seen[key].append(value)
    assert {key: values for key, values in seen.items() if len(values) > 1} == {}


@pytest.mark.parametrize("name", LISTS)
def test_rows_add_to_the_names_of_the_concepts(name):
    """A row that repeats a name says nothing; one that gives it to another concept misleads."""
    known = names(name)
    assert [
        (value, code, known[fold(value)]) for value, code in rows(name) if fold(value) in known
    ] == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("bimensuel", "MONTHLY_2"),
        ("Bimensuelle", "MONTHLY_2"),
        ("bimestriel", "BIMONTHLY"),
        ("Bimestrielle", "BIMONTHLY"),
        ("bimonthly", "BIMONTHLY"),
        ("semimonthly", "MONTHLY_2"),
        ("biannuel", "ANNUAL_2"),
        ("Bi-annuelle", "ANNUAL_2"),
        ("biannual", "ANNUAL_2"),
        ("bisannuel", "BIENNIAL"),
        ("Bisannuelle", "BIENNIAL"),
        ("biennial", "BIENNIAL"),
        ("bihebdomadaire", "WEEKLY_2"),
        ("biweekly", "BIWEEKLY"),
        ("fortnightly", "BIWEEKLY"),
        ("P1M", "MONTHLY"),
        ("PT1M", "1MIN"),
        ("R/P0.5M", "MONTHLY_2"),
        ("R/P1Y", "ANNUAL"),
        ("threeTimesAYear", "ANNUAL_3"),
        ("asneeded", "AS_NEEDED"),
        ("notPlanned", "NOT_PLANNED"),
        ("Pas de mise à jour ", "NEVER"),
        ("http://purl.org/cld/freq/semiannual", "ANNUAL_2"),
        ("Toutes les heures", "HOURLY"),
    ],
)
def test_frequency(value, code):
    assert resolve("frequency", value) == {code}


@pytest.mark.parametrize(
    "value", ["Au fil du temps", "à chaque nouvel appel à projet (tous les ans)"]
)
def test_free_text_is_no_frequency(value):
    assert resolve("frequency", value) == set()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Licence Ouverte (Etalab)", "LO"),
        ("Licence Ouverte", "LO"),
        ("Licence Ouverte-LO", "LO"),
        ("Licence ouverte / Open Licence", "LO"),
        ("fr-lo", "LO-1.0"),
        ("lov1", "LO-1.0"),
        ("https://www.etalab.gouv.fr/wp-content/uploads/2014/05/Licence_Ouverte.pdf", "LO-1.0"),
        ("http://www.etalab.gouv.fr/wp-content/uploads/2014/05/Open_Licence.pdf", "LO-1.0"),
        ("http://www.data.gouv.fr/Licence-Ouverte-Open-Licence", "LO-1.0"),
        ("lov2", "ETALAB_2_0"),
        ("etalab-2.0", "ETALAB_2_0"),
        ("Licence Ouverte v2.0 (Etalab)", "ETALAB_2_0"),
        ("Licence Ouverte / Open Licence version 2.0", "ETALAB_2_0"),
        (
            "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf",
            "ETALAB_2_0",
        ),
        ("https://www.etalab.gouv.fr/licence-ouverte-open-licence", "ETALAB_2_0"),
        ("Open Database License (ODbL)", "ODC_BL"),
        ("http://opendatacommons.org/licenses/odbl/", "ODC_BL"),
        ("cc-by", "CC_BY"),
        ("Creative Commons Attribution", "CC_BY"),
        ("CC BY 4.0", "CC_BY_4_0"),
        ("Creative Commons Attribution 4.0 International", "CC_BY_4_0"),
        ("cc-by-sa", "CC_BYSA"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC_BYSA_4_0"),
        ("cc-zero", "CC0"),
    ],
)
def test_licence(value, code):
    assert resolve("licence", value) == {code}


@pytest.mark.parametrize(
    "value",
    [
        "other-open",
        "other-at",
        "other-pd",
        "notspecified",
        "License Not Specified",
        "Other (Attribution)",
        "Autre Licence (spécifique)",
        "Spécifique ou autre",
        "Creative Commons-CC",
        "Public domain",
        "Domaine public",
    ],
)
def test_what_is_no_licence(value):
    assert resolve("licence", value) == set()


def test_only_a_stated_version_gives_licence_ouverte_2():
    """Each way to say 2.0 carries a 2, but for Etalab's own pages, which are those of 2.0."""
    unversioned = [
        value for value, code in rows("licence") if code == "ETALAB_2_0" and "2" not in value
    ]
    assert {re.sub(r"^https?://(www\.)?", "", value) for value in unversioned} == {
        "etalab.gouv.fr/licence-ouverte-open-licence",
        "github.com/etalab/Licence-Ouverte/blob/master/LO.md",
        "github.com/etalab/licence-ouverte/blob/master/open-licence.md",
    }


def test_licences_have_a_title_and_a_known_type():
    types = set(concepts("licence-type"))
    for iri, facts in concepts("licence").items():
        assert {title.language for title in facts[DCT + "title"]} == {"fr", "en"}, iri
        assert facts[DCT + "type"], iri
        assert {t.value for t in facts[DCT + "type"]} <= types, iri


@pytest.mark.parametrize("code", ["LO", "LO-1.0"])
def test_our_own_licences_follow_the_base(code):
    facts = concepts("licence")[f"{BASE}concept/licence/{code}"]
    assert ox.NamedNode(AUTHORITY + "licence/ETALAB_2_0") in facts[SKOS + "closeMatch"]
    assert facts[SKOS + "inScheme"] == [ox.NamedNode(BASE + "concept/licence")]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("Mobilité et Espace Public", {"TRAN", "REGI"}),
        ("Administration et Finances Publiques", {"GOVE", "ECON"}),
        ("Citoyenneté", {"GOVE"}),
        ("Spectacle vivant", {"EDUC"}),
        ("Énergies et réseaux", {"ENER"}),
        ("energies-et-reseaux", {"ENER"}),
        ("Équipements, bâtiments et logement", {"REGI"}),
        ("Environnement", {"ENVI"}),
        ("Agriculture, Environnement", {"AGRI", "ENVI"}),
        ("http://inspire.ec.europa.eu/theme/hb", {"ENVI"}),
        ("geospatial", set()),
    ],
)
def test_data_theme(value, codes):
    assert resolve("data-theme", value) == codes


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Shapefile (zip)", "SHP"),
        ("shp (wgs84)", "SHP"),
        ("CSV LonLat/XY", "CSV"),
        ("application/csv; charset=utf-8", "CSV"),
        ("OGC:WMS", "WMS_SRVC"),
        ("OGC:WFS", "WFS_SRVC"),
        (".xlsx", "XLSX"),
        ("application/vnd.ms-excel", "XLS"),
        ("application/vnd.geo+json", "GEOJSON"),
        ("application/geo+json", "GEOJSON"),
        ("application/zip", "ZIP"),
        ("application/pdf", "PDF"),
        ("text/xml", "XML"),
        ("application/xml", "XML"),
        ("application/json", "JSON"),
        ("https://www.iana.org/assignments/media-types/text/csv", "CSV"),
        ("texte", "TXT"),
        ("gtfs", "GTFS"),
    ],
)
def test_file_type(value, code):
    assert resolve("file-type", value) == {code}


@pytest.mark.parametrize("value", ["application/octet-stream", "api", "document", "xml et pdf"])
def test_what_says_nothing_of_the_file(value):
    assert resolve("file-type", value) == set()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("media-type", "application/csv", "text/csv"),
        ("media-type", "application/x-zip-compressed", "application/zip"),
        ("media-type", "application/vnd.geo+json", "application/geo+json"),
        ("language", "fr", "FRA"),
        ("language", "french", "FRA"),
        ("language", "http://id.loc.gov/vocabulary/iso639-1/fr", "FRA"),
        ("publisher-type", "LocalAuthority", "LocalAuthority"),
        ("publisher-type", "Commune", "LocalAuthority"),
        ("access-right", "open", "PUBLIC"),
        ("distribution-status", "http://purl.org/adms/status/Completed", "COMPLETED"),
        ("hvd-category", "entreprises-et-propriete-d-entreprises", "c_a9135398"),
        ("hvd-category", "observation-de-la-terre-et-environnement", "c_dd313021"),
        ("hvd-category", "hvd-statistics", "c_e1da4e07"),
        ("country", "FR", "FRA"),
        ("datatype", "_text", "string"),
        ("datatype", "int4", "integer"),
        ("datatype", "datetime", "dateTime"),
        ("datatype", "timestamptz", "dateTime"),
        ("datatype", "geo_point_2d", "geo_point_2d"),
        ("datatype", "geo_shape", "geoJSONLiteral"),
        ("datatype", "json_blob", "json"),
    ],
)
def test_other_lists(name, value, code):
    assert resolve(name, value) == {code}


def test_media_types_are_those_of_their_iri():
    assert {IANA + notation(facts) for facts in concepts("media-type").values()} == set(
        concepts("media-type")
    )


def test_media_types_of_files_are_in_the_list():
    listed = set(concepts("media-type"))
    for iri, facts in concepts("file-type").items():
        assert len(facts[DCAT_MEDIA_TYPE]) <= 1, iri
        assert {media.value for media in facts[DCAT_MEDIA_TYPE]} <= listed, iri


def test_hvd_categories_form_a_tree():
    categories = concepts("hvd-category")
    broader = {iri: [b.value for b in facts[SKOS + "broader"]] for iri, facts in categories.items()}
    assert all(len(up) <= 1 and set(up) <= set(categories) for up in broader.values())
    assert sum(not up for up in broader.values()) == 6


@needs_shared
@pytest.mark.parametrize("name", [n for n in LISTS if n not in NOT_EUROPEAN])
def test_european_concepts_are_official(name):
    tables = json.loads((SHARED / "eu_tables.json").read_text(encoding="utf-8"))
    table = tables[EU_TABLE.get(name, name)]
    official = {concept["iri"]: concept["code"] for concept in table["concepts"]}
    european = {iri: facts for iri, facts in concepts(name).items() if not iri.startswith(BASE)}
    assert {iri: notation(facts) for iri, facts in european.items()}.items() <= official.items()
    assert {facts[SKOS + "inScheme"][0].value for facts in european.values()} == {table["scheme"]}


@needs_shared
@pytest.mark.parametrize(
    "name", ["frequency", "data-theme", "dataset-type", "hvd-category", "status"]
)
def test_whole_tables_are_carried(name):
    tables = json.loads((SHARED / "eu_tables.json").read_text(encoding="utf-8"))
    official = {
        c["iri"] for c in tables[EU_TABLE.get(name, name)]["concepts"] if c["code"] != "OP_DATPRO"
    }
    assert set(concepts(name)) == official


@needs_shared
def test_media_types_are_registered():
    registered = set((SHARED / "iana-media-types.txt").read_text(encoding="utf-8").split())
    assert {notation(facts) for facts in concepts("media-type").values()} <= registered


@needs_shared
def test_file_types_and_their_media_types_agree_with_the_table():
    """The table's own IANA type where it gives one; else a registered type among those it lists."""
    text = (SHARED / "iana-media-types.txt").read_text(encoding="utf-8")
    registered = {line.lower(): line for line in text.split()}
    with (SHARED / "eu_file_types_2024-09.tsv").open(encoding="utf-8", newline="") as lines:
        table = {row["code"]: row for row in csv.DictReader(lines, delimiter="\t")}
    wrong = {}
    for facts in concepts("file-type").values():
        row = table[notation(facts)]
        chosen = [media.value.removeprefix(IANA) for media in facts[DCAT_MEDIA_TYPE]]
        own = row["iana"].startswith(IANA) and row["iana"].removeprefix(IANA)
        candidates = [own] if own else row["media_types"].split()
        expected = [registered[m.lower()] for m in candidates if m.lower() in registered]
        if not set(chosen) <= set(expected) or (expected and not chosen):
            wrong[notation(facts)] = (chosen, expected)
    assert wrong == {}
