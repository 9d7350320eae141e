"""Which addresses are public, and which networks an operator allows though they are not."""

import ipaddress
from collections.abc import Iterable, Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class BadNetworksError(Exception):
    """A list of networks that cannot be read; the message says which part of it."""


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks such as `10.0.0.0/8, fd00::/8`, or single addresses, with commas or spaces.

    Raises:
        BadNetworksError: a part is neither.
    """
    found: list[Network] = []
    for part in text.replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError as error:
            raise BadNetworksError(f"“{part}” is neither a network nor an address: {error}") from error
    return tuple(found)


def may_reach(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """True for public addresses and those in `allowed`.

    An address that carries another one inside (mapped, NAT64, 6to4, Teredo) is as public as what it carries.
    """
    return all(is_allowed(one, allowed) or _is_public(one) for one in _reached(address))


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """True for addresses in one of the networks; the kind of address makes no difference where one maps the other."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address.version == network.version and address in network for network in allowed)


def _reached(address: Address) -> Iterator[Address]:
    if isinstance(address, ipaddress.IPv6Address):
        inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inside.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        carried = [one for one in inside if one is not None]
        yield from carried
        if address.ipv4_mapped is not None or address in NAT64:
            return
    yield address


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        return address in GLOBAL_UNICAST and address.is_global
    return address.is_global and not address.is_multicast and not address.is_reserved
