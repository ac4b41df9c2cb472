"""The commands: what they print, what they leave, how they end."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from graph.snapshot import Snapshots
from ingest.run import sample_portals
from server.cli import commands, main

COMMANDS = ["harvest", "portals", "query", "export", "check", "report", "serve", "demo"]
ENTRY = """
[{name}]
type = "opendatasoft"
url = "{url}"
site = "https://data.example.org"
title = "Portail {name}"
description = "Un portail."
homepage = "https://data.example.org/"
territory = "commune/31555"
publisher = {{ name = "Ville", siren = "{siren}" }}
"""
SIREN = "243100518"


@pytest.fixture
def environment():
    """No setting of ours but that the territories of France, which take seconds, are left out."""
    held = {name: value for name, value in os.environ.items() if "JOINTURE" not in name}
    return {**held, "JOINTURE_PLACES": "no"}


@pytest.fixture
def process(tmp_path, environment):
    """Run a command from an empty folder, as a process of its own."""

    def run(*arguments, input=None):
        return subprocess.run(
            [sys.executable, "-m", "server.cli", *map(str, arguments)],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=60,
            input=input,
        )

    return run


@pytest.fixture
def jointure(tmp_path, environment, monkeypatch):
    """Run a command from an empty folder, as the console script does but in this process; what
    the script does not catch, the test does not either."""
    monkeypatch.chdir(tmp_path)
    unset = dict.fromkeys(name for name in os.environ if "JOINTURE" in name)
    root = logging.getLogger()
    kept = root.handlers[:], root.level

    def run(*arguments, input="", env=None):
        argv = ["jointure", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", argv)
        settings = {**unset, "JOINTURE_PLACES": "no", **(env or {})}
        with CliRunner().isolation(input, settings) as (out, err, _):
            code = 0
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
            sys.stdout.flush()
            said = (out.getvalue().decode(), err.getvalue().decode())
        return subprocess.CompletedProcess(argv, code, *said)

    yield run
    root.handlers[:], root.level = kept


@pytest.fixture
def registry(tmp_path):
    """A registry of one portal that can be read, and others by name and text of their file."""

    def write(siren=SIREN, **broken):
        sample = sample_portals()["toulouse"].url
        entries = [ENTRY.format(name="toulouse", url=sample, siren=siren)]
        for name, text in broken.items():
            (tmp_path / f"{name}.json").write_text(text, "utf-8")
            entries.append(ENTRY.format(name=name, url=f"file:{name}.json", siren=SIREN))
        path = tmp_path / "portals.toml"
        path.write_text("".join(reversed(entries)), "utf-8")
        return path

    return write


def parameters(name):
    return [each for each in commands.commands[name].params if each.param_type_name == "option"]


def test_the_commands_are_those_of_the_design():
    assert sorted(commands.commands) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_each_of_its_options_has_a_help_text(jointure, name):
    shown = jointure(name, "--help")
    assert shown.returncode == 0
    assert commands.commands[name].help
    for option in parameters(name):
        assert option.help, option.name
        assert option.opts[0] in shown.stdout


OWN_TWINS = {
    ("query", "--format"): "QUERY_",
    ("export", "--format"): "EXPORT_",
    ("export", "--portal"): "EXPORT_",
    ("export", "--output"): "EXPORT_",
    **{("check", name): "CHECK_" for name in ("--portal", "--format", "--probe", "--dry-run")},
    **{("report", name): "REPORT_" for name in ("--portal", "--format", "--since")},
}
"""Options of one name and other values in several commands."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_twin_in_the_environment(name):
    for option in parameters(name):
        twin = option.opts[0].removeprefix("--").replace("-", "_").upper()
        own = OWN_TWINS.get((name, option.opts[0]), "")
        assert option.envvar == f"JOINTURE_{own}{twin}", option.opts[0]


def test_a_harvest_holds_the_territories_of_france(jointure, registry):
    jointure("harvest", "--portals", registry(), "--places")
    query = "SELECT ?name { <http://localhost:8000/place/commune/31555> skos:prefLabel ?name }"
    prefix = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    told = jointure("query", "-", "--format", "csv", input=prefix + query)
    assert "Toulouse" in told.stdout


def test_the_version_is_told(process):
    assert "0.1.0" in process("--version").stdout


def test_a_harvest_that_goes_well_ends_with_0_and_publishes(process, registry):
    done = process("harvest", "--portals", registry(), "--base", "http://localhost:1/")
    assert done.returncode == 0
    assert re.fullmatch(r"toulouse: 14 records, \d+/s, done\n", done.stderr)
    assert "14" in next(line for line in done.stdout.splitlines() if "toulouse" in line)
    assert "toulouse" in process("portals").stdout


def test_a_dry_run_makes_no_store(jointure, registry, tmp_path):
    made = tmp_path / "none"
    done = jointure("harvest", "--portals", registry(), "--store", made, "--dry-run")
    assert done.returncode == 0
    assert "14" in done.stdout
    assert not made.exists()


