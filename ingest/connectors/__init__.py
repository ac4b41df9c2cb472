"""The types of portal: each a pair of same-named files, code that walks and a table that maps."""

from collections.abc import Callable, Mapping

from ingest.connectors import ckan, csw, dcat, opendatasoft, scdl, udata
from ingest.record import Connector
from vocab.context import Model

CONNECTORS: Mapping[str, Callable[[Model], Connector]] = {
    "opendatasoft": opendatasoft.Opendatasoft,
    "ckan": ckan.Ckan,
    "scdl": scdl.Scdl,
    "udata": udata.Udata,
    "csw": csw.Csw,
    "dcat": dcat.Dcat,
}
"""A connector's constructor by the ``type`` of a portal's entry. Raises ``ConfigError``."""
