"""Which computers a relay may test for others."""

import ipaddress
import socket

import ifaddr
import pytest

from codec.stores.address_policy import anywhere, elsewhere, is_here, is_listed, is_own
from codec.stores.base import StoreError


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "169.254.169.254", "fe80::1", "fe80::1%eth0", "224.0.0.1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "no address",
        # F30: what translates to IPv4 on the way: NAT64 of the network's own, Teredo, ISATAP, SIIT.
        "64:ff9b:1:7f00:0:100::", "64:ff9b:1:7f:0:1::", "64:ff9b:1:0:7f:0:100:0", "64:ff9b:1::127.0.0.1",
        "64:ff9b:1::169.254.169.254", "2001:0:7f00:1::", "2001:0:5db8:d822:0:0:80ff:fffe", "::5efe:127.0.0.1",
        "2001:db8::200:5efe:127.0.0.1", "::ffff:0:127.0.0.1", "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_this_computer_and_what_trusts_it_blindly_is_its_own(address: str) -> None:
    assert is_own(address, lambda _address: False)


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "64:ff9b:1:a01:2:300::", "2002:a01:203::1", "2001:db8::7"],
)
def test_the_addresses_of_its_own_interfaces_are_its_own(address: str) -> None:
    """F30: not only loopback is this computer."""
    mine = {ipaddress.ip_address("10.1.2.3"), ipaddress.ip_address("2001:db8::7")}
    assert is_own(address, lambda each: each in mine)
    assert not is_own("10.1.2.4", lambda each: each in mine)


async def test_every_interface_that_this_computer_has_is_found_out() -> None:
    """F30: by the system itself, so also what is no loopback address."""
    found = [ip.ip if isinstance(ip.ip, str) else ip.ip[0] for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    assert found
    for address in found:
        assert is_here(ipaddress.ip_address(address)) or ipaddress.ip_address(address).is_link_local
        with pytest.raises(StoreError, match="own computer"):
            await elsewhere()(str(address), 80)
    assert not is_here(ipaddress.ip_address("192.0.2.77"))


async def test_a_name_of_its_own_is_not_tested_wherever_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    """F30: a public address that a router translates is on no interface, but the relay's own name has it."""
    known = {"help.example": "192.0.2.10", "other-name.example": "192.0.2.10", "files.example": "192.0.2.20"}

    def look_up(host: str, port: int, *_rest: object, **_options: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    reach = elsewhere(own_names=["help.example"])
    for name in ("help.example", "other-name.example"):
        with pytest.raises(StoreError, match="own computer"):
            await reach(name, 443)
    assert await reach("files.example", 443) == ["192.0.2.20"]


async def test_only_listed_networks_are_tested_where_there_is_a_list() -> None:
    reach = elsewhere(only=[ipaddress.ip_network("192.0.2.0/24")])
    assert await reach("192.0.2.20", 443) == ["192.0.2.20"]
    for address in ("198.51.100.1", "2001:db8::1"):
        with pytest.raises(StoreError, match="none of the networks"):
            await reach(address, 443)
    only = [ipaddress.ip_network("192.0.2.0/24"), ipaddress.ip_network("64:ff9b::/96")]
    assert is_listed("::ffff:192.0.2.1", only)
    assert is_listed("64:ff9b::192.0.2.1", only)
    assert not is_listed("64:ff9b::198.51.100.1", only)
    assert not is_listed("::ffff:198.51.100.1", only)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.9", "93.184.216.34", "2606:2800:220:1::1", "fd12::9"])
def test_other_computers_are_not_also_those_of_the_same_network(address: str) -> None:
    assert not is_own(address, lambda _address: False)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1"])
async def test_whatever_way_this_computer_is_written_it_is_found_out(host: str) -> None:
    with pytest.raises(StoreError, match="own computer"):
        await elsewhere()(host, 80)


async def test_a_name_that_nobody_knows_is_said_to_be_so() -> None:
    for host in ("no-such-host.invalid", "a" * 70 + ".example", "x..y"):
        with pytest.raises(StoreError, match="was not found"):
            await anywhere(host, 80)
