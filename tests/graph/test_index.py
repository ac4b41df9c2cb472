"""The index of a snapshot: lists in order, counts."""

import pytest

from graph.snapshot import Snapshots


@pytest.fixture
def indexed(store, graphs):
    """The index of a store, and how to fill it."""

    def build(*datasets, more=""):
        quads = b"".join(graphs.dataset(name, title) for name, title in datasets)
        store.load("ville", quads + graphs.the_catalog() + graphs.nquads(more))
        store.recover(anew=True)
        store.publish()
        return Snapshots(store.folder).current().index

    return build


def test_datasets_are_in_the_order_of_their_folded_titles(indexed, graphs):
    index = indexed(("1", "Zones"), ("2", "écoles"), ("3", "Arbres"), ("4", "Eaux"))
    titles = [row.title for row in index.datasets(graphs.catalog, 1, 10)]
    assert titles == ["Arbres", "Eaux", "écoles", "Zones"]


def test_pages_are_complete_and_do_not_overlap(indexed, graphs):
    index = indexed(*((str(number), "Même titre") for number in range(7)))
    pages = [[row.iri for row in index.datasets(graphs.catalog, page, 3)] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len({iri for page in pages for iri in page}) == 7


def test_a_catalogue_counts_its_datasets_and_issues(indexed, graphs):
    record = f"{graphs.root('1')}/record"
    issues = f"<{record}> sh:result <{record}/issue/1>, <{record}/issue/2> ."
    row = indexed(("1", "A"), ("2", "B"), more=issues).catalog(graphs.catalog)
    assert row == (graphs.catalog, "La ville", "Ses données", 2, 2)


def test_issues_of_the_catalogue_itself_are_counted(indexed, graphs):
    """An entry without identifier has no record of its own: its issue is the catalogue's."""
    issue = f"<{graphs.catalog}> sh:result <{graphs.catalog}/issue/1> ."
    assert indexed(("1", "A"), more=issue).catalog(graphs.catalog).issues == 1


def test_the_largest_catalogue_comes_first(indexed, store, graphs):
    other = '<catalog/autre> a dcat:Catalog ; dct:title "B"@fr ; owl:versionInfo "1" .'
    store.load("autre", graphs.nquads(other, "autre"))
    index = indexed(("1", "A"))
    assert [row.datasets for row in index.catalogs()] == [1, 0]


def test_an_unknown_catalogue_is_none(indexed, graphs):
    index = indexed(("1", "A"))
    assert index.catalog(f"{graphs.catalog}-2") is None
    assert index.datasets(f"{graphs.catalog}-2", 1, 10) == []


def test_the_date_of_a_dataset_is_in_its_row(indexed, graphs):
    index = indexed(("1", "A"), more=f'<{graphs.root("1")}> dct:modified "2024-05-31" .')
    assert index.datasets(graphs.catalog, 1, 1)[0].modified == "2024-05-31"


def test_a_dataset_with_two_dates_is_listed_once(indexed, graphs):
    dates = f'<{graphs.root("1")}> dct:modified "2024-05-31", "2024-06-01" .'
    index = indexed(("1", "A"), more=dates)
    assert len(index.datasets(graphs.catalog, 1, 10)) == 1
