"""The CSV file of an SCDL catalogue, in every form that a spreadsheet gives it."""

import csv

import pytest

from graph.issues import Issue
from ingest.answer import Answer, SourceError
from ingest.connectors.scdl_walk import column_key, identifier, rows

COLUMNS = ("id", "titre", "description", "url", "coll_nom", "mots_cles")
ARBRES = {"id": "arbres", "titre": "Arbres d'été", "url": "https://a.example"}


@pytest.fixture
def read(tmp_path):
    """A file's rows, and the issues met."""

    def rows_of(content, charset="utf-8"):
        path = tmp_path / "catalogue.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(charset))
        found = list(rows(Answer("ville", "https://ville.example/c.csv", path), COLUMNS))
        listed = [row for row in found if not isinstance(row, Issue)]
        return listed, [issue.message for issue in found if isinstance(issue, Issue)]

    return rows_of


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_line_ends_and_charsets_are_told_by_the_file(read, separator, end, charset):
    lines = (("ID", "TITRE", "URL"), ("arbres", "Arbres d'été", "https://a.example"))
    text = "".join(separator.join(line) + end for line in lines)
    assert read(text, charset) == ([ARBRES], [])


def test_windows_1252_is_read_where_the_file_is_no_utf_8(read):
    listed, issues = read("ID;TITRE\narbres;Arbres d’été, 5 €\n", "cp1252")
    assert listed == [{"id": "arbres", "titre": "Arbres d’été, 5 €"}]
    assert issues == ["charset: not UTF-8, which the schema asks for; read as Windows-1252"]


def test_a_byte_that_no_charset_has_is_shown_as_one(read):
    assert read(b"ID;TITRE\n1;\xe9t\xe9 \x81\n")[0] == [{"id": "1", "titre": "été \ufffd"}]


@pytest.mark.parametrize("header", ["Id ; titre;Url", '"ID";"TITRE";"URL"', "ID;Titré;URL\t"])
def test_the_header_s_case_accents_and_spaces_do_not_matter(read, header):
    assert read(f"{header}\narbres;Arbres d'été;https://a.example\n") == ([ARBRES], [])


def test_a_column_s_key_is_its_name_without_case_accents_and_spaces():
    names = ("COLL_NOM", " coll_nom ", "Coll Nom", "COLL-NOM", "Çoll_Nôm")
    assert {column_key(name) for name in names} == {"coll_nom"}


def test_the_separator_is_the_one_that_gives_known_columns(read):
    listed, _ = read("ID,TITRE,a;b;c;d;e\n1,Un,x\n")
    assert listed == [{"id": "1", "titre": "Un", "a_b_c_d_e": "x"}]


def test_columns_without_a_name_or_with_another_s_are_told_apart_by_their_place(read):
    listed, _ = read("ID;TITRE;;TITRE\n1;Un;x;Deux\n")
    assert listed == [{"id": "1", "titre": "Un", "column_3": "x", "titre_4": "Deux"}]


@pytest.mark.parametrize("above", ["sep=;\n", "\n\n", "SEP=;\r\n\r\n", "\ufeffsep=;\n"])
def test_what_stands_above_the_header_is_passed_over(read, above):
    assert read(f"{above}ID;TITRE\n1;Un\n") == ([{"id": "1", "titre": "Un"}], [])


def test_quoted_fields_hold_line_breaks_separators_and_quotes(read):
    listed, issues = read('ID;TITRE;DESCRIPTION\n1;"Un; ""deux""";"Ligne 1\r\nLigne 2"\r\n')
    assert listed == [{"id": "1", "titre": 'Un; "deux"', "description": "Ligne 1\nLigne 2"}]
    assert issues == []


def test_a_quote_within_a_bare_field_is_a_quote(read):
    assert read('ID;TITRE\n1;Le parc "Pinel"\n')[0] == [{"id": "1", "titre": 'Le parc "Pinel"'}]


