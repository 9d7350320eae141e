"""What every door over HTTP shares: who asks, forged requests, problems, pages from templates."""

from preceptor.lib.web.authentication import Authentication, Credential, CredentialKind, SignedInUser, authenticated
from preceptor.lib.web.csrf import CsrfMiddleware
from preceptor.lib.web.express import Express, Route
from preceptor.lib.web.forms import parse_form
from preceptor.lib.web.headers import SecurityHeaders
from preceptor.lib.web.pages import Pages, Plugged, flash, page, redirect
from preceptor.lib.web.problems import problem_response, to_problem, wants_problem
from preceptor.lib.web.request import Request

__all__ = [
    "Authentication",
    "Credential",
    "CredentialKind",
    "CsrfMiddleware",
    "Express",
    "Pages",
    "Plugged",
    "Request",
    "Route",
    "SecurityHeaders",
    "SignedInUser",
    "authenticated",
    "flash",
    "page",
    "parse_form",
    "problem_response",
    "redirect",
    "to_problem",
    "wants_problem",
]
