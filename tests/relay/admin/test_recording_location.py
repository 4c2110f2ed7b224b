"""The button beside a recording location that says whether it will do."""

import pytest

from relay.admin.navigation import name_of
from tests.relay.admin.conftest import Center


@pytest.mark.req("REC-13")
async def test_only_who_may_change_the_location_may_have_it_tested(center: Center) -> None:
    path = f"/admin/settings/{name_of(center.units['desk'])}/test-location"
    owner, reader = await center.browser("owner"), await center.browser("reader")
    form = [
        ("form", await owner.token()),
        *(("has", key) for key in ("recording.place", "recording.url")),
        ("recording.place", "http"),
        ("recording.url", "http://127.0.0.1:1/"),
    ]
    answer = await owner.post(path, form, HX_Request="true")
    assert answer.status == 200
    assert "own computer" in answer.text
    form[-1] = ("recording.url", "http://files.example/../x")
    assert "“..”" in (await owner.post(path, form, HX_Request="true")).text
    form[0] = ("form", await reader.token())
    answer = await reader.post(path, form, HX_Request="true")
    assert answer.status in (403, 404)
