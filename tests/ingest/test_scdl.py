"""What a row of an SCDL catalogue says of its dataset, in each variant of the schema."""

from importlib.resources import files

import pytest

AUTHORITY = "http://publications.europa.eu/resource/authority/"
BASE = "http://localhost:8000/"
RENNES, METROPOLE = "21350238800019", "24350013900189"
PAGE = "https://data.ville.example/arbres"


@pytest.fixture
def said(describe):
    """A row of the catalogue of a commune (0.1.3)."""

    def described(**columns):
        row = {
            "id": "arbres",
            "titre": "Arbres",
            "description": "Les arbres.",
            "coll_nom": "Ville de Rennes",
            "coll_siret": RENNES,
            "url": PAGE,
            **columns,
        }
        return describe("scdl", {key: value for key, value in row.items() if value})

    return described


@pytest.fixture
def said_by_the_state(describe):
    """A row of the State's variant."""

    def described(**columns):
        row = {
            "titre": "Arbres",
            "description": "Les arbres.",
            "nom_orga": "Institut des arbres",
            "siret_orga": "18006701900430",
            "service": "Service de l'inventaire",
            **columns,
        }
        return describe("scdl", {key: value for key, value in row.items() if value})

    return described


def distributions(description):
    return sorted(iri.rsplit("/", 1)[-1] for iri in description("", "distribution"))


# --- the body ------------------------------------------------------------------------------------


def test_the_producer_publishes_and_its_siren_names_it(said):
    found = said(producteur_nom="Rennes Métropole", producteur_siret=METROPOLE)
    agent = f"{BASE}agent/243500139"
    assert found("", "publisher") == [agent]
    assert found(agent, "name") == ["Rennes Métropole"]
    assert found(agent, "orgIdentifier") == ["243500139"]
    assert found.issues == []


def test_without_producer_the_collectivity_publishes(said):
    found = said()
    assert found("", "publisher") == [f"{BASE}agent/213502388"]
    assert found("", "contributor") == []
    assert found.issues == []


def test_a_collectivity_that_is_not_the_portal_s_contributes(said):
    found = said(producteur_nom="Rennes Métropole", producteur_siret=METROPOLE)
    assert found("", "contributor") == [f"{BASE}agent/213502388"]


def test_the_portal_s_own_collectivity_only_lists(said):
    # The portal of the tests is Toulouse Métropole's, SIREN 243100518.
    found = said(coll_nom="Toulouse Metropole", coll_siret="", producteur_nom="Club de Colomiers")
    assert found("", "publisher") == [f"{BASE}agent/ville/club-de-colomiers"]
    assert found("", "contributor") == []


def test_a_service_that_gives_the_city_s_siret_does_not_name_the_city(said):
    found = said(producteur_nom="Direction des jardins", producteur_siret=RENNES)
    assert found(f"{BASE}agent/213502388", "name") == ["Commune de Rennes"]
    assert found(f"{BASE}agent/213502388", "altLabel") == ["Ville de Rennes"]
    assert found.complaints == {("duplicate", "producteur_nom"): 1}


def test_a_siret_that_lost_its_zeros_is_used_with_an_issue(said):
    found = said(producteur_nom="Ancienne société", producteur_siret="5420021701235")
    assert found("", "publisher") == [f"{BASE}agent/054200217"]
    assert found.complaints == {("invalid-value", "producteur_siret"): 1}
    assert "read as 05420021701235" in found.issues[0].message


@pytest.mark.parametrize("written", ["2,13502E+13", "2.17E+13", "21350238800018"])
def test_a_siret_that_is_none_leaves_the_name(said, written):
    found = said(coll_siret=written, coll_nom="Cercle de Rennes")
    assert found("", "publisher") == [f"{BASE}agent/ville/cercle-de-rennes"]
    assert found.complaints == {("invalid-value", "coll_siret"): 1}


def test_a_siret_without_a_name_names_nobody(said):
    found = said(producteur_siret=METROPOLE)
    assert found("", "publisher") == [f"{BASE}agent/213502388"]
    assert found.complaints == {("missing", "producteur_siret"): 1}


def test_nobody_named_is_no_publisher(said):
    assert said(coll_nom="", coll_siret="")("", "publisher") == []


# --- what the dataset is about -------------------------------------------------------------------


def test_dates_may_be_french(said):
    found = said(date_publ="01/06/2017", date_maj="2018-01-14")
    assert found("", "issued") == ["2017-06-01"]
    assert found("", "modified") == ["2018-01-14"]


def test_the_period_covered(said):
    found = said(couv_temp_debut="01/01/2017", couv_temp_fin="2017-12-31")
    assert found.one("/temporal", "startDate") == "2017-01-01"
    assert found.one("/temporal", "endDate") == "2017-12-31"


def test_a_place_is_a_territory_by_its_name_and_keeps_its_grain(said):
    found = said(couv_spat_nom="Rennes", couv_spat_maille="Communale")
    assert found.one("/spatial", "prefLabel") == "Rennes"
    assert found.one("/spatial", "comment") == "Maille : Communale"
    assert f"{BASE}place/commune/35238" in found("", "spatial")


