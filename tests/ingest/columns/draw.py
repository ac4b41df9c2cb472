"""Draw the columns of Paris that were labelled: 130 distinct ones, the seed fixed, in four strata.

    python tests/ingest/columns/draw.py ../shared/portals/opendatasoft/paris-v2.1-2023-10-03.json

50 among those that have a word of codes and coordinates, 40 among those that have one of places and
dates, 30 among the others, 10 of a datatype that is a key. The words are no rules of
vocab/keys.toml: they have to catch what those miss and what they mistake.
"""

import csv
import json
import random
import re
import sys
from pathlib import Path

from vocab.codelist import fold

SEED = 20231003
CODES = re.compile(
    r"\b(cp|.*insee|com|epci|dep|dept|reg|.*iris|cog|sire[nt]|uai|rne|rna|.*finess|lat|latitude|lon"
    r"|long|lng|longitude|x|y|xlong|ylat|coord\w*|posta\w*|post|zipcode|.*fantoire?|code)\b"
)
PLACES = re.compile(
    r"\b(communes?|departements?|region|ville|geo\w*|arrondissement|ar|ardt|arrdt|arr|cadastr\w*"
    r"|quartier|date\w*|annee\w*|.* le|horodat\w*)\b"
)
STRATA = {"codes": 50, "places": 40, "other": 30, "typed": 10}
TYPED = {"geo_point_2d", "geo_shape", "date", "datetime"}


def main(path):
    columns: set[tuple[str, str, str, str]] = {
        (field["name"], field.get("label") or "", field["type"], field.get("description") or "")
        for entry in json.loads(Path(path).read_text("utf-8"))
        for field in entry.get("fields") or []
    }
    strata: dict[str, list[tuple[str, str, str, str]]] = {
        "codes": [],
        "places": [],
        "other": [],
        "typed": [],
    }
    for column in sorted(columns):
        said, is_short = f"{fold(column[0])} | {fold(column[1])}", len(column[1].split()) < 9
        if column[2] in TYPED:
            strata["typed"].append(column)
        elif is_short and CODES.search(said):
            strata["codes"].append(column)
        else:
            strata["places" if is_short and PLACES.search(said) else "other"].append(column)
    choose = random.Random(SEED)
    write = csv.writer(sys.stdout, lineterminator="\n")
    write.writerow(("portal", "name", "title", "datatype", "description", "key"))
    for stratum, count in STRATA.items():
        for column in sorted(choose.sample(strata[stratum], count)):
            write.writerow(("paris", *column, ""))


if __name__ == "__main__":
    main(sys.argv[1])
