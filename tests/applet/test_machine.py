import pytest

from applet.machine import computer_name, language_in, system_name


@pytest.mark.req("I18N-20", "EDGE-50")
@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "nl_BE@euro"}, "nl"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "fr:de"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "POSIX", "LANG": "nl_NL"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANGUAGE": "nl"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_one_that_the_user_has_chosen(environment: dict[str, str], code: str) -> None:
    assert language_in(environment) == code


def test_this_computer_has_a_name_and_a_system() -> None:
    assert computer_name()
    assert system_name()
