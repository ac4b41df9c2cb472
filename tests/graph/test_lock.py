"""Who writes to a store: one process, that says who it is."""

import os
import socket

import pytest

from graph.store import GraphStore
from vocab.errors import ConfigError


def test_a_store_that_is_written_to_says_by_whom(store):
    with pytest.raises(ConfigError, match="cannot be opened for writing") as raised:
        GraphStore(store.folder)
    assert f"process {os.getpid()} on {socket.gethostname()} holds it since 20" in str(raised.value)


def test_a_store_that_is_written_to_says_by_which_command(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/usr/bin/jointure", "harvest", "paris"])
    held = GraphStore(tmp_path)
    monkeypatch.setattr("sys.argv", ["/usr/bin/jointure", "harvest", "toulouse"])
    with pytest.raises(ConfigError, match=r"\(jointure harvest paris\)"):
        GraphStore(tmp_path)
    held.close()


def test_a_store_that_is_closed_may_be_written_to_by_another(store):
    store.close()
    GraphStore(store.folder).close()


def test_a_process_that_was_killed_holds_nothing(store):
    holder = store.folder / "holder.json"
    left = holder.read_text()
    store.close()
    assert not holder.exists()
    holder.write_text(left)  # as a kill leaves it
    GraphStore(store.folder).close()


def test_a_holder_that_is_not_written_whole_is_no_other_error(store):
    (store.folder / "holder.json").write_text("{")
    with pytest.raises(ConfigError, match="nobody said who holds it"):
        GraphStore(store.folder)
