"""Mapping tables: checked when they load, and no key lost in silence."""

import pytest

from ingest import mapping
from ingest.mapping import MappingTable
from vocab.errors import ConfigError


class Methods:
    """What a table's ``code`` may name."""

    def __init__(self):
        self.called = []

    def both(self, reading, node, values):
        self.called.append(values)

    def fails(self, reading, node, values):
        node.add("comment", "lost")
        raise KeyError("geometry")


@pytest.fixture
def methods():
    return Methods()


@pytest.fixture
def table(tmp_path, monkeypatch, model, methods):
    """The mapping table that a test writes."""
    (tmp_path / "connectors").mkdir()
    monkeypatch.setattr(mapping, "files", lambda _: tmp_path)

    def load(text):
        (tmp_path / "connectors/essai.toml").write_text(text, "utf-8")
        return MappingTable("essai.toml", model, methods)

    return load


@pytest.fixture
def applied(table, begin):
    """A payload through a table: the lines and the issues."""

    def apply(text, payload):
        reading = begin()
        table(text).apply("Dataset", payload, reading.node(reading.root), reading)
        return reading

    return apply


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('k = "titel"', "'titel' is no term of Dataset; valid: "),
        ('k = "accessURL"', "'accessURL' is no term of Dataset"),
        ('k = { term = "title", read = "htlm" }', "no reader 'htlm'; valid: plain, html"),
        ('k = { code = "bot" }', "Methods has no method 'bot'"),
        ('k = { code = "called" }', "no method 'called'"),
        ("k = 3", "3 is neither term, code nor ignored"),
        ('k = { ignored = "why", code = "both" }', "neither term, code nor ignored"),
        ('k = { code = "both", alway = true }', "neither term, code nor ignored"),
        ('k = "title"\n"k.x" = "title"', "k is mapped whole"),
        ('"k.x" = "title"\nk = "title"', "k"),
    ],
)
def test_a_wrong_line_names_file_and_key(table, line, said):
    with pytest.raises(ConfigError) as refused:
        table(f"[Dataset]\n{line}\n")
    assert said in str(refused.value)
    assert "ingest/connectors/essai.toml [Dataset] k" in str(refused.value)


def test_a_misspelt_option_of_a_term_is_a_config_error(table):
    with pytest.raises(ConfigError, match="k"):
        table('[Dataset]\nk = { term = "title", raed = "html" }\n')


def test_a_table_that_is_no_toml_is_a_config_error(table):
    with pytest.raises(ConfigError, match=r"essai\.toml"):
        table("[Dataset\n")


def test_a_value_goes_under_its_term(applied):
    reading = applied('[Dataset]\n"a.b" = "title"\n', {"a": {"b": " Vélos "}})
    assert ['dc/terms/title> "Vélos"@fr' in line for line in reading.lines] == [True]
    assert reading.issues == []


def test_every_member_of_a_list_goes_in(applied):
    assert len(applied('[Dataset]\nk = "title"\n', {"k": ["a", "b", None, ""]}).lines) == 2


@pytest.mark.parametrize("empty", [None, "", [], {}, " "])
def test_an_empty_value_is_nothing(applied, empty):
    reading = applied('[Dataset]\nk = "title"\n', {"k": empty})
    assert (reading.lines, reading.issues) == ([], [])


@pytest.mark.parametrize("value", ["x", 0, False, ["x"], [{"y": 1}]])
def test_an_unknown_key_is_an_issue(applied, value):
    [issue] = applied('[Dataset]\nk = "title"\n', {"inconnue": value}).issues
    assert (issue.kind, issue.key) == ("unknown-key", "inconnue")
    assert "essai.toml" in issue.message


def test_each_leaf_of_an_unknown_object_is_an_issue(applied):
    payload = {"inconnue": {"a": 1, "b": {"c": "x", "d": None}}}
    issues = applied('[Dataset]\nk = "title"\n', payload).issues
    assert [(issue.key, issue.value) for issue in issues] == [
        ("inconnue.a", "1"), ("inconnue.b.c", "x"),
    ]  # fmt: skip


def test_a_class_that_the_model_does_not_have_is_a_config_error(table):
    with pytest.raises(ConfigError, match="Datset"):
        table('[Dataset]\nk = "title"\n[Datset]\n')


def test_an_unknown_key_inside_an_object_is_an_issue_of_its_path(applied):
    [issue] = applied('[Dataset]\n"a.b" = "title"\n', {"a": {"c": 1}}).issues
    assert (issue.kind, issue.key) == ("unknown-key", "a.c")


def test_a_key_ignored_by_name_is_no_issue(applied):
    reading = applied('[Dataset]\nk = { ignored = "a setting" }\n', {"k": {"x": [1]}})
    assert (reading.lines, reading.issues) == ([], [])


@pytest.mark.parametrize("value", ["texte", [1], 3])
def test_another_value_where_an_object_is_mapped_is_an_issue(applied, value):
    [issue] = applied('[Dataset]\n"a.b" = "title"\n', {"a": value}).issues
    assert (issue.kind, issue.key) == ("shape", "a")


def test_an_object_where_text_is_mapped_is_an_issue(applied):
    reading = applied('[Dataset]\nk = "title"\n', {"k": ["a", {"b": 1}]})
    assert [(issue.kind, issue.key) for issue in reading.issues] == [("shape", "k")]
    assert len(reading.lines) == 1


def test_a_method_reads_all_its_keys_at_once(applied, methods):
    text = '[Dataset]\n"a.b" = { code = "both" }\nc = { code = "both" }\nd = { code = "both" }\n'
    applied(text, {"a": {"b": 1}, "c": False, "d": None})
    assert methods.called == [{"a.b": 1, "c": False}]


def test_a_method_without_value_is_not_called(applied, methods):
    applied('[Dataset]\nc = { code = "both" }\n', {"c": None})
    assert methods.called == []


def test_a_method_is_called_always_where_the_table_says_so(applied, methods):
    applied('[Dataset]\nc = { code = "both", always = true }\n', {})
    assert methods.called == [{}]


def test_what_a_method_said_before_it_failed_is_taken_back(applied):
    reading = applied('[Dataset]\nk = { code = "fails" }\nt = "title"\n', {"k": 1, "t": "Vélos"})
    [issue] = reading.issues
    assert (issue.kind, issue.key, issue.value) == ("shape", "k", "{'k': 1}")
    assert len(reading.lines) == 1
