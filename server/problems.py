"""Errors over HTTP: one shape, problem+json (RFC 9457), the status on the exception's class."""

import json
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response


class Problem(Exception):
    """An answer that is no success. ``detail`` is for the person who reads it."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}


class BadRequest(Problem):
    """The request cannot be understood; its sender can mend it."""

    status = 400
    title = "Bad request"


class Forbidden(Problem):
    """The request is understood and refused."""

    status = 403
    title = "Forbidden"


class NotFound(Problem):
    """There is nothing at this address."""

    status = 404
    title = "Not found"


class NotAcceptable(Problem):
    """Nothing that is asked for can be given."""

    status = 406
    title = "Not acceptable"


class ContentTooLarge(Problem):
    """The body is larger than is read here."""

    status = 413
    title = "Content too large"


class UnsupportedMediaType(Problem):
    """The body is of a type that is not read here."""

    status = 415
    title = "Unsupported media type"


def answer(_: Request, error: Exception) -> Response:
    """The response that says what happened; for anything but a ``Problem`` no word of why."""
    problem = (
        error if isinstance(error, Problem) else Problem("The server met an error of its own.")
    )
    body = {"title": problem.title, "status": problem.status, "detail": problem.detail}
    return Response(
        json.dumps(body, ensure_ascii=False),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )
