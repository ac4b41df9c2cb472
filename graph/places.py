"""The whole code officiel géographique as linked data, in ``graph/places``.

A territory is a ``dct:Location`` and, where INSEE's ontology (igeo) has one, of its class there.
What it lies in is ``dct:isPartOf``: the property of DCAT's own family, which claims no geometry as
``geo:sfWithin`` would (an EPCI may cross a boundary, and then is a part of what holds it whole),
and which igeo's tree, without EPCI, lacks. Only the nearest territories are stated; the path
``dct:isPartOf+`` gives all, up to the EU's France. A former commune is a part of the commune that
it went to, and ``dct:isReplacedBy`` it. The IRIs of others are ``skos:exactMatch``: they name the
same territory, and ``owl:sameAs`` would mix their statements with ours.
"""

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from graph.iris import Iris
from vocab.gazetteer import Territory, gazetteer
from vocab.ntriples import RDF_TYPE, XSD, iri, literal

_DCT = "http://purl.org/dc/terms/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_IGEO = "http://rdf.insee.fr/def/geo#"
_FRANCE = "http://publications.europa.eu/resource/authority/country/FRA"
_CLASSES = {
    "region": "Region",
    "departement": "Departement",
    "collectivite": "CollectiviteDOutreMer",
    "epci": "Intercommunalite",
    "arrondissement": "Arrondissement",
    "commune": "Commune",
    "arrondissement-municipal": "ArrondissementMunicipal",
    "commune-deleguee": "CommuneDeleguee",
}
_INSEE = {"region": "region", "departement": "departement", "commune": "commune"}
"""The levels whose IRI at INSEE in the form with a code is known, and their segment there."""
_FORM = "1"
"""Changed with what is stated here, so that stores take the new statements in."""
VERSION_INFO = "http://www.w3.org/2002/07/owl#versionInfo"


def version() -> str:
    """The vintage, and a digest of the tables that the statements are made of."""
    digest = hashlib.blake2b(_FORM.encode(), digest_size=8)
    folder = files("vocab").joinpath("places")
    for name in (f"cog-{gazetteer().vintage}.csv", "sirens.csv", "matches.csv"):
        digest.update(folder.joinpath(name).read_bytes())
    return f"{gazetteer().vintage}-{digest.hexdigest()}"


def nquads(iris: Iris) -> Iterator[str]:
    """All territories as N-Quads lines of the graph places; France is the EU's concept."""
    end = f"<{iris.graph('places')}> .\n"
    for territory in gazetteer():
        if territory.level != "country":
            subject = f"<{iris.place(territory.level, territory.code)}>"
            for predicate, target in _statements(iris, territory):
                yield f"{subject} {predicate} {target} {end}"


def _statements(iris: Iris, territory: Territory) -> Iterator[tuple[str, str]]:
    """Predicates and objects as N-Triples text."""
    level, code = territory.level, territory.code
    yield RDF_TYPE, f"<{_DCT}Location>"
    if level in _CLASSES:
        yield RDF_TYPE, f"<{_IGEO}{_CLASSES[level]}>"
    yield f"<{_DCT}identifier>", literal(code)
    if level not in ("epci", "ept"):
        yield f"<{_IGEO}codeINSEE>", literal(code)
    yield f"<{_SKOS}prefLabel>", literal(territory.name, language="fr")
    if territory.siren:
        yield "<http://schema.org/identifier>", literal(territory.siren)
    if territory.population is not None:
        people = literal(str(territory.population), datatype=XSD + "integer")
        yield "<http://dbpedia.org/ontology/populationTotal>", people
    for parent in _parents(territory):
        where = _FRANCE if parent.level == "country" else iris.place(parent.level, parent.code)
        yield f"<{_DCT}isPartOf>", f"<{where}>"
    if territory.successor:
        yield f"<{_DCT}isReplacedBy>", f"<{iris.place('commune', territory.successor)}>"
    if level in _INSEE and not territory.successor:
        yield f"<{_SKOS}exactMatch>", f"<http://id.insee.fr/geo/{_INSEE[level]}/{code}>"
    for match in gazetteer().matches(territory):
        yield f"<{_SKOS}exactMatch>", iri(match)


def _parents(territory: Territory) -> Iterable[Territory]:
    """The nearest territories that a territory lies in whole."""
    if territory.commune:
        return _known(("commune", territory.commune))
    if territory.level == "commune":
        around = (("ept", territory.ept), ("epci", territory.epci))
        district = ("arrondissement", territory.arrondissement)
        return _known(*around, district) + (_administrative(territory) if not district[1] else ())
    return _administrative(territory)


def _administrative(territory: Territory) -> tuple[Territory, ...]:
    """The one département or région or, where there is none or several, France."""
    one_of = (("departement", territory.departements), ("region", territory.regions))
    for level, codes in one_of:
        if len(codes) == 1:
            return _known((level, codes[0]))
    return _known(("country", "FRA"))


def _known(*places: tuple[str, str]) -> tuple[Territory, ...]:
    found = (gazetteer().by_code(level, code) for level, code in places if code)
    return tuple(each for each in found if each)
