"""The three tests of openness: technical, legal and economic, of a dataset as it is described."""

from typing import Literal, NamedTuple

from graph.data import Description
from graph.mqa import ACCESS_RIGHTS, DISTRIBUTION, FORMAT, LICENCE
from vocab.openness import Openness

Answer = Literal["yes", "no", "not-stated"]
PUBLIC = "<http://publications.europa.eu/resource/authority/access-right/PUBLIC>"


class Tests(NamedTuple):
    """The answers, ``not-stated`` where the description does not say.

    ``technical``: a distribution in a file type that is machine-readable and non-proprietary.
    ``legal``: a licence under which anybody may use, change and share it for any purpose.
    ``lawful``: a licence that French law lets an administration choose for data.
    ``economic``: access is public and no licence asks for a fee.
    """

    technical: Answer
    legal: Answer
    lawful: Answer
    economic: Answer


def tests(description: Description, root: str, tables: Openness) -> Tests:
    """The tests of the dataset ``root`` (``<iri>``). One distribution that is open is enough."""
    dataset = description.get(root, {})
    distributions = [description.get(node, {}) for node in dataset.get(DISTRIBUTION, ())]
    formats = {each for said in distributions for each in said.get(FORMAT, ())}
    licences = {each for said in (dataset, *distributions) for each in said.get(LICENCE, ())}
    rights = dataset.get(ACCESS_RIGHTS, ())
    if licences & tables.paid_licences:
        economic: Answer = "no"
    else:
        economic = _answer(PUBLIC in rights, rights)
    return Tests(
        technical=_answer(formats & tables.non_proprietary & tables.machine_readable, formats),
        legal=_answer(licences & tables.open_licences, licences),
        lawful=_answer(licences & tables.lawful_licences, licences),
        economic=economic,
    )


def _answer(met: object, stated: object) -> Answer:
    if met:
        return "yes"
    return "no" if stated else "not-stated"
