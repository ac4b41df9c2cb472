"""The peer of ``ckan.py``: ckanext-dcat's ``RDFSerializer`` over the same packages.

Run by ``ckan.py`` in a virtual environment of its own. It reads a way and a syntax a line
(``page xml``), turns all packages to RDF that way once, and answers with the seconds and the bytes.

Of a CKAN only its code is there. What a running one would ask a service for is answered here, and
costs the peer nothing:

- the organisation of a dataset, from the database: it is put into the profile's own cache, where
  it is after the first dataset of an organisation;
- when the catalogue was last changed, from the search engine: a constant;
- all of the configuration but the site's address is the default.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ckan.common import config  # type: ignore[import-not-found]
from ckanext.dcat.processors import RDFSerializer  # type: ignore[import-not-found]
from ckanext.dcat.profiles.base import RDFProfile  # type: ignore[import-not-found]

PAGE = 100
"""The datasets of a page of ckanext-dcat's catalogue, as it is configured by default."""
Packages = list[dict[str, Any]]


def one_by_one(packages: Packages, syntax: str) -> Iterator[str]:
    """Each dataset on its own, as the action ``dcat_dataset_show`` does it."""
    for package in packages:
        yield RDFSerializer().serialize_dataset(package, syntax)


def page_by_page(packages: Packages, syntax: str) -> Iterator[str]:
    """A hundred datasets as a catalogue, as the action ``dcat_catalog_show`` does it."""
    for start in range(0, len(packages), PAGE):
        page = packages[start : start + PAGE]
        yield RDFSerializer().serialize_catalog(dataset_dicts=page, _format=syntax)


WAYS: dict[str, Callable[[Packages, str], Iterator[str]]] = {
    "dataset": one_by_one,
    "page": page_by_page,
}


def main() -> None:
    """Answer every line of the standard input."""
    packages: Packages = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    config["ckan.site_url"] = "https://data.example.org"
    for package in packages:
        organization = package.get("organization") or {}
        RDFProfile._org_cache[organization.get("id")] = organization
    RDFProfile._last_catalog_modification = lambda self: "2026-11-21T00:00:00"
    for line in sys.stdin:
        way, syntax = line.split()
        begun = time.perf_counter()
        size = sum(map(len, WAYS[way](packages, syntax)))
        print(time.perf_counter() - begun, size, flush=True)


if __name__ == "__main__":
    main()
