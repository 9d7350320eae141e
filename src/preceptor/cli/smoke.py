"""`preceptor smoke`: one pass of the main job per prompt, through the API of a running installation."""

from pathlib import Path

import click

from preceptor.client import Preceptor

ACCOUNTS = {role: f"{role}@demo.example:preceptor demo" for role in ("trainer", "reviewer", "manager")}


def _sign_in(url: str, account: str) -> Preceptor:
    email, _colon, password = account.partition(":")
    return Preceptor.sign_in(url=url, email=email, password=password)
