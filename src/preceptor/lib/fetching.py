"""Fetching files from addresses that the operator allows: web servers, and buckets through fsspec.

An address that people give makes this machine ask another one, which may be one that only this machine can reach. So
nothing is fetched but what lies below one of the allowed addresses, to the letter: same scheme, same server and port,
a path below; redirects are not followed.
"""

from __future__ import annotations

import posixpath
from urllib.parse import unquote, urlsplit

import fsspec  # type: ignore[import-untyped]  # it comes without types
import httpx

from preceptor.lib.errors import InvalidError, TooLargeError
from preceptor.lib.i18n import _

SECONDS = 30.0
MOST_LISTED = 200
"""Files of one folder of a bucket."""

_WEB = ("http", "https")


class AddressNotAllowedError(InvalidError):
    """Nothing may be fetched from there."""

    code = "address_not_allowed"
    title = _("Nothing may be fetched from this address. An operator can allow it.")


class NotFetchedError(InvalidError):
    """The other side did not give the file."""

    code = "not_fetched"
    title = _("This could not be fetched.")


class FetchedTooLargeError(TooLargeError):
    """More bytes than wanted."""

    code = "fetched_too_large"
    title = _("This file is larger than allowed.")


class Fetcher:
    """Fetches from below the allowed addresses.

    Args:
        allowed: addresses with commas, such as `https://pictures.example.org/street/, s3://lab/pictures/`. A path that
            does not end in `/` is taken for one that does.
    """

    def __init__(self, allowed: str) -> None:
        self.allowed = [one.strip() for one in allowed.split(",") if one.strip()]

    def check(self, address: str) -> None:
        """Let an address pass or stop.

        Raises:
            AddressNotAllowedError: it is not below an allowed one.
        """
        if not any(_is_below(address, one) for one in self.allowed):
            raise AddressNotAllowedError

    def names(self, address: str, *, endings: tuple[str, ...]) -> list[str]:
        """The files at an address: itself, or those of a bucket's folder (an address that ends in `/`), by name.

        Raises:
            AddressNotAllowedError: it is not below an allowed one.
            NotFetchedError: there is no such folder, or it cannot be listed.
        """
        self.check(address)
        if not address.endswith("/") or urlsplit(address).scheme in _WEB:
            return [address]
        try:
            files, path = fsspec.core.url_to_fs(address)
            found = [files.unstrip_protocol(one) for one in sorted(files.find(path))]
        except Exception as error:  # whatever the driver of that kind of bucket raises
            raise NotFetchedError(detail=_("It says: {reason}").format(reason=_short(error))) from error
        kept = [one for one in found if one.lower().endswith(endings)]
        if len(kept) > MOST_LISTED:
            message = _("There are more than {most} files in this folder. Name a smaller one.")
            raise NotFetchedError(message.format(most=MOST_LISTED))
        for one in kept:
            self.check(one)
        return kept

    def read(self, address: str, *, most: int) -> bytes:
        """The bytes of a file. It takes a moment: call it in a thread.

        Raises:
            AddressNotAllowedError: it is not below an allowed one.
            NotFetchedError: the other side does not answer, has no such file, or sends it elsewhere.
            FetchedTooLargeError: more than `most` bytes.
        """
        self.check(address)
        try:
            data = _from_web(address, most) if urlsplit(address).scheme in _WEB else _from_bucket(address, most)
        except (AddressNotAllowedError, NotFetchedError):
            raise
        except Exception as error:  # likewise
            raise NotFetchedError(detail=_("It says: {reason}").format(reason=_short(error))) from error
        if len(data) > most:
            raise FetchedTooLargeError
        return data


def _is_below(address: str, allowed: str) -> bool:
    try:
        wanted, known = urlsplit(address), urlsplit(allowed)
    except ValueError:
        return False
    if (wanted.scheme, wanted.netloc) != (known.scheme, known.netloc) or not known.scheme or "::" in address:
        return False
    path = unquote(wanted.path)
    if "\\" in path or "\0" in path or posixpath.normpath(path or "/").rstrip("/") != path.rstrip("/"):
        return False  # steps that lead up, or back
    return path.startswith(unquote(known.path).rstrip("/") + "/")


def _from_web(address: str, most: int) -> bytes:
    data = bytearray()
    with httpx.stream("GET", address, timeout=SECONDS, follow_redirects=False) as answer:
        if answer.status_code != 200:  # noqa: PLR2004 (all else is no file)
            raise NotFetchedError(
                detail=_("The server answered with status {status}.").format(status=answer.status_code)
            )
        for chunk in answer.iter_bytes():
            data += chunk
            if len(data) > most:
                break
    return bytes(data)


def _from_bucket(address: str, most: int) -> bytes:
    with fsspec.open(address, "rb") as file:
        return bytes(file.read(most + 1))


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
