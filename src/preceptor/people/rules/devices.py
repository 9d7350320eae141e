"""What a browser is, in words, and whether somebody has signed in from there before."""

import ipaddress
import re

from preceptor.lib.i18n import LazyText, _

# The first that fits wins: many browsers also call themselves by the name of another.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    (r"iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
NETWORK_BITS = {4: 24, 6: 48}
"""How much of an address is one household or office."""


def _parts(user_agent: str) -> tuple[str, str]:
    browser = next((name for mark, name in BROWSERS if re.search(rf"{mark}\w*/", user_agent)), "")
    return browser, next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")


def browser_name(user_agent: str) -> LazyText:
    """What a browser is, in words, from what it says about itself; which may be anything."""
    browser, system = _parts(user_agent)
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return LazyText("{name}", values=(("name", browser or system),)) if browser or system else _("Another program")


def device_kind(user_agent: str) -> str:
    """The kind of a browser, the same for every version of it."""
    return "/".join(_parts(user_agent)) if any(_parts(user_agent)) else user_agent.partition("/")[0][:60]


def network_of(address: str) -> str:
    """The network that an address is part of, such as `203.0.113.0/24`; the address itself where it is none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, NETWORK_BITS[found.version]), strict=False))
