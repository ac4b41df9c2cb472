"""Updates over the endpoint (SPARQL 1.1 Protocol, section 2.2), for who has the token."""

import hmac

from server.http.exchange import Exchange
from server.http.problems import Unauthorized
from server.sparql.protocol import Operation
from server.workers.writing import Writing

_CHALLENGE = 'Bearer realm="jointure"'


def check_token(exchange: Exchange, token: str) -> None:
    """Raises ``Unauthorized`` where the request does not carry the token (RFC 6750, sections 2.1
    and 3)."""
    if has_token(exchange, token):
        return
    if exchange.header("authorization") is None:
        raise Unauthorized(
            "writing needs a token: Authorization: Bearer …", {"WWW-Authenticate": _CHALLENGE}
        )
    raise Unauthorized(
        "the token is not the one that is expected here",
        {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
        reason="token-wrong",
    )


def has_token(exchange: Exchange, token: str) -> bool:
    """Whether the request carries the token."""
    scheme, _, sent = (exchange.header("authorization") or "").partition(" ")
    is_same = hmac.compare_digest(sent.strip().encode(), token.encode())
    return scheme.lower() == "bearer" and is_same


class Updates:
    """Makes the updates that requests ask for."""

    def __init__(self, writing: Writing, base: str, token: str) -> None:
        """``base``: what relative IRIs in an update are relative to."""
        self._writing = writing
        self._base = base
        self._token = token

    async def __call__(self, exchange: Exchange, operation: Operation) -> None:
        """Make an update, and answer. Raises a ``Problem`` and ``ClientLeft``."""
        check_token(exchange, self._token)
        exchange.query, exchange.form = operation.text, "update"
        job = {
            "do": "update",
            "base": self._base,
            "using": operation.default_graphs,
            "using_named": operation.named_graphs,
            "seconds": operation.seconds,
        }
        await self._writing.make(exchange, job, operation.text.encode())
        exchange.outcome = "ok"
        await exchange.answer(204, {})
