"""What the project promises of its own shape."""

import ast
import re
import subprocess
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["graph", "ingest", "server", "vocab"]
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
# In pieces, so that this file names none of them.
HOSTS = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
    ("yarnpkg", "com"), ("anaconda", "org"), ("crates", "io"), ("rubygems", "org"),
    ("proxy", "golang", "org"),
)]  # fmt: skip

each_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))


def functions(path):
    tree = ast.parse(path.read_text("utf-8"))
    return [
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_there_are_sources():
    assert len(SOURCES) > 30


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_belongs_to_our_distribution_alone(room):
    # An editable install lists no packages: then nobody else may claim the room.
    assert set(metadata.packages_distributions().get(room, ["jointure"])) == {"jointure"}
    spec = find_spec(room)
    assert spec is not None
    assert spec.origin == str(ROOT / room / "__init__.py")


def test_the_version_installed_is_the_one_declared():
    declared = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert declared is not None
    assert metadata.version("jointure") == declared[1]


def test_the_command_is_the_console_script():
    (script,) = metadata.entry_points(group="console_scripts", name="jointure")
    assert script.value == "server.cli:main"
    assert callable(script.load())


def test_no_file_names_a_package_registry():
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    paths = [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]
    assert len(paths) > 50
    naming = {
        (str(path.relative_to(ROOT)), host)
        for path in paths
        for host in HOSTS
        if host.encode() in path.read_bytes()
    }
    assert not naming


def test_every_locked_requirement_has_its_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert "--index-url" not in lock
    groups = re.split(r"\n(?=\S)", lock.strip())
    assert len(groups) > 30
    for group in groups:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", group), group
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", group), group


def test_every_dependency_is_locked():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    needed = {re.split(r"[^\w.-]", each)[0].lower() for each in metadata.requires("jointure") or []}
    assert needed
    assert needed <= locked


@each_source
def test_a_source_file_has_at_most_300_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


@each_source
def test_a_function_has_at_most_40_lines(path):
    long = {
        each.name: each.end_lineno - each.lineno + 1
        for each in functions(path)
        if each.end_lineno - each.lineno + 1 > 40
    }
    assert not long


@each_source
def test_all_that_is_public_has_a_docstring(path):
    tree = ast.parse(path.read_text("utf-8"))
    definitions = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    public = [tree]
    waiting = [tree]
    while waiting:
        for each in waiting.pop().body:
            if isinstance(each, definitions) and not each.name.startswith("_"):
                public.append(each)
                if isinstance(each, ast.ClassDef):
                    waiting.append(each)
    missing = [getattr(each, "name", "module") for each in public if not ast.get_docstring(each)]
    assert not missing


@pytest.mark.parametrize("room", ROOMS)
def test_the_first_file_of_a_room_is_one_sentence(room):
    tree = ast.parse((ROOT / room / "__init__.py").read_text("utf-8"))
    assert len(tree.body) == 1
    assert (ast.get_docstring(tree) or "").endswith(".")
