"""Each type of portal on the loopback: the same datasets, in pages of two where it has pages.

``open_door(type, server, names)`` fills the server's answers and gives what the portal's entry
needs. With ``repeat`` the second page is the first again, with ``more`` the portal announces more
than it has.
"""

import re

EXPORT, PAGES = "/api/explore/v2.1/catalog/exports/json", "/api/explore/v2.1/catalog/datasets"
SIZE = 2
TYPES = ("opendatasoft", "ckan", "udata", "dcat", "scdl", "csw")
PAGED = tuple(kind for kind in TYPES if kind != "scdl")
"""The types that have pages, and announce how many entries there are."""
RECORD = """<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"
    xmlns:gco="http://www.isotc211.org/2005/gco">
  <gmd:fileIdentifier><gco:CharacterString>{name}</gco:CharacterString></gmd:fileIdentifier>
  <gmd:identificationInfo><gmd:MD_DataIdentification>
    <gmd:citation><gmd:CI_Citation>
      <gmd:title><gco:CharacterString>Jeu {name}</gco:CharacterString></gmd:title>
    </gmd:CI_Citation></gmd:citation>
    <gmd:abstract><gco:CharacterString>Des données.</gco:CharacterString></gmd:abstract>
  </gmd:MD_DataIdentification></gmd:identificationInfo>
</gmd:MD_Metadata>"""


def open_door(kind, server, names, repeat=False, more=0):
    """Serve the datasets of these names; what the portal's entry needs beside its type."""

    def page(start):
        return names[:SIZE] if repeat else names[start : start + SIZE]

    return {"type": kind, **_DOORS[kind](server, names, page, len(names) + more)}


def _opendatasoft(server, names, page, total):
    server.answers[PAGES] = lambda query: {
        "total_count": total,
        "results": [
            {"dataset_id": name, "metas": {"default": {"title": f"Jeu {name}"}}}
            for name in page(int(query["offset"]))
        ],
    }
    return {"url": server.url}


def _ckan(server, names, page, total):
    server.answers["/api/3/action/package_search"] = lambda query: {
        "success": True,
        "result": {
            "count": total,
            "results": [
                {"id": name, "title": f"Jeu {name}", "notes": "Des données."}
                for name in page(int(query["start"]))
            ],
        },
    }
    return {"url": server.url}


def _udata(server, names, page, total):
    def listed(query):
        start = (int(query["page"]) - 1) * SIZE
        data = [
            {"id": name, "title": f"Jeu {name}", "description": "Des données."}
            for name in page(start)
        ]
        is_last = start + SIZE >= len(names)
        return {"data": data, "total": total, "next_page": None if is_last else "suite"}

    server.answers["/api/1/datasets/"] = listed
    return {"url": server.url, "filter": "organization=ville"}


def _dcat(server, names, page, total):
    def feed(query):
        number = int(query.get("page", 1))
        listed = page((number - 1) * SIZE)
        address = f"{server.url}/catalog.ttl?page="
        is_last = number * SIZE >= len(names)
        following = "" if is_last else f"; hydra:next <{address}{number + 1}>"
        datasets = "".join(
            f'<{server.url}/jeu/{name}> a dcat:Dataset ; dct:identifier "{name}" ;'
            f' dct:title "Jeu {name}"@fr ; dct:description "Des données."@fr .\n'
            for name in listed
        )
        return f"""@prefix dcat: <http://www.w3.org/ns/dcat#> .
            @prefix dct: <http://purl.org/dc/terms/> .
            @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
            <{address}{number}> a hydra:PartialCollectionView {following} .
            <{server.url}/catalog> a dcat:Catalog ; hydra:totalItems {total} .
            {datasets}"""

    server.answers["/catalog.ttl"] = feed
    return {"url": f"{server.url}/catalog.ttl"}


def _scdl(server, names, page, total):
    rows = "".join(f"{name};Jeu {name};Des données.;{server.url}/{name}\n" for name in names)
    server.answers["/catalogue.csv"] = f"ID;TITRE;DESCRIPTION;URL\n{rows}"
    return {"url": f"{server.url}/catalogue.csv"}


def _csw(server, names, page, total):
    def found(body):
        start = int(re.findall(rb'startPosition="(\d+)"', body)[0]) - 1
        listed = page(start)
        return f"""<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">
            <csw:SearchResults numberOfRecordsMatched="{total}"
                numberOfRecordsReturned="{len(listed)}" nextRecord="0">
            {"".join(RECORD.format(name=name) for name in listed)}
            </csw:SearchResults></csw:GetRecordsResponse>"""

    server.answers["/csw"] = found
    return {"url": f"{server.url}/csw"}


_DOORS = {
    "opendatasoft": _opendatasoft,
    "ckan": _ckan,
    "udata": _udata,
    "dcat": _dcat,
    "scdl": _scdl,
    "csw": _csw,
}
