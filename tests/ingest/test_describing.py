"""What every connector says in the same way."""

import pytest

from ingest import coverage, describing, distributing
from ingest.coverage import duration
from ingest.describing import text, texts

AUTHORITY = "http://publications.europa.eu/resource/authority/"
BASE = "http://localhost:8000/"


@pytest.fixture
def said(begin):
    """What a function of ``describing`` writes about a dataset."""

    def write(function, *arguments, **different):
        reading = begin(**different)
        result = function(reading, reading.node(reading.root), *arguments)
        return Said(reading, result)

    return write


class Said:
    def __init__(self, reading, result):
        self.result, self.issues, self.root = result, reading.issues, reading.root
        self.lines = [*reading.lines, *reading.shared]

    def objects(self, predicate):
        """The objects of all statements whose predicate ends so, as text."""
        found = (line.split(" ", 2) for line in self.lines)
        return sorted(
            rest.rsplit(" <", 1)[0] for _, term, rest in found if term.endswith(f"{predicate}>")
        )


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, ""), (" a ", "a"), (["", None, "b"], "b"), ([], ""), (3, "3"), (False, "False")],
)
def test_a_value_as_text(value, read):
    assert text(value) == read


def test_an_object_is_no_text():
    with pytest.raises(ValueError, match="object"):
        text({"fr": "titre"})


def test_a_single_value_is_a_list_of_one():
    assert texts("a") == ["a"]
    assert texts(["a", " ", None, 2]) == ["a", "2"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("{'#text': 'Zones inondables de l’Aude'}", "Zones inondables de l’Aude"),
        ('{"#text": "Carte d\'aléa"}', "Carte d'aléa"),
        ("{ '#text' : ' Plans ' }", "Plans"),
        ({"#text": "Atlas"}, "Atlas"),
        ("{brouillon}", "{brouillon}"),
        ("[Atlas]", "[Atlas]"),
    ],
)
def test_an_object_written_as_a_title_is_read_for_its_text(said, written, title):
    found = said(describing.titles, ("title", written), ("notes", "Des cartes."))
    assert found.objects("terms/title") == [f'"{title}"@fr']
    is_leaked = isinstance(written, str) and "#text" in written
    assert [issue.kind for issue in found.issues] == ["shape"] * is_leaked


def test_an_object_that_says_nothing_is_no_description(said):
    written = "[object Object][object Object]"
    found = said(describing.titles, ("title", "Atlas"), ("notes", written))
    assert found.objects("terms/description") == ['"Atlas"@fr']
    assert [(issue.kind, issue.value) for issue in found.issues] == [
        ("shape", written),
        ("missing", ""),
    ]


def test_a_missing_title_is_stood_in_for_by_the_identifier(said):
    found = said(describing.titles, ("t", None), ("d", "Des vélos."))
    assert found.objects("title") == ['"jeu"@fr']
    assert [(issue.kind, issue.key) for issue in found.issues] == [("missing", "t")]


def test_a_missing_description_is_stood_in_for_by_the_title(said):
    found = said(describing.titles, ("t", "Vélos"), ("d", "<p> </p>"))
    assert found.objects("description") == ['"Vélos"@fr']
    assert [(issue.kind, issue.key) for issue in found.issues] == [("missing", "d")]


def licensed(said, *candidates, words=()):
    def run(reading, node):
        granted = describing.licence(reading, candidates, words)
        granted.grant(node)

    return said(run)


@pytest.mark.parametrize(
    ("written", "concept"),
    [
        ("Licence Ouverte v2.0 (Etalab)", f"{AUTHORITY}licence/ETALAB_2_0"),
        ("Open Database License (ODbL)", f"{AUTHORITY}licence/ODC_BL"),
        ("https://opendatacommons.org/licenses/odbl/summary/", f"{AUTHORITY}licence/ODC_BL"),
        ("lov1", f"{BASE}concept/licence/LO-1.0"),
    ],
)
def test_a_licence_is_its_concept(said, written, concept):
    assert licensed(said, ("license", written)).objects("license") == [f"<{concept}>"]