def test_a_file_that_is_no_text_ends_with_2_and_no_traceback(process, store, tmp_path):
    (tmp_path / "bin.rq").write_bytes(b"\xff\xfe\x00")
    done = process("query", tmp_path / "bin.rq", "--store", store)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_the_environment_names_the_store_and_the_option_wins(jointure, registry, tmp_path):
    registered = registry()
    jointure("harvest", "--portals", registered, env={"JOINTURE_STORE": str(tmp_path / "a")})
    assert (tmp_path / "a" / "current").exists()
    other = ["harvest", "--portals", registered, "--store", tmp_path / "b"]
    jointure(*other, env={"JOINTURE_STORE": str(tmp_path / "c")})
    assert (tmp_path / "b" / "current").exists()
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("broken", ["<html>Maintenance</html>", '[{"dataset_id": "x"', "{}"])
def test_a_failing_portal_ends_with_1_and_the_others_are_in(jointure, registry, tmp_path, broken):
    done = jointure("harvest", "--portals", registry(autre=broken))
    assert done.returncode == 1
    assert "autre" in done.stderr
    assert "Traceback" not in done.stderr
    snapshots = Snapshots(tmp_path / "store")
    catalogs = [row.iri for row in snapshots.current().index.catalogs()]
    assert catalogs == [snapshots.iris.catalog("toulouse")]


def test_a_wrong_registry_ends_with_2_and_names_file_entry_and_key(jointure, registry, tmp_path):
    path = registry(siren="123")
    done = jointure("harvest", "--portals", path)
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "toulouse" in done.stderr
    assert "SIREN" in done.stderr
    path.write_text(path.read_text("utf-8").replace("territory", "teritory"), "utf-8")
    misspelt = jointure("harvest", "--portals", path)
    assert misspelt.returncode == 2
    assert "teritory" in misspelt.stderr
    assert not (tmp_path / "store").exists()


def test_an_unknown_portal_ends_with_2_and_names_those_there_are(jointure, registry):
    done = jointure("harvest", "--portals", registry(), "toulose")
    assert done.returncode == 2
    assert "toulose" in done.stderr
    assert "toulouse" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["query", "-"], ["export"], ["serve"], ["harvest", "--none"], ["none"],
     ["harvest", "--portals", "none.toml"], ["serve", "--port", "0"]],
)  # fmt: skip
def test_a_command_that_cannot_begin_ends_with_2_and_one_word_why(jointure, arguments):
    done = jointure(*arguments, input="ASK {}")
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "harvest"])
def test_another_base_than_the_stores_ends_with_2(jointure, registry, store, base, command):
    other = [command, "--store", store, "--base", "http://localhost:1/"]
    done = jointure(*other, *(["--portals", registry()] if command == "harvest" else []))
    assert done.returncode == 2
    assert base in done.stderr
    assert "http://localhost:1/" in done.stderr


def test_an_export_of_a_portal_that_is_not_held_ends_with_2(jointure, store):
    done = jointure("export", "--store", store, "--portal", "autre")
    assert done.returncode == 2
    assert "autre" in done.stderr


def test_a_dry_run_says_what_would_change_and_writes_nothing(jointure, registry, tmp_path):
    done = jointure("harvest", "--dry-run", "--portals", registry())
    assert done.returncode == 0
    assert "14" in done.stdout
    assert not (tmp_path / "store" / "current").exists()


def test_a_second_harvest_says_that_nothing_changed(jointure, registry, tmp_path):
    arguments = ["harvest", "--portals", registry()]
    jointure(*arguments)
    current = tmp_path / "store" / "current"
    content = (current / "content").read_text()
    again = jointure(*arguments)
    row = next(line for line in again.stdout.splitlines() if "toulouse" in line)
    assert [int(cell) for cell in row.replace("│", " ").split()[1:6]] == [0, 0, 0, 14, 0]
    assert (current / "content").read_text() == content
    assert current.readlink().name == "2"  # the run itself is published


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "xml", "table"])
def test_a_query_is_answered_in_each_format(jointure, store, form):
    query = "SELECT ?c { ?c a <http://www.w3.org/ns/dcat#Catalog> }"
    done = jointure("query", "--store", store, "--format", form, input=query)
    assert done.returncode == 0
    assert done.stdout.count("catalog/") == len(sample_portals())
    if form == "json":
        assert len(json.loads(done.stdout)["results"]["bindings"]) == len(sample_portals())


@pytest.mark.parametrize("form", ["ttl", "nt", "rdf", "jsonld"])
def test_a_graph_is_answered_in_each_syntax(jointure, store, form):
    query = "CONSTRUCT { ?c a ?t } { ?c a <http://www.w3.org/ns/dcat#Catalog> ; a ?t }"
    done = jointure("query", "--store", store, "--format", form, input=query)
    read = ox.parse(done.stdout.encode(), ox.RdfFormat.from_extension(form))
    assert len({quad.subject for quad in read}) == len(sample_portals())


@pytest.mark.parametrize(
    ("query", "form"),
    [("SELECT", "json"), ("ASK {}", "ttl"), ("CONSTRUCT WHERE { ?s ?p 1 }", "csv"),
     ("SELECT * { SERVICE <http://localhost:1/> { } }", "json")],
)  # fmt: skip
def test_a_query_that_cannot_be_answered_ends_with_2_and_says_why(jointure, store, query, form):
    done = jointure("query", "--store", store, "--format", form, input=query)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""


def test_a_reader_that_closes_the_pipe_gets_no_traceback(store):
    command = f"'{sys.executable}' -m server.cli export --store '{store}' | head -c 100"
    root = Path(__file__).parents[2]
    done = subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, check=False)
    assert done.stderr == b""
