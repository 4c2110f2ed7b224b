"""Which computers a relay may test for others."""

import pytest

from codec.stores.face import StoreError
from codec.stores.reach import anywhere, elsewhere, is_own


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "169.254.169.254", "fe80::1", "fe80::1%eth0", "224.0.0.1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "no address",
    ],
)  # fmt: skip
def test_this_computer_and_what_trusts_it_blindly_is_its_own(address: str) -> None:
    assert is_own(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.9", "93.184.216.34", "2606:2800:220:1::1", "fd12::9"])
def test_other_computers_are_not_also_those_of_the_same_network(address: str) -> None:
    assert not is_own(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1"])
async def test_whatever_way_this_computer_is_written_it_is_found_out(host: str) -> None:
    with pytest.raises(StoreError, match="own computer"):
        await elsewhere(host, 80)


async def test_a_name_that_nobody_knows_is_said_to_be_so() -> None:
    for host in ("no-such-host.invalid", "a" * 70 + ".example", "x..y"):
        with pytest.raises(StoreError, match="not known"):
            await anywhere(host, 80)
