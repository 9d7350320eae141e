"""A client of the JSON API for programs: `with Preceptor.sign_in(url=…, email=…, password=…) as preceptor: …`.

It needs httpx and msgspec, and nothing else of Preceptor. Every call is synchronous. An answer that is an error becomes
`PreceptorProblem`, no answer at all `PreceptorUnreachableError`.
"""

from preceptor.client.preceptor import Preceptor
from preceptor.client.problems import FieldProblem, PreceptorProblem, PreceptorUnreachableError
from preceptor.client.releases import DamagedFileError
from preceptor.client.webhooks import ForgedWebhookError, verify

__all__ = [
    "DamagedFileError",
    "FieldProblem",
    "ForgedWebhookError",
    "Preceptor",
    "PreceptorProblem",
    "PreceptorUnreachableError",
    "verify",
]