def test_a_place_that_names_no_territory_stays_a_name(said):
    found = said(couv_spat_nom="Ici et là")
    assert found.one("/spatial", "prefLabel") == "Ici et là"
    assert found.complaints == {("unknown-value", "couv_spat_nom"): 1}


def test_a_grain_without_a_name_is_no_place(said):
    found = said(couv_spat_maille="Communale")
    assert found("", "spatial") == []
    assert found.complaints == {("missing", "couv_spat_nom"): 1}


@pytest.mark.parametrize("written", ["arbre;Été;ete", "arbre, Été , ete", "arbre;;Été"])
def test_keywords_are_between_semicolons_or_commas(said, written):
    assert said(mots_cles=written)("", "keyword") == ["arbre", "Été"]


def test_themes_are_the_portal_s_own_and_the_eu_s(said):
    found = said(theme="Transports, Déplacements;Environnement")
    own = f"{BASE}concept/theme-ville"
    assert set(found("", "theme")) == {
        f"{own}/transports-deplacements",
        f"{own}/environnement",
        f"{AUTHORITY}data-theme/TRAN",
        f"{AUTHORITY}data-theme/ENVI",
    }


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Sans régularité", "IRREG"),
        ("Temps réel", "UPDATE_CONT"),
        ("Quotidienne ou plusieurs fois par jour", "DAILY"),
        ("Mensuelle ou plusieurs fois par mois", "MONTHLY"),
        ("Semestrielle", "ANNUAL_2"),
    ],
)
def test_frequencies_are_those_of_the_schema(said, written, code):
    assert said(freq_maj=written)("", "accrualPeriodicity") == [f"{AUTHORITY}frequency/{code}"]


@pytest.mark.parametrize("count", ["3", "3.0", "1", "12"])
def test_a_number_of_resources_says_nothing_of_the_formats(said, count):
    assert said(nombre_ressources=count, format_ressources="csv").issues == []


@pytest.mark.parametrize("key", ["nombre_ressources", "nb_ressources"])
def test_a_number_of_resources_that_is_none_is_an_issue(said, key):
    assert said(**{key: "plusieurs"}).complaints == {("invalid-value", key): 1}


def test_a_column_that_nobody_knows_is_an_issue(said):
    assert said(parfum="rose").complaints == {("unknown-key", "parfum"): 1}


def test_a_row_without_id_says_so(said):
    assert said(id="").complaints == {("missing", "id"): 1}


# --- the distributions ---------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["csv;json;CSV", "csv, json", "csv;;json;"])
def test_each_format_is_a_distribution_at_the_page(said, written):
    found = said(format_ressources=written, licence="Licence Ouverte-LO")
    assert distributions(found) == ["csv", "json"]
    for name in ("csv", "json"):
        part = f"/distribution/{name}"
        assert found(part, "accessURL") == [PAGE]
        assert found(part, "downloadURL") == []
        assert found.one(part, "format") == f"{AUTHORITY}file-type/{name.upper()}"
        assert found.one(part, "license") == f"{BASE}concept/licence/LO"
    assert found("", "landingPage") == [PAGE]
    assert found.issues == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ODbL - Open Database License", f"{AUTHORITY}licence/ODC_BL"),
        ("Open Database License-ODBL", f"{AUTHORITY}licence/ODC_BL"),
        ("LO - Licence Ouverte", f"{BASE}concept/licence/LO"),
    ],
)
def test_a_licence_has_no_version_that_is_not_said(said, written, code):
    found = said(licence=written, format_ressources="csv")
    assert found("/distribution/csv", "license") == [code]


@pytest.mark.parametrize(
    "written", ["Creative Commons-CC", "CC - Creative Commons", "Spécifique ou autre"]
)
def test_a_family_of_licences_is_words_about_rights(said, written):
    found = said(licence=written, format_ressources="csv")
    assert found("/distribution/csv", "license") == []
    assert found.one("/rights", "description") == written
    assert found.complaints == {("unknown-value", "licence"): 1}


def test_without_a_format_there_is_one_distribution_for_the_licence(said):
    found = said(licence="Licence Ouverte-LO")
    assert distributions(found) == ["page"]
    assert found.one("/distribution/page", "license") == f"{BASE}concept/licence/LO"


def test_a_format_that_nobody_knows_does_not_take_the_address_s(said):
    found = said(format_ressources="parchemin;csv", url="https://data.ville.example/a.zip")
    assert found("/distribution/parchemin", "format") == []
    assert found.complaints == {("unknown-value", "format_ressources"): 1}


def test_without_an_address_there_is_no_distribution(said):
    found = said(url="", format_ressources="csv", licence="Licence Ouverte-LO")
    assert distributions(found) == []
    assert found.complaints == {("missing", "url"): 1}


def test_an_address_that_is_none_gives_no_distribution(said):
    found = said(url="sur demande", format_ressources="csv;json", licence="Spécifique ou autre")
    assert found.complaints == {("invalid-value", "url"): 1, ("missing", "url"): 1}
    assert distributions(found) == []