def test_empty_rows_and_cells_beyond_the_header_say_nothing(read):
    listed, issues = read("ID;TITRE\n1;Un;;\n;;;\n\n ; \n2;Deux\n;;\n")
    assert [row["id"] for row in listed] == ["1", "2"]
    assert issues == []


def test_a_row_of_the_wrong_length_is_an_issue_that_names_its_line(read):
    text = '\nID;TITRE;URL\n1;"Un\nsur deux lignes";u\n2;Deux\n3;Trois;u;de trop\n4;Quatre;u\n'
    listed, issues = read(text)
    assert [row["id"] for row in listed] == ["1", "4"]
    assert issues == [
        "line 5: fields: 2, expected: 3; left out",
        "line 6: fields: 4, expected: 3; left out",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty answer"),
        ("<!DOCTYPE html><html>Erreur 404</html>", "HTML, XML or JSON, CSV is expected"),
        ("\ufeff \n<html>", "HTML, XML or JSON, CSV is expected"),
        ('{"error": "introuvable"}', "HTML, XML or JSON, CSV is expected"),
        ('[{"titre": "Un"}]', "HTML, XML or JSON, CSV is expected"),
        ("nom;adresse\na;b\n", r"no column titre in the header \(nom, adresse\); valid: id, titre"),
        ("Erreur interne du serveur", "no column titre in the header"),
        ("\n\n", "an empty answer"),
        ('ID;TITRE\n1;Un\n2;"Deux\n3;Trois\n', "cut off: within quotes, in the row .* in line 3"),
        ('ID;TITRE\n1;"Un', "within quotes, in the row that begins in line 2"),
        ("ID;TITRE;URL\n1;Un;u\n2;De", r"cut off: it ends within a row \(line 3: fields: 2"),
        ("ID;TITRE\n1;été".encode()[:-1], "ends within a character of UTF-8"),
    ],
)
def test_what_is_no_whole_catalogue_is_an_error(read, content, said):
    with pytest.raises(SourceError, match=said):
        read(content)


def test_a_field_that_is_too_long_for_one_is_an_error(read):
    limit = csv.field_size_limit(1000)
    try:
        with pytest.raises(SourceError, match="broken, in the row that begins in line 3"):
            read(f'ID;TITRE\n1;Un\n2;"{"x" * 2000}"\n')
    finally:
        csv.field_size_limit(limit)


def test_the_last_row_needs_no_line_break_where_it_is_whole(read):
    assert read("ID;TITRE\n1;Un")[0] == [{"id": "1", "titre": "Un"}]


def test_a_short_last_row_with_its_line_break_is_an_issue_alone(read):
    assert read("ID;TITRE\n1;Un\n2\n")[1] == ["line 3: fields: 1, expected: 2; left out"]


# --- what names a row ----------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["arbres", "https://ville.example/d?id=1#x", "Arbres 2024"])
def test_the_id_names_a_row_whatever_it_is(given):
    assert identifier({"id": given, "titre": "Arbres"}) == given


def test_an_id_that_can_be_no_segment_is_named_by_its_digest():
    long = "https://ville.example/" + "a" * 400
    names = {identifier({"id": given}) for given in (long, long + "b", "..", "...")}
    assert len(names) == 4
    assert all(0 < len(name) <= 80 for name in names)


def test_a_row_without_id_is_named_by_its_title_and_organisation():
    row = {
        "titre": "Arbres vivants",
        "nom_orga": "Institut géographique",
        "url": "https://a.example",
    }
    assert identifier(row) == "arbres-vivants-institut-geographique"
    assert identifier({**row, "url": "https://b.example"}) == identifier(row)
    assert identifier({**row, "nom_orga": "Office"}) != identifier(row)
    assert identifier({"titre": "Arbres", "coll_nom": "Brocas"}) == "arbres-brocas"


def test_a_row_without_id_and_title_has_no_name():
    assert identifier({"coll_nom": "Brocas"}) == ""
