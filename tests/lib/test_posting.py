"""Posting to addresses that strangers named: what is reached, and what is not, over real connections."""

import asyncio
import ipaddress
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.networks import BadNetworksError, may_reach, parse_networks
from preceptor.lib.posting import (
    BODY_SECONDS,
    Poster,
    PostFailedError,
    PostFailure,
    address_problem,
)
from preceptor.lib.settings import load_settings
from tests.lib.receiver import (
    certificate,
    dripping,
    dripping_head,
    endless,
    hang_up,
    never,
    noise,
    receiver,
    saying,
)

HERE = parse_networks("127.0.0.0/8")
NAME = "hooks.example.org"


@pytest.fixture
async def there():
    async with receiver() as one:
        yield one


async def post(address, **given):
    poster = Poster(**{"allowed": HERE, "seconds": 1, **given})
    try:
        return await poster.post(address, headers={"x-mark": "1"}, body=b'{"a": 1}')
    finally:
        poster.close()


async def failure(address, **given):
    with pytest.raises(PostFailedError) as caught:
        await post(address, **given)
    return caught.value.failure


def found(*answers):
    """A directory of names that gives these answers one after the other, and counts how often it was asked."""
    left = list(answers)

    async def resolve(_host, _port):
        resolve.asked += 1
        return left.pop(0)

    resolve.asked = 0
    return resolve


async def test_a_body_arrives_as_it_is(there):
    there.answers = [saying(204, body=b"")]
    assert await post(f"http://127.0.0.1:{there.port}/hooks?a=%20b") == 204
    [one] = there.received
    assert (one.path, one.body, one.headers["x-mark"]) == ("/hooks?a=%20b", b'{"a": 1}', "1")
    assert one.headers["host"] == f"127.0.0.1:{there.port}"


@pytest.mark.parametrize("status", [400, 410, 500])
async def test_every_status_is_an_answer(there, status):
    there.answers = [saying(status)]
    assert await post(f"http://127.0.0.1:{there.port}/") == status


async def test_redirects_are_not_followed(there):
    async with receiver() as inside:
        there.answers = [saying(307, f"Location: http://127.0.0.1:{inside.port}/")]
        assert await post(f"http://127.0.0.1:{there.port}/") == 307
        assert inside.connections == 0


@pytest.mark.parametrize("answer", [endless, dripping])
async def test_an_answer_without_an_end_is_left_once_its_status_is_known(there, answer):
    there.answers = [answer]
    began = time.monotonic()
    assert await post(f"http://127.0.0.1:{there.port}/") == 200
    assert time.monotonic() - began < BODY_SECONDS + 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (never, PostFailure.TIMED_OUT),
        (dripping_head, PostFailure.TIMED_OUT),
        (noise, PostFailure.BROKEN_ANSWER),
        (hang_up, PostFailure.BROKEN_ANSWER),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_no_answer(there, answer, why):
    there.answers = [answer]
    began = time.monotonic()
    assert await failure(f"http://127.0.0.1:{there.port}/") is why
    assert time.monotonic() - began < 2


async def test_nobody_is_there():
    async with receiver() as one:
        port = one.port
    assert await failure(f"http://127.0.0.1:{port}/") is PostFailure.NO_CONNECTION
    assert await failure("http://no-such-name.invalid/") is PostFailure.UNKNOWN_NAME


async def test_a_name_that_takes_for_ever_to_be_looked_up():
    async def resolve(_host, _port):
        await asyncio.sleep(3_600)

    assert await failure(f"https://{NAME}/", resolve=resolve, seconds=0.2) is PostFailure.TIMED_OUT


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::]"],
)
async def test_this_machine_is_refused_however_it_is_written(there, host):
    why = await failure(f"http://{host}:{there.port}/", allowed=())
    assert why is PostFailure.PRIVATE_ADDRESS
    assert there.connections == 0


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["fd00::1"], ["169.254.169.254"]])
async def test_names_that_lead_inside_are_refused(answers):
    assert await failure(f"https://{NAME}/", allowed=(), resolve=found(answers)) is PostFailure.PRIVATE_ADDRESS


async def test_a_name_is_looked_up_once_and_what_was_looked_at_is_connected_to():
    """Rebinding: the first answer may be reached, the next would be somebody else's machine."""
    async with receiver(host="127.0.0.2") as wanted, receiver(host="127.0.0.1") as other:
        resolve = found(["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"])
        allowed = parse_networks("127.0.0.2")
        assert await post(f"http://{NAME}:{wanted.port}/", resolve=resolve, allowed=allowed) == 200
        assert (resolve.asked, len(wanted.received)) == (1, 1)
        assert wanted.received[0].headers["host"] == f"{NAME}:{wanted.port}"
        why = await failure(f"http://{NAME}:{other.port}/", resolve=resolve, allowed=allowed)
        assert (why, other.connections) == (PostFailure.PRIVATE_ADDRESS, 0)