@pytest.mark.parametrize("written", ["Licence Ouverte", "LO/OL", "Licence Etalab"])
def test_no_version_of_a_licence_is_supposed(said, written):
    [concept] = licensed(said, ("license", written)).objects("license")
    assert concept.startswith(f"<{BASE}concept/licence/")
    assert not concept.endswith(("1.0>", "2.0>"))


def test_an_unknown_licence_is_kept_as_rights_with_an_issue(said):
    found = licensed(said, ("license", "Licence du maire"), words=["© Ville"])
    assert found.objects("license") == []
    assert found.objects("description") == ['"Licence du maire ; © Ville"@fr']
    assert [(issue.kind, issue.key) for issue in found.issues] == [("unknown-value", "license")]


def test_the_first_known_candidate_is_the_licence(said):
    found = licensed(said, ("url", "https://a.example/cgu"), ("id", "lov2"))
    assert found.objects("license") == [f"<{AUTHORITY}licence/ETALAB_2_0>"]
    assert found.issues == []


def test_no_licence_is_no_licence(said):
    found = licensed(said, ("license", ""), ("license_url", None))
    assert (found.lines, found.issues) == ([], [])


@pytest.mark.parametrize(
    ("candidates", "url", "format", "media"),
    [
        (["CSV"], "", "CSV", "text/csv"),
        (["Shapefile (zip)", "application/zip"], "", "SHP", "application/zip"),
        (["text/csv; charset=utf-8"], "", "CSV", "text/csv"),
        (["csv"], "https://a.example/x.xlsx", "CSV", "text/csv"),
        ([None, ""], "https://a.example/a.b/jeu.GeoJSON?x=1.pdf", "GEOJSON",
         "application/geo+json"),
        ([None], "https://a.example/download/", None, None),
    ],
)  # fmt: skip
def test_the_declared_format_comes_first_then_the_extension(said, candidates, url, format, media):
    given = [("format", value) for value in candidates]
    found = said(distributing.file_format, given, url)
    assert found.objects("dc/terms/format") == ([f"<{AUTHORITY}file-type/{format}>"] * bool(format))
    assert [each.partition("media-types/")[2] for each in found.objects("mediaType")] == (
        [f"{media}>"] * bool(media)
    )
    assert (found.result, found.issues) == (format or "", [])


def test_a_format_that_nobody_knows_is_an_issue_and_the_extension_is_read(said):
    found = said(distributing.file_format, [("format", "lasagne")], "https://a.example/x.csv")
    assert found.result == "CSV"
    [issue] = found.issues
    assert (issue.kind, issue.key, issue.value) == ("unknown-value", "format", "lasagne")
    assert "file-type" in issue.message


@pytest.mark.parametrize(
    ("start", "end", "words", "days"),
    [
        ("2003-12-31T23:00:00+00:00", "2004-12-30T23:00:00+00:00", None,
         ["2004-01-01", "2004-12-31"]),
        ("2015-06-01", None, None, ["2015-06-01"]),
        (None, None, "2004-2022", ["2004", "2022"]),
        (None, None, "de 2004 à 2022", ["2004", "2022"]),
        (None, None, "2004 – 2022", ["2004", "2022"]),
        (None, None, "2015", ["2015", "2015"]),
        (None, None, "2015-06", ["2015-06", "2015-06"]),
        (None, None, "depuis 2015", ["2015"]),
        (None, None, "Depuis janvier 2015", ["2015"]),
        (None, None, "à partir de l'année 2015", ["2015"]),
        (None, None, "2015-01-01/2015-12-31", ["2015-01-01", "2015-12-31"]),
        ("2015-01-01", None, "depuis 1789", ["2015-01-01"]),
    ],
)  # fmt: skip
def test_a_period_is_two_days_or_a_phrase(said, start, end, words, days):
    found = said(coverage.period, ("s", start), ("e", end), ("w", words))
    dates = found.objects("startDate") + found.objects("endDate")
    assert [each.partition("^^")[0].strip('"') for each in dates] == days
    assert found.issues == []


