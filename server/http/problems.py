"""Errors over HTTP: one shape, problem+json (RFC 9457), the status on the exception's class."""

import json
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response

from server.lexing.complaint_words import Complaint

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is no success. ``detail`` is for the person who reads it, ``reason`` a word
    for a program, ``members`` are further members of the document (RFC 9457, section 3.2)."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    reason: str = "internal-error"

    def __init__(
        self,
        detail: str,
        headers: dict[str, str] | None = None,
        *,
        reason: str | None = None,
        members: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.reason = reason or self.reason
        self.members = members or {}

    def told(self) -> "Told":
        """What is said to the client, as JSON between two processes."""
        return {
            "status": self.status,
            "headers": self.headers,
            "document": {
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "reason": self.reason,
                **self.members,
            },
        }


Told = dict[str, Any]
"""A problem as one process tells it to another: ``status``, ``headers``, ``document``."""


class BadRequest(Problem):
    """The request cannot be understood; its sender can mend it."""

    status = 400
    title = "Bad request"
    reason = "bad-request"

    @classmethod
    def at(cls, complaint: Complaint) -> "BadRequest":
        """What is wrong with a text, and where: line and column, from 1."""
        members = {"line": complaint.line, "column": complaint.column}
        return cls(complaint.message, reason="syntax-error", members=members)


class Unauthorized(Problem):
    """The request needs a token, or another one (RFC 9110, section 15.5.2)."""

    status = 401
    title = "Unauthorized"
    reason = "token-needed"


class Forbidden(Problem):
    """The request is understood and refused."""

    status = 403
    title = "Forbidden"
    reason = "refused"


class NotFound(Problem):
    """There is nothing at this address."""

    status = 404
    title = "Not found"
    reason = "not-found"


class MethodNotAllowed(Problem):
    """The address does not answer this method; the header Allow names those that it does."""

    status = 405
    title = "Method not allowed"
    reason = "method-not-allowed"


class NotAcceptable(Problem):
    """Nothing that is asked for can be given."""

    status = 406
    title = "Not acceptable"
    reason = "not-acceptable"


class Conflict(Problem):
    """The state of what is addressed does not let it happen."""

    status = 409
    title = "Conflict"
    reason = "conflict"


class PreconditionFailed(Problem):
    """What is held is not what the request takes it to be (RFC 9110, section 13.1)."""

    status = 412
    title = "Precondition failed"
    reason = "precondition-failed"


class ContentTooLarge(Problem):
    """The body is larger than is read here."""

    status = 413
    title = "Content too large"
    reason = "content-too-large"


class UriTooLong(Problem):
    """The request target is longer than is read here."""

    status = 414
    title = "URI too long"
    reason = "uri-too-long"


class UnsupportedMediaType(Problem):
    """The body is of a type that is not read here."""

    status = 415
    title = "Unsupported media type"
    reason = "unsupported-media-type"


class BadGateway(Problem):
    """Another endpoint, that the query calls, did not answer well."""

    status = 502
    title = "Bad gateway"
    reason = "service-failed"


class Unavailable(Problem):
    """A limit was reached before the first byte was sent; ``reason`` says which."""

    status = 503
    title = "Service unavailable"
    reason = "unavailable"

    def __init__(
        self, detail: str, *, reason: str, retry: int = 10, members: dict[str, Any] | None = None
    ) -> None:
        """``retry``: the seconds after which it is worth trying again."""
        headers = {"Retry-After": str(retry)}
        super().__init__(detail, headers, reason=reason, members=members)


def document(told: Told) -> bytes:
    """The body of the answer that tells a problem."""
    return json.dumps(told["document"], ensure_ascii=False).encode()


def answer(_: Request, error: Exception) -> Response:
    """The response that says what happened; for anything but a ``Problem`` no word of why."""
    problem = (
        error if isinstance(error, Problem) else Problem("The server met an error of its own.")
    )
    return Response(
        document(problem.told()),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )
