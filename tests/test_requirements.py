from tests.requirements import PAGE, as_markdown


def test_the_page_of_requirements_is_current() -> None:
    assert PAGE.read_text() == as_markdown()