def test_a_phrase_that_is_no_period_is_an_issue(said):
    found = said(coverage.period, ("s", None), ("e", None), ("w", "selon les années"))
    assert found.lines == []
    assert [(issue.kind, issue.key) for issue in found.issues] == [("invalid-value", "w")]


def test_one_bad_bound_leaves_the_other(said):
    found = said(coverage.period, ("s", "0004-11-21"), ("e", "2015-01-01"), ("w", None))
    assert (found.objects("startDate"), len(found.objects("endDate"))) == ([], 1)
    [issue] = found.issues
    assert (issue.kind, issue.key) == ("invalid-value", "s")
    assert "before the year 1000" in issue.message


@pytest.mark.parametrize("words", ["2015-02-30", "2022-13", "2015-01-01/2015-02-30"])
def test_a_phrase_with_a_day_that_does_not_exist_is_an_issue(said, words):
    found = said(coverage.period, ("s", None), ("e", None), ("w", words))
    assert ("invalid-value", "w") in {(issue.kind, issue.key) for issue in found.issues}


@pytest.mark.parametrize(
    ("word", "length"), [("jour", "P1D"), ("Mensuelle", "P1M"), ("year", "P1Y"), ("peut-être", "")]
)
def test_a_grain_of_time_is_a_duration(word, length):
    assert duration(word) == length


POLYGON = {"type": "Polygon", "coordinates": [[[2.2, 48.8], [2.5, 48.8], [2.5, 48.9]]]}


@pytest.mark.parametrize(
    ("geometry", "ring", "centre"),
    [
        (POLYGON, "POLYGON((2.2 48.8,2.5 48.8,2.5 48.9,2.2 48.9,2.2 48.8))", "POINT(2.35 48.85)"),
        ({"type": "Point", "coordinates": [5, 43, 120]}, "POLYGON((5 43,5 43,5 43,5 43,5 43))",
         "POINT(5 43)"),
    ],
)  # fmt: skip
def test_an_extent_is_the_rectangle_around_a_geometry(said, geometry, ring, centre):
    found = said(coverage.extent, "bbox", geometry)
    wkt = "^^<http://www.opengis.net/ont/geosparql#wktLiteral>"
    assert found.objects("bbox") == [f'"{ring}"{wkt}']
    assert found.objects("centroid") == [f'"{centre}"{wkt}']


def test_metres_are_no_degrees(said):
    metres = {"type": "Point", "coordinates": [652_000, 6_862_000]}
    found = said(coverage.extent, "bbox", metres)
    assert found.lines == []
    assert [(issue.kind, issue.key) for issue in found.issues] == [("invalid-value", "bbox")]


def named(said, name, **different):
    return said(lambda reading, node: describing.agent(reading, name), **different)


def test_the_portals_own_publisher_has_its_siren(said):
    assert named(said, "TOULOUSE METROPOLE").result == f"{BASE}agent/243100518"


def test_any_other_agent_is_the_portals(said):
    found = named(said, "Direction  de la\nVoirie")
    assert found.result == f"{BASE}agent/ville/direction-de-la-voirie"
    assert found.objects("name") == ['"Direction de la Voirie"@fr']


@pytest.mark.parametrize("written", ["mailto:a@ville.example", " a@ville.example; "])
def test_a_contact_is_reached_by_mail(said, written):
    found = said(describing.contact, "La voirie", ("mail", written))
    assert found.objects("hasEmail") == ["<mailto:a@ville.example>"]
    assert found.objects("fn") == ['"La voirie"']


def test_what_is_no_address_is_an_issue_and_the_name_stays(said):
    found = said(describing.contact, "La voirie", ("mail", "à la mairie"))
    assert (found.objects("hasEmail"), found.objects("fn")) == ([], ['"La voirie"'])
    assert [(issue.kind, issue.key) for issue in found.issues] == [("invalid-value", "mail")]


def test_no_contact_is_no_contact(said):
    assert said(describing.contact, "", ("mail", None)).lines == []


