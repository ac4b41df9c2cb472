"""What a dataset of a DCAT feed becomes: words, codes, agents, relations."""

import pytest

from tests.ingest.dcat_feeds import EU, dataset, distribution, feeds, of_one

BASE = "http://localhost:8000/"


@pytest.fixture
def described(request):
    """Every record of a feed in Turtle, described, by its identifier."""
    return feeds(request)


@pytest.fixture
def said(described):
    """The one dataset of a feed, with what is said of it beside title and description."""
    return of_one(described)


def test_a_dataset_says_where_it_comes_from(said):
    found = said("")
    assert found("", "title") == ["Jeu 1"]
    assert found("", "identifier") == ["jeu-1"]
    assert found("", "wasDerivedFrom") == ["http://d.example/1"]
    assert found.issues == []


def test_titles_are_kept_in_every_language(described):
    found = described(
        'd:1 a dcat:Dataset ; dct:identifier "jeu" ;'
        ' dct:title "Arbres", "Trees"@en-GB, "Bäume"@de ;'
        ' dct:description "<p>Les arbres</p>"@fr, "The trees"@en .'
    )["jeu"]
    titles = {(title.value, title.language) for title in found.nodes("", "title")}
    assert titles == {("Arbres", "fr"), ("Trees", "en"), ("Bäume", "de")}
    texts = {(text.value, text.language) for text in found.nodes("", "description")}
    assert texts == {("Les arbres", "fr"), ("The trees", "en")}
    assert found.issues == []


def test_a_second_title_in_one_language_is_kept(said):
    assert said('dct:title "Autre"@fr')("", "title") == ["Autre", "Jeu 1"]


def test_an_abstract_stands_for_a_description(described):
    found = described('d:1 a dcat:Dataset ; dct:title "T" ; dct:abstract "Un texte" .')["1"]
    assert found("", "description") == ["Un texte"]


def test_keywords_keep_their_languages(said):
    found = said('dcat:keyword "arbre", "Arbre"@fr, "tree"@en, "Tree"@en')
    words = {(word.value, word.language) for word in found.nodes("", "keyword")}
    assert words == {("arbre", "fr"), ("Tree", "en")}  # the first of the feed's, sorted


@pytest.mark.parametrize(
    ("value", "term", "code"),
    [
        (f"<{EU}frequency/ANNUAL>", "accrualPeriodicity", "frequency/ANNUAL"),
        ("<http://purl.org/cld/freq/monthly>", "accrualPeriodicity", "frequency/MONTHLY"),
        ('"R/P1Y"', "accrualPeriodicity", "frequency/ANNUAL"),
        ('"http://purl.org/cld/freq/weekly"', "accrualPeriodicity", "frequency/WEEKLY"),
        ('[ a dct:Frequency ; rdfs:label "annuelle" ]', "accrualPeriodicity", "frequency/ANNUAL"),
        ("<http://id.loc.gov/vocabulary/iso639-1/fr>", "language", "language/FRA"),
        ('"eng"', "language", "language/ENG"),
        (f"<{EU.replace('http', 'https')}access-right/PUBLIC>", "accessRights",
         "access-right/PUBLIC"),
        ('[ skos:prefLabel "accès restreint"@fr ]', "accessRights", "access-right/RESTRICTED"),
    ],
)  # fmt: skip
def test_codes_are_found_by_iri_by_literal_and_by_label(said, value, term, code):
    predicate = {
        "accrualPeriodicity": "dct:accrualPeriodicity",
        "language": "dct:language",
        "accessRights": "dct:accessRights",
    }[term]
    found = said(f"{predicate} {value}")
    assert found("", term) == [EU + code]
    assert found.issues == []


def test_a_code_that_nobody_knows_is_an_issue(said):
    found = said('dct:accrualPeriodicity "天天"')
    assert found.complaints == {("unknown-value", "dct:accrualPeriodicity"): 1}


def test_themes_of_the_portal_have_concepts_of_their_own(said):
    found = said(
        f'dcat:theme <{EU}data-theme/ENVI>, d:mobilite, "Culture"',
        'd:mobilite a skos:Concept ; skos:prefLabel "Mobility"@en, "Mobilité"@fr .',
    )
    own = f"{BASE}concept/theme-ville"
    assert set(found("", "theme")) == {
        f"{own}/culture", f"{own}/mobilite",
        f"{EU}data-theme/ENVI", f"{EU}data-theme/TRAN", f"{EU}data-theme/EDUC",
    }  # fmt: skip


def test_a_theme_without_a_name_is_an_issue(said):
    found = said("dcat:theme <http://gemet.example/9>")
    assert found.complaints == {("unknown-value", "dcat:theme"): 1}


