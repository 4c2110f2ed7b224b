"""A technician's program that freezes and goes on without end: the page goes on hearing the customer."""

from tests.support.node import Node


def test_a_technician_freezes_no_more_often_than_people_do(node: Node) -> None:
    """Each time a picture was copied and given to the page, in front of a press on Stop."""
    told = node.ask("freezes", 2_000)
    assert 1 < told["byThem"] < 20
    assert told["byTheCustomer"] == 1, "the customer's own button is not counted"