def test_a_second_address_is_a_page(said):
    found = said(url=f"{PAGE} ; https://carte.ville.example", format_ressources="csv")
    assert found("/distribution/csv", "accessURL") == [PAGE]
    assert found("", "page") == ["https://carte.ville.example"]


# --- IDGO's columns ------------------------------------------------------------------------------


def test_idgo_names_a_distributor_a_projection_and_languages(said):
    found = said(diffuseur="DataSud", projection="2154;EPSG:4326", lang="FR")
    assert found.one("/contact-distributor", "fn") == "DataSud"
    assert found("", "conformsTo") == [
        "http://www.opengis.net/def/crs/EPSG/0/2154",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
    ]
    assert found("", "language") == [f"{AUTHORITY}language/FRA"]
    assert found.issues == []


def test_a_projection_without_a_code_is_an_issue(said):
    assert said(projection="Lambert 93").complaints == {("unknown-value", "projection"): 1}


def test_the_first_idgo_wrote_other_names(said):
    found = said(producteur="Commune de Brocas", mot_cles="bois;forêt", formats="csv")
    assert found("", "publisher") == [f"{BASE}agent/214000564"]
    assert found("", "keyword") == ["bois", "forêt"]
    assert distributions(found) == ["csv"]


# --- the State's variant -------------------------------------------------------------------------


def test_the_organisation_publishes_what_its_service_makes(said_by_the_state):
    found = said_by_the_state(id_alt_orga="W343008792")
    organisation, service = f"{BASE}agent/180067019", found.one("", "creator")
    assert found("", "publisher") == [organisation]
    assert found(organisation, "identifier") == ["W343008792"]
    assert found(service, "name") == ["Service de l'inventaire"]
    assert found(service, "unitOf") == [organisation]
    assert service.startswith(f"{BASE}agent/ville/institut-des-arbres-service")


def test_persons_are_left_out_where_the_service_can_be_asked(said_by_the_state):
    found = said_by_the_state(contact_service="s@a.example", contact_personne="jeanne@a.example")
    assert found("/contact", "hasEmail") == ["mailto:s@a.example"]
    assert found("/contact", "fn") == ["Service de l'inventaire"]
    assert "jeanne" not in found.text


def test_persons_are_asked_where_there_is_no_service_to_ask(said_by_the_state):
    found = said_by_the_state(contact_personne="jeanne@a.example, luc@a.example")
    assert len(found("", "contactPoint")) == 2
    assert found("/contact-luc-a-example", "hasEmail") == ["mailto:luc@a.example"]


def test_the_state_s_other_columns(said_by_the_state):
    found = said_by_the_state(
        si="Herbier",
        date_pub="2005-01-14",
        couv_geo="France métropolitaine",
        format="CSV, XLSX",
        licence="Licence ouverte",
        mots_cles="arbre,forêt",
        url=PAGE,
    )
    assert found.one("/provenance", "label") == "Système d'information : Herbier"
    assert found("", "issued") == ["2005-01-14"]
    assert found("", "spatial") == [f"{AUTHORITY}country/FXX"]
    assert distributions(found) == ["csv", "xlsx"]
    assert found("", "keyword") == ["arbre", "forêt"]
    assert found.issues == []


# --- whole catalogues ----------------------------------------------------------------------------


def test_a_catalogue_is_harvested_over_http(server, make_portal, run, held):
    rows = "ID;TITRE;URL\narbres;Arbres;https://a.example\nvelos;Vélos;https://v.example\n"
    server.answers["/catalogue.csv"] = rows.encode("cp1252")
    outcome = run(make_portal(type="scdl", url=f"{server.url}/catalogue.csv"))
    assert outcome.error is None
    assert held() == {"arbres", "velos"}
    assert outcome.issues["shape"] == 1  # the catalogue's: no UTF-8


def test_what_is_held_stays_where_the_file_is_cut(server, make_portal, run, held):
    portal = make_portal(type="scdl", url=f"{server.url}/catalogue.csv")
    server.answers["/catalogue.csv"] = "ID;TITRE\narbres;Arbres\nvelos;Vélos\n"
    run(portal)
    server.answers["/catalogue.csv"] = 'ID;TITRE\narbres;Arbres\nvelos;"Vél'
    assert "cut off" in str(run(portal).error)
    assert held() == {"arbres", "velos"}


def test_the_state_s_own_example_says_everything(shared, make_portal, run):
    path = shared / "portals/scdl/exemple-valide.csv"
    portal = make_portal(type="scdl", url=f"file:{path}", site="https://ville.example")
    outcome = run(portal)
    assert outcome.error is None
    assert outcome.added == 1
    assert outcome.issues == {}


def test_the_sample_is_a_catalogue_of_twelve_datasets(make_portal, run):
    path = files("ingest").joinpath("samples/brocas.csv")
    outcome = run(make_portal(type="scdl", url=f"file:{path}", site="https://www.brocas.fr"))
    assert outcome.error is None
    assert outcome.added == 12
    # « Creative Commons », of no kind; a school, a forest, a campsite, forges: no territories.
    assert outcome.issues == {"unknown-value": 5}