def test_a_publisher_is_named_in_the_language_of_the_portal(said):
    found = said(
        "dct:publisher d:org",
        'd:org a foaf:Agent ; foaf:name "Parks"@en, "Parcs"@fr ;'
        " foaf:homepage <http://p.example/> ;"
        " dct:type <http://purl.org/adms/publishertype/LocalAuthority> .",
    )
    agent = found.one("", "publisher")
    assert agent == f"{BASE}agent/ville/parcs"
    assert found(agent, "name") == ["Parcs"]
    assert found(agent, "homepage") == ["http://p.example/"]
    assert found(agent, "publisherType") == ["http://purl.org/adms/publishertype/LocalAuthority"]


def test_an_agent_with_a_siren_is_one_for_all_portals(said):
    found = said('dct:publisher [ foaf:name "Ville de Paris" ; dct:identifier "21750001600019" ]')
    assert found("", "publisher") == [f"{BASE}agent/217500016"]


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://p.example/explore/?refine.publisher=Ville+de+Rennes", "213502388"),
        ("https://g.example/srv/organizations/OSU%20OREME", "ville/osu-oreme"),
    ],
)
def test_an_agent_without_a_name_has_it_in_its_iri(said, iri, name):
    found = said(f"dct:publisher <{iri}>")
    assert found("", "publisher") == [f"{BASE}agent/{name}"]
    assert found.complaints == {("missing", "dct:publisher"): 1}


def test_an_agent_that_nobody_names_is_left_out(said):
    found = said("dct:publisher <https://p.example/organizations/54884a24c751df7226a3fc16>")
    assert found("", "publisher") == []
    assert found.complaints == {("missing", "dct:publisher"): 1}


def test_one_publisher_is_kept_whatever_the_order(said):
    more = 'd:a foaf:name "Voirie" . d:z foaf:name "Parcs" .'
    found = said("dct:publisher d:a, d:z", more)
    assert found("", "publisher") == [f"{BASE}agent/ville/parcs"]
    assert found.complaints == {("duplicate", "dct:publisher"): 1}


def test_roles_of_geodcat_are_attributions(said):
    role = "http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/custodian"
    for text in (
        'geodcatap:custodian [ foaf:name "SIG" ]',
        f'prov:qualifiedAttribution [ prov:agent [ foaf:name "SIG" ] ; dcat:hadRole <{role}> ]',
    ):
        found = said(text)
        assert found("/attribution/custodian-sig", "agent") == [f"{BASE}agent/ville/sig"]
        assert found("/attribution/custodian-sig", "hadRole") == [role]


def test_an_attribution_without_a_role_is_an_issue(said):
    found = said('prov:qualifiedAttribution [ prov:agent [ foaf:name "SIG" ] ]')
    assert found("", "qualifiedAttribution") == []
    assert found.complaints == {("missing", "prov:qualifiedAttribution/dcat:hadRole"): 1}


@pytest.mark.parametrize(
    "contact",
    [
        'vcard:fn "SIG" ; vcard:hasEmail <mailto:sig@a.example>',
        'vcard:fn "SIG" ; vcard:hasEmail "sig@a.example"',
        'vcard:organization-name "SIG"@fr, "GIS"@en ; vcard:email "sig@a.example"',
        'foaf:name "SIG" ; foaf:mbox <mailto:sig@a.example>',
        'vcard:fn "SIG" ; vcard:hasEmail [ vcard:hasValue <mailto:sig@a.example> ]',
    ],
)
def test_contacts_are_read_as_anyone_writes_them(said, contact):
    found = said(f"dcat:contactPoint [ a vcard:Kind ; {contact} ]")
    assert found("/contact", "fn") == ["SIG"]
    assert found("/contact", "hasEmail") == ["mailto:sig@a.example"]
    assert found.issues == []


def test_several_contacts_are_told_apart_by_their_names(said):
    found = said('dcat:contactPoint [ vcard:fn "SIG" ], [ vcard:fn "Accueil" ]')
    assert {iri.rsplit("/", 1)[-1] for iri in found("", "contactPoint")} == {
        "contact-sig",
        "contact-accueil",
    }


def test_relations_lead_to_our_datasets_where_the_feed_describes_them(described):
    found = described(
        dataset(1, "; dct:relation d:2, <http://autre.example/3> ; dct:replaces d:2 ;"
                   " dcat:landingPage d:2 ; dct:isVersionOf d:1 ; dcat:qualifiedRelation"
                   " [ dct:relation d:2 ; dcat:hadRole <http://r.example/original> ]")
        + dataset(2)
    )["jeu-1"]  # fmt: skip
    other = f"{BASE}dataset/ville/jeu-2"
    assert set(found("", "relation")) == {other, "http://autre.example/3"}
    assert found("", "landingPage") == ["http://d.example/2"]
    assert found("", "isVersionOf") == []
    assert found.one("/relation/original-2", "relation") == other