async def test_the_certificate_is_that_of_the_name_though_an_address_is_connected_to(tmp_path):
    shown, believed = certificate(tmp_path, NAME)
    async with receiver(tls=shown) as one:
        address = f"https://{NAME}:{one.port}/"
        here = ["127.0.0.1"]
        assert await post(address, resolve=found(here), trust=believed) == 200
        assert one.names == [NAME]
        assert await failure(address, resolve=found(here)) is PostFailure.BAD_CERTIFICATE
        other = f"https://other.example.org:{one.port}/"
        assert await failure(other, resolve=found(here), trust=believed) is PostFailure.BAD_CERTIFICATE
        assert len(one.received) == 1


async def test_the_next_address_is_tried_where_the_first_takes_no_connection(there):
    resolve = found(["127.0.0.9", "127.0.0.1"])
    assert await post(f"http://{NAME}:{there.port}/", resolve=resolve) == 200


async def test_without_encryption_only_where_the_operator_said_so():
    assert await failure(f"http://{NAME}/", resolve=found(["93.184.216.34"])) is PostFailure.NOT_ENCRYPTED


async def test_proxies_of_the_environment_are_not_used(there, monkeypatch):
    async with receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert await post(f"http://127.0.0.1:{there.port}/") == 200
        assert proxy.connections == 0


PRIVATE = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.2.0/24 192.168.0.0/16
198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4""".split()
PRIVATE_6 = ["::/8", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32", "100::/64"]


@given(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(v=4, network=network)))
def test_private_addresses_stay_private_inside_of_others(address):
    number = int(address)
    for inside in (0xFFFF << 32 | number, (0x64FF9B << 96) | number, (0x2002 << 112) | number << 80):
        assert not may_reach(ipaddress.IPv6Address(inside))
    assert not may_reach(address)
    assert may_reach(address, [ipaddress.ip_network(f"{address}/32")])
    assert may_reach(ipaddress.IPv6Address(0xFFFF << 32 | number), [ipaddress.ip_network(f"{address}/32")])


@given(st.sampled_from(PRIVATE_6).flatmap(lambda network: st.ip_addresses(v=6, network=network)))
def test_private_addresses_of_version_6(address):
    carried = address.ipv4_mapped
    assert not may_reach(address) or carried is not None or address in ipaddress.ip_network("64:ff9b::/96")


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_addresses(address):
    assert may_reach(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "https://",
        "https:///hooks",
        "https://exa mple.org/",
        "https://example.org:99999/",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "https://example.org/\n",
        "https://example.org/" + "x" * 2_000,
        "http://example.org/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "javascript:alert(1)",
    ],
)
def test_addresses_that_cannot_be_used(address):
    assert address_problem(address) is not None


@pytest.mark.parametrize(
    "address", ["https://example.org", "https://example.org:8443/hooks?a=b", "https://bücher.example/"]
)
def test_addresses_that_can(address):
    assert address_problem(address) is None


def test_addresses_that_can_where_the_operator_allows_it():
    assert address_problem("http://127.0.0.1:8000/", HERE) is None
    assert address_problem("http://receiver.lan/", HERE) is None
    assert address_problem("http://169.254.169.254/", HERE) is not None
    assert address_problem("http://1.1.1.1/", HERE) is not None


def test_networks():
    assert [str(one) for one in parse_networks("10.0.0.0/8, 192.168.1.7 fd00::/8")] == [
        "10.0.0.0/8",
        "192.168.1.7/32",
        "fd00::/8",
    ]
    assert parse_networks(" ") == ()
    for text in ("10.0.0.1/8", "everything", "10.0.0.0/64"):
        with pytest.raises(BadNetworksError, match=text):
            parse_networks(text)


def test_a_network_that_cannot_be_read_stops_every_command():
    with pytest.raises(msgspec.ValidationError, match=r"webhook_networks"):
        load_settings({"PRECEPTOR_WEBHOOK_NETWORKS": "10.0.0.1/8"})
    assert load_settings({"PRECEPTOR_WEBHOOK_NETWORKS": "127.0.0.0/8"}).webhook_networks == "127.0.0.0/8"
