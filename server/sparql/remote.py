"""Which other addresses a query or an update may call: none, but those that the operator names."""

from collections.abc import Sequence

from server.http.problems import Forbidden
from vocab.errors import ConfigError


class Allowed:
    """The endpoints and documents that SERVICE and LOAD may call."""

    def __init__(self, iris: Sequence[str] = ()) -> None:
        """``iris``: one of a name that ends in ``/`` allows all that begins with it. Raises
        ``ConfigError`` for what is no http address."""
        for iri in iris:
            if not iri.startswith(("http://", "https://")) or "/" not in iri.partition("//")[2]:
                raise ConfigError(
                    f"--allow-remote {iri!r}: an http or https address with a path is expected,"
                    " as https://example.org/sparql or https://example.org/"
                )
        self._iris = tuple(iris)

    def check(self, targets: Sequence[str | None], what: str = "SERVICE") -> None:
        """Raises ``Forbidden`` where one of the targets is not allowed, or not known (``None``)."""
        for target in targets:
            if not self.holds(target):
                raise Forbidden(self._said(target, what), reason=f"{what.lower()}-refused")

    def holds(self, target: str | None) -> bool:
        """Whether a target may be called; ``None`` is one that is not known."""
        if target is None or "/../" in target or target.endswith("/.."):
            return False
        return any(
            target == iri or (iri.endswith("/") and target.startswith(iri)) for iri in self._iris
        )

    def _said(self, target: str | None, what: str) -> str:
        if not self._iris:
            return f"{what} is not allowed here: this endpoint calls no other"
        named = "its IRI, written in full," if target is None else f"<{target}>"
        return f"{what}: {named} is not one of those that are allowed: {', '.join(self._iris)}"