def test_a_series_and_its_members(described):
    found = described(
        'd:s a dcat:DatasetSeries ; dct:title "S" ; dct:description "D" ; dcat:seriesMember d:1 .'
        + dataset(1)
        + dataset(2, "; dcat:inSeries d:s")
    )
    series = f"{BASE}dataset/ville/s"
    assert found["jeu-1"]("", "inSeries") == found["jeu-2"]("", "inSeries") == [series]
    types = {
        triple.object.value
        for triple in found["s"].triples
        if triple.subject.value == series and triple.predicate.value.endswith("#type")
    }
    assert types == {f"http://www.w3.org/ns/dcat#{name}" for name in ("Dataset", "DatasetSeries")}


def test_the_portals_own_entry_is_kept(said):
    found = said(
        "",
        'd:r a dcat:CatalogRecord ; foaf:primaryTopic d:1 ; dct:issued "2020-01-01"^^xsd:date ;'
        ' dct:modified "2024-01-01"^^xsd:date ; dct:identifier "r-1" ; dct:conformsTo d:iso .',
    )
    assert found("/record", "wasDerivedFrom") == ["http://d.example/r"]
    assert found("/record", "modified") == ["2024-01-01"]
    assert found("/record", "identifier") == ["r-1"]
    assert found.issues == []


def test_identifiers_given_elsewhere(said):
    found = said(
        'adms:identifier [ skos:notation "x-1" ; dct:creator "data.gouv.fr" ], "10.5/abc",'
        " [ adms:schemaAgency 'IGN' ]"
    )
    assert found("/identifier/x-1", "schemaAgency") == ["data.gouv.fr"]
    assert found("/identifier/10.5%2Fabc", "notation") == ["10.5/abc"]
    assert found.complaints == {("shape", "adms:identifier/"): 1}


def test_the_version_is_the_first_that_says_it(said):
    assert said('dcat:version "2" ; owl:versionInfo "1"')("", "version") == ["2"]
    assert said('owl:versionInfo "1"')("", "version") == ["1"]


def test_geonetworks_date_stands_in(said):
    assert said('dct:updated "2022-02-14"')("", "modified") == ["2022-02-14"]


def test_a_property_that_nobody_knows_is_an_issue_with_its_path(said):
    found = said(
        'd:couleur "rouge" ; dcat:distribution d:csv ; dcat:contactPoint [ vcard:fn "A" ; d:x 1 ]',
        distribution("dcat:accessURL <http://d.example/a> ; schema:license 'x'"),
    )
    assert found.complaints == {
        ("unknown-key", "http://d.example/couleur"): 1,
        ("unknown-key", "dcat:distribution/schema:license"): 1,
        ("unknown-key", "dcat:contactPoint/http://d.example/x"): 1,
    }


def test_what_is_ignored_by_name_is_no_issue(said):
    assert said('dcat:dataQuality "bonne" ; foaf:thumbnail d:image').issues == []


def test_a_node_without_an_iri_where_one_is_needed_is_an_issue(said):
    found = said('dct:conformsTo [ dct:title "Guide" ] ; foaf:page d:page')
    assert found("", "conformsTo") == []
    assert found("", "page") == ["http://d.example/page"]
    assert [issue.value for issue in found.issues] == ["Guide"]


def test_an_iri_of_ours_is_refused(described):
    found = described(
        f'<{BASE}dataset/autre/1> a dcat:Dataset ; dct:title "T" ; dct:identifier "jeu" ;'
        f' dct:description "D" ; foaf:page <{BASE}dataset/autre/2> .'
    )["jeu"]
    assert found("", "wasDerivedFrom") == found("", "page") == []
    assert found.complaints == {
        ("invalid-value", "rdf:about"): 1,
        ("invalid-value", "foaf:page"): 1,
    }


def test_a_language_tag_that_is_none_is_an_issue(described):
    text = """{"@id": "http://d.example/1", "@type": "http://www.w3.org/ns/dcat#Dataset",
        "http://purl.org/dc/terms/title": "T", "http://purl.org/dc/terms/description": "D",
        "http://purl.org/dc/terms/alternative": [
            {"@value": "Autre", "@language": "en français"},
            {"@value": "B", "@language": "fr_FR"}]}"""
    found = described(text, "jsonld")["1"]
    names = {(each.value, each.language) for each in found.nodes("", "alternative")}
    assert names == {("Autre", "fr"), ("B", "fr-fr")}
    assert found.complaints == {("invalid-value", "dct:alternative"): 1}
