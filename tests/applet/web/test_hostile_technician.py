"""A technician's program that keeps no rule: the page still hears the customer, and gives no more than is allowed."""

from tests.support.node import Node


def test_a_technician_freezes_no_more_often_than_people_do(node: Node) -> None:
    """Each time a picture was copied and given to the page, in front of a press on Stop."""
    told = node.ask("freezes", 2_000)
    assert 1 < told["byThem"] < 20
    assert told["byTheCustomer"] == 1, "the customer's own button is not counted"
    assert told["isStillFrozen"], "what the customer froze goes on when they say so: they may have lowered the phone"


def test_a_yes_gives_nothing_that_the_organisation_took_back_meanwhile(node: Node) -> None:
    """While the screen was shown the camera was then shown in its place, under the permission for the screen."""
    calls = [["permit", ["view", "camera"], False], ["ask", 1, "camera"], ["canGive", 1], ["canGive", 2]]
    told = node.ask("consent", [*calls, ["permit", ["view"], False], ["canGive", 1], ["answer", 1, ["view", "camera"]]])
    assert [each["said"] for each in told[2:4]] == [True, False]
    assert told[5]["said"] is False
    assert told[6]["granted"] == []
