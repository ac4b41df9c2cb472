"""Keys of columns: what the rules propose, measured on columns that were labelled by reading."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from vocab.context import Model
from vocab.errors import ConfigError
from vocab.keys import BY_NAME, DECLARED, IN_WORDS, Keys

BASE = "http://localhost:8000/"
LABELLED = Path(__file__).parents[1] / "ingest" / "columns" / "columns.csv"


@pytest.fixture(scope="module")
def propose():
    model = Model(BASE)
    datatypes = model.code_list("datatype")

    def proposed(name, title="", description="", datatype=""):
        types = datatypes.find(datatype)
        found = model.keys.propose(name, title, description, types[0] if types else "")
        if found is None:
            return "", 0.0
        return found.key.removeprefix(f"{BASE}concept/key/"), found.confidence

    return proposed


@pytest.fixture(scope="module")
def outcomes(propose):
    """How many of the labelled columns there are: by grade, and by whether the key is right."""
    found: Counter[object] = Counter()
    with LABELLED.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            label = row.pop("key")
            row.pop("portal")
            key, grade = propose(**row)
            found[grade, key == label] += 1
            if label:
                found["keys"] += 1
    return found


def test_what_is_said_in_words_is_right(outcomes):
    right = outcomes[DECLARED, True] + outcomes[IN_WORDS, True]
    wrong = outcomes[DECLARED, False] + outcomes[IN_WORDS, False]
    assert right >= 80
    assert right / (right + wrong) >= 0.99


def test_most_keys_are_found(outcomes):
    """86 of 95 when this was written; 80 of them in words or by a datatype."""
    found = outcomes[DECLARED, True] + outcomes[IN_WORDS, True] + outcomes[BY_NAME, True]
    assert outcomes["keys"] == 95
    assert found >= 86
    assert outcomes[BY_NAME, False] == 0


@pytest.mark.parametrize(
    ("column", "key", "grade"),
    [
        (("code_insee", "Code INSEE", "", "text"), "commune", IN_WORDS),
        (("codeInsee", "", "", "text"), "commune", BY_NAME),
        (("insee", "INSEE", "Le code INSEE de la commune", "text"), "commune", IN_WORDS),
        (("insee", "insee", "", "text"), "commune", BY_NAME),
        (("cp", "Code Postal", "", "text"), "postal", IN_WORDS),
        (("cp", "CP", "", "int"), "postal", BY_NAME),
        (("cp", "", "", ""), "postal", BY_NAME),
        (("siren_epci", "SIREN de l'EPCI", "", "text"), "epci", IN_WORDS),
        (("dep", "dep", "", "text"), "departement", BY_NAME),
        (("reg_code", "Code région", "", "text"), "region", IN_WORDS),
        (("dcomiris", "Code de l'IRIS", "", "text"), "iris", IN_WORDS),
        (("iris", "Iris", "", "text"), "iris", BY_NAME),
        (("num_siret", "Numéro SIRET", "", "text"), "siret", IN_WORDS),
        (("nofinesset", "N° FINESS", "", "text"), "finess", IN_WORDS),
        (("id_rna", "Numéro RNA", "", "text"), "rna", IN_WORDS),
        (("code_rne", "Code RNE", "", "text"), "uai", IN_WORDS),
        (("lat", "Latitude", "", "double"), "latitude", IN_WORDS),
        (("adresse_lat", "Adresse lat.", "", "double"), "latitude", BY_NAME),
        (("lon", "lon", "", "double"), "longitude", BY_NAME),
        (("xy", "XY", "", "geo_point_2d"), "geo-point", DECLARED),
        (("tt", "tt", "", "geo_shape"), "geo-shape", DECLARED),
        (("vote_le", "Vote le", "", "datetime"), "date", DECLARED),
        (("annee", "Année", "", "text"), "date", BY_NAME),
    ],
)
def test_keys_and_their_grades(propose, column, key, grade):
    assert propose(*column) == (key, grade)


@pytest.mark.parametrize(
    "column",
    [
        ("cp", "Conseiller de Paris", "", "text"),
        ("lon", "Longueur", "", "double"),
        ("lat", "Latitude LB93", "", "double"),
        ("long", "long", "Coordonnée X en Lambert 93", "double"),
        ("nom_long", "Nom complet", "", "text"),
        ("thermicam_trot_rivoli", "Trottinettes Rivoli", "", "double"),
        ("dep", "Date du dépôt", "", "text"),
        ("com", "Commentaire", "", "text"),
        ("iris", "Iris", "", "double"),
        ("iris", "Variété d'iris", "", "text"),
        ("commune", "Commune", "", "text"),
        ("nom_commune", "Nom de la commune", "", "text"),
        ("code_postal", "Code postal", "", "boolean"),
        ("ville", "Code postal et ville", "", "text"),
        ("adresse", "Si oui indiquez ici l'adresse : numéro, rue, code postal", "", "text"),
        ("siret", "N° de Siret / Siren du titulaire", "", "int"),
        ("code_postal_du_lieu", "Lieu principal d'exécution", "", "text"),
        ("insee_can", "insee_can", "Code INSEE du canton", "text"),
        ("code_nature_de_l_uai", "Code nature de l'UAI", "", "text"),
        ("id", "Identifiant", "L'identifiant unique, composé du code INSEE et d'un ordre", "text"),
        ("", "", "", ""),
        ("code_departement", "Code de la région", "", "text"),
    ],
)
def test_what_is_in_doubt_is_no_key(propose, column):
    assert propose(*column) == ("", 0.0)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("[village]\n", "village"),
        ('[commune]\nnames = ["insee"]\n', "names"),
        ('[commune]\ndatatypes = ["text"]\n', "text"),
    ],
)
def test_a_rule_that_names_what_is_not_there_is_an_error(tmp_path, monkeypatch, rules, message):
    (tmp_path / "keys.toml").write_text(rules, "utf-8")
    model = Model(BASE)
    monkeypatch.setattr("vocab.keys.files", lambda _: tmp_path)
    with pytest.raises(ConfigError, match=message):
        Keys(model.code_list("key"), model.code_list("datatype"))
