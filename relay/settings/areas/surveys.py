"""What customers and technicians are asked at the end."""

from relay.settings.compound_kinds import Column, Table
from relay.settings.declare import GROUP_SCOPES, WIDE_SCOPES, Editors, Rule, Scope, Section, Setting, Tab, Values, When
from relay.settings.holders import HolderKind
from relay.settings.kinds import Choice, Number, Option, Switch
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Text, Url
from relay.texts import _

_PAGE_NEEDED = _("Enter the address of your survey.")
_TEXT_NEEDED = _("Enter each question that is shown.")
_ANSWERS_NEEDED = _("Enter at least two answers for each shown question with a drop-down list.")
_QUESTIONS_NEEDED = _("Show at least one question.")

_QUESTIONS = Table(
    (
        Column("text", _("Question"), Text(500), ""),
        Column("type", _("Answered by"), Choice((Option("open", _("Writing")), Option("list", _("Choosing")))), "open"),
        Column("required", _("Required"), Switch(), default=False),
        Column("shown", _("Shown"), Switch(), default=True),
        Column(
            "answers",
            _("Answers"),
            Table((Column("text", _("Answer"), Text(128), ""), Column("value", _("Value"), Number(-999, 999), 0)), 5),
            [],
        ),
    ),
    10,
)


def _settings(section: str, requirements: tuple[str, ...]) -> tuple[Setting, ...]:
    mode, built_in, own = f"{section}.mode", ("built_in",), ("own",)
    return (
        Setting(
            mode,
            _("Survey at the end of a session"),
            Choice(
                (
                    Option("none", _("No survey")),
                    Option("built_in", _("Deskside survey"), _("Answers appear in the reports.")),
                    Option(
                        "own", _("Your own survey"), _("Opens a page of yours. Its answers are not stored in Deskside.")
                    ),
                )
            ),
            "none",
            in_effect=True,
            requirements=("SURV-01", "SURV-02", "SURV-03", "SURV-06", *requirements),
        ),
        Setting(
            f"{section}.questions",
            _("Questions"),
            _QUESTIONS,
            [],
            when=(When(mode, built_in),),
            in_effect=True,
            requirements=("SURV-04", "SURV-05", "SURV-12", "SURV-13", "SURV-14", "SURV-15", "SURV-17"),
        ),
        Setting(
            f"{section}.page",
            _("Address of your survey"),
            Url(),
            "",
            when=(When(mode, own),),
            in_effect=True,
            requirements=("SURV-06",),
        ),
        Setting(
            f"{section}.details",
            _("Add session ID and fields to the address"),
            Switch(),
            default=False,
            when=(When(mode, own),),
            in_effect=True,
            requirements=("SURV-08", "SURV-09", "SURV-10"),
        ),
    )


def _rules(section: str) -> tuple[Rule, ...]:
    mode, page, questions = f"{section}.mode", f"{section}.page", f"{section}.questions"

    def no_page(values: Values) -> Sentence | None:
        return Sentence(_PAGE_NEEDED) if values[mode] == "own" and not values[page] else None

    def bad_questions(values: Values) -> Sentence | None:
        if values[mode] != "built_in":
            return None
        shown = [row for row in values[questions] if row["shown"]]
        if not shown:
            return Sentence(_QUESTIONS_NEEDED)
        if not all(row["text"] for row in shown):
            return Sentence(_TEXT_NEEDED)
        lists = [row["answers"] for row in shown if row["type"] == "list"]
        is_short = any(len([answer for answer in answers if answer["text"]]) < 2 for answers in lists)
        return Sentence(_ANSWERS_NEEDED) if is_short else None

    return Rule(page, (mode, page), no_page), Rule(questions, (mode, questions), bad_questions)


TECHNICIAN_SURVEY = Section(
    "technician_survey",
    Tab.SETTINGS,
    _("Technician survey"),
    (HolderKind.GROUP,),
    scopes=GROUP_SCOPES,
    settings=_settings("technician_survey", ("SURV-18",)),
    rules=_rules("technician_survey"),
)

CUSTOMER_SURVEY = Section(
    "customer_survey",
    Tab.SETTINGS,
    _("Customer survey"),
    (HolderKind.CHANNEL, HolderKind.GROUP),
    help=_("A channel’s survey applies to its sessions, a group’s survey to private sessions."),
    scopes=WIDE_SCOPES,
    settings=_settings("customer_survey", ("SURV-22", "SURV-23")),
    rules=_rules("customer_survey"),
)

SURVEY_ISSUER = Section(
    "survey_issuer",
    Tab.GLOBAL_SETTINGS,
    _("Whose customer survey is used"),
    (HolderKind.ORGANISATION,),
    scopes=(Scope.UNIT,),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "survey_issuer.by",
            _("A transferred session gets the survey of"),
            Choice(
                (
                    Option("starting", _("The technician who started it")),
                    Option(
                        "closing",
                        _("The technician who closed it"),
                        _("Adds a report that shows whose survey was used."),
                    ),
                )
            ),
            "starting",
            in_effect=True,
            requirements=("SURV-26", "SURV-27", "REP-26"),
        ),
    ),
)