def test_a_theme_is_the_portals_own_and_the_eu_theme_that_it_means(said):
    found = said(describing.themes, "theme", ["Environnement"])
    own = f"<{BASE}concept/theme-ville/environnement>"
    eu = f"<{AUTHORITY}data-theme/ENVI>"
    assert found.objects("#theme") == sorted([own, eu])
    assert found.objects("closeMatch") == [eu]
    assert found.objects("inScheme") == [f"<{BASE}concept/theme-ville>"]


def test_a_theme_that_means_no_eu_theme_stays_the_portals_with_an_issue(said):
    found = said(describing.themes, "theme", ["Divers & variés"])
    assert found.objects("#theme") == [f"<{BASE}concept/theme-ville/divers-varies>"]
    assert [(issue.kind, issue.key) for issue in found.issues] == [("unknown-value", "theme")]


def test_keywords_are_said_once(begin):
    reading = begin()
    describing.keywords(reading.node(reading.root), "k", ["Vélo;velo ; ", "arbre", "ARBRE"])
    assert len(reading.lines) == 2


@pytest.mark.parametrize(
    ("given", "url", "type", "term", "media"),
    [
        ("shp.zip", "", "SHP", "packageFormat", "application/zip"),
        ("SHP", "https://a.example/a.zip", "SHP", "packageFormat", "application/zip"),
        ("", "https://a.example/a.csv.gz", "CSV", "compressFormat", "application/gzip"),
        ("document", "https://a.example/a.json.zip", "JSON", "packageFormat", "application/zip"),
    ],
)
def test_what_a_file_is_put_into_is_said(said, given, url, type, term, media):
    found = said(distributing.file_format, [("format", given)], url)
    assert found.objects("dc/terms/format") == [f"<{AUTHORITY}file-type/{type}>"]
    assert [each.partition("media-types/")[2] for each in found.objects(term)] == [f"{media}>"]
    assert found.issues == []


@pytest.mark.parametrize("word", ["Inconnu", "WWW:LINK-1.0-http--link", "autre"])
def test_a_word_that_says_nothing_is_no_format_and_no_issue(said, word):
    found = said(distributing.file_format, [("format", word)], "https://a.example/page")
    assert found.objects("dc/terms/format") == found.issues == []


def test_a_type_of_licence_is_no_licence(begin):
    reading = begin()
    given = describing.licence(reading, [("license", "Other (Attribution)")], [])
    assert given.licence == ""
    assert given.rights == f"{reading.root}/rights"
    assert any("licencetype/Attribution>" in line for line in reading.lines)
    [issue] = reading.issues
    assert (issue.kind, issue.key) == ("missing", "license")


@pytest.mark.parametrize("word", ["notspecified", "License Not Specified", "Licence non spécifiée"])
def test_a_licence_that_is_not_given_is_absent(begin, word):
    reading = begin()
    assert describing.licence(reading, [("license", word)], []) == describing.Licence()
    assert reading.issues == reading.lines == []


def test_a_portals_own_theme_comes_before_the_list_of_all(begin):
    reading = begin(name="datasud")
    node = reading.node(reading.root)
    describing.themes(reading, node, "category", ["Se déplacer", "Inconnu au bataillon"])
    text = "".join(reading.lines)
    assert f"dcat#theme> <{AUTHORITY}data-theme/TRAN>" in text
    assert "theme-datasud/se-deplacer>" in text
    assert [issue.value for issue in reading.issues] == ["Inconnu au bataillon"]
    shared = "".join(reading.shared)
    assert f"closeMatch> <{AUTHORITY}data-theme/TRAN>" in shared
    assert "concept/rule/portal-list>" in shared


def test_a_portal_may_use_anothers_words_for_themes(begin):
    reading = begin(name="marseille", themes="datasud")
    describing.themes(reading, reading.node(reading.root), "category", ["Se déplacer"])
    text = "".join(reading.lines)
    assert f"dcat#theme> <{AUTHORITY}data-theme/TRAN>" in text
    assert "theme-marseille/se-deplacer>" in text
    assert reading.issues == []


def test_what_arcgis_says_of_every_dataset_is_no_theme(begin):
    reading = begin()
    describing.themes(reading, reading.node(reading.root), "theme", ["geospatial"])
    assert reading.issues == []
    assert "data-theme" not in "".join(reading.lines)
