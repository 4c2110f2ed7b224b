"""What each named error becomes, for programs and for people: the API and the Admin Center read it here.

A field that is wrong has its own sentences (admin/error_texts).
"""

from codec.errors import DesksideError
from relay.api_keys.rules import (
    KeyNotFromHereError,
    KeyRefusedError,
    NoSuchKeyError,
    ScopeMissingError,
    TooManyCallsError,
)
from relay.codes.delivery import NoGatewayError, NotSendingError, TooManySentError
from relay.codes.rules import MethodOffError, NoPinLeftError, TooManyCodesError
from relay.codes.service import NoSuchCodeError
from relay.credentials.invitations import NoAddressError, NoInvitationError
from relay.credentials.service import LinkRefusedError, NoMailServerError, NoSecondStepError
from relay.organization.guard import OutrankedError, PeopleOnlyError, ProofNeededError
from relay.organization.rules import (
    ChangedMeanwhileError,
    CycleError,
    LastOneError,
    LockedError,
    NoLicenceLeftError,
    NotAllowedError,
    NotEmptyError,
    NotThereError,
    PlannedError,
    WrongPlaceError,
)
from relay.people_csv.table import BadTableError
from relay.permissions.service import NotPermittedError, UnknownPermissionError
from relay.reports.periods import UnknownZoneError
from relay.reports.service import UnavailableReportError, UnknownReportError
from relay.sessions.capacity import FullError, OneLensError
from relay.sessions.chat_log import ChatLogFullError
from relay.sessions.moves import (
    EndedError,
    HandedOverError,
    MovedOnError,
    NoSuchSessionError,
    NotNowError,
    NotOfferedError,
    SecretStaysError,
    TakenError,
)
from relay.sessions.starting import NoOneThereError, NotStartedError
from relay.sessions.transfers import NoSuchTargetError, NotAvailableError
from relay.settings import changes
from relay.settings.catalogue import UnknownSettingError
from relay.settings.holders import UnknownUnitError
from relay.settings.validation import SettingsRefusedError
from relay.sign_in.authentication import DisabledError, GroupDisabledError, WrongSignInError
from relay.sign_in.service import (
    EnrolmentNeededError,
    NoLicenceError,
    NoLicenceFreeError,
    NoSuchSignInError,
    NotFromHereError,
    NothingDueError,
    NotTechnicianError,
    OtherVersionError,
    PasswordChangeNeededError,
    SecondStepNeededError,
    TicketEndedError,
)
from relay.sign_in.two_step import HasAuthenticatorError, NotSetUpYetError, WrongCodeError
from relay.surveys.rules import AnswersRefusedError, NoAnswersError
from relay.surveys.service import AnsweredError, NoSurveyError, NotEndedError, OtherSurveyError
from relay.texts import _
from relay.web.api import (
    BadBodyError,
    BadQueryError,
    NotSignedInError,
    NoVersionError,
    Refusal,
    Refusals,
    TooLargeError,
)

REFUSALS: Refusals = {
    BadBodyError: Refusal(400, "bad_body"),
    BadQueryError: Refusal(400, "bad_query"),
    KeyRefusedError: Refusal(401, "key_refused"),
    NotSignedInError: Refusal(401, "not_signed_in"),
    SecondStepNeededError: Refusal(401, "second_step_needed"),
    WrongCodeError: Refusal(401, "wrong_code"),
    OtherVersionError: Refusal(409, "other_version"),
    TicketEndedError: Refusal(401, "ticket_ended"),
    DisabledError: Refusal(403, "disabled"),
    GroupDisabledError: Refusal(403, "group_disabled"),
    NoLicenceError: Refusal(403, "no_licence"),
    NoLicenceFreeError: Refusal(403, "no_licence_free"),
    NotTechnicianError: Refusal(403, "not_a_technician"),
    WrongSignInError: Refusal(401, "wrong_sign_in"),
    EnrolmentNeededError: Refusal(403, "enrolment_needed"),
    NotFromHereError: Refusal(403, "not_from_here"),
    NotSetUpYetError: Refusal(403, "enrolment_needed"),
    PasswordChangeNeededError: Refusal(403, "password_change_needed"),
    LinkRefusedError: Refusal(403, "link_refused"),
    KeyNotFromHereError: Refusal(403, "key_not_from_here"),
    NotAllowedError: Refusal(403, "not_allowed", _("You do not have permission for this. Ask a master administrator.")),
    PeopleOnlyError: Refusal(
        403, "people_only", _("An API key cannot change how people sign in. Sign in and do it yourself.")
    ),
    OutrankedError: Refusal(
        403, "outranked", _("This person has, or would get, more rights than you. Ask an account owner.")
    ),
    ProofNeededError: Refusal(403, "proof_needed"),
    MethodOffError: Refusal(403, "method_off"),
    NotPermittedError: Refusal(
        403, "not_permitted", _("You do not have permission for this. Ask a master administrator.")
    ),
    ScopeMissingError: Refusal(403, "scope_missing"),
    changes.SettingNotAllowedError: Refusal(403, "not_allowed"),
    NoSuchCodeError: Refusal(404, "no_such_code"),
    NoSuchKeyError: Refusal(404, "no_such_key", _("You have no such key. Check the list of keys.")),
    NoInvitationError: Refusal(404, "no_invitation", _("There is no link that still works.")),
    NoSecondStepError: Refusal(404, "no_second_step", _("No authenticator is set up.")),
    NoSuchSignInError: Refusal(404, "no_such_sign_in"),
    NoSuchSessionError: Refusal(404, "no_such_session", _("There is no such session among those that you may see.")),
    NotThereError: Refusal(
        404,
        "no_such_unit",
        _("This item does not exist, or you do not have access to it. Choose another one in the tree."),
    ),
    PlannedError: Refusal(
        404,
        "planned",
        _("This comes in a later version. To see what is planned, turn on planned features in the global settings."),
    ),
    UnknownReportError: Refusal(404, "no_such_report"),
    UnavailableReportError: Refusal(409, "report_unavailable"),
    UnknownPermissionError: Refusal(404, "no_such_permission"),
    UnknownSettingError: Refusal(404, "no_such_setting"),
    UnknownUnitError: Refusal(404, "no_such_unit"),
    NoSurveyError: Refusal(404, "no_survey"),
    NotEndedError: Refusal(409, "not_ended"),
    AnsweredError: Refusal(409, "answered"),
    OtherSurveyError: Refusal(409, "other_survey"),
    AnswersRefusedError: Refusal(422, "answers_refused"),
    NoAnswersError: Refusal(422, "no_answers"),
    ChangedMeanwhileError: Refusal(
        409,
        "changed_meanwhile",
        _("Someone changed the same fields in the meantime. Choose which value to keep, then save again."),
    ),
    CycleError: Refusal(409, "cycle", _("A group cannot be inside itself. Choose another place.")),
    ChatLogFullError: Refusal(409, "chat_log_full"),
    EndedError: Refusal(409, "ended", _("This session has ended.")),
    MovedOnError: Refusal(
        409,
        "moved_on",
        _("This session has changed in the meantime, so nothing was done. Check how it is now, then decide again."),
    ),
    SecretStaysError: Refusal(
        409,
        "secret_stays",
        _(
            "The customer came by a link or with extra digits, which only the technician’s own console can confirm. "
            "Ask the technician to transfer the session, or the customer to come again with a new PIN."
        ),
    ),
    HasAuthenticatorError: Refusal(409, "has_authenticator"),
    LastOneError: Refusal(
        409, "last_one", _("Someone must be able to manage the organisation. Make another person account owner first.")
    ),
    LockedError: Refusal(409, "locked", _("A master administrator has locked this permission. Ask them to change it.")),
    NoAddressError: Refusal(
        409,
        "no_address",
        _("There is no e-mail address for the invitation. Enter one and save, then send the invitation again."),
    ),
    NoLicenceLeftError: Refusal(
        409,
        "no_licence_left",
        _("All licences of this kind are in use. Take one from another person, or raise the total."),
    ),
    NoMailServerError: Refusal(409, "no_mail_server"),
    NoGatewayError: Refusal(409, "no_gateway"),
    NotSendingError: Refusal(409, "no_mail_server"),
    NoPinLeftError: Refusal(409, "no_pin_left"),
    NotEmptyError: Refusal(
        409, "not_empty", _("It is not empty. Move or remove its contents first, or select them too.")
    ),
    NothingDueError: Refusal(409, "nothing_due"),
    OneLensError: Refusal(409, "one_lens", _("You already have an active Lens session. End that one first.")),
    FullError: Refusal(409, "full"),
    HandedOverError: Refusal(409, "handed_over"),
    NotOfferedError: Refusal(409, "not_offered"),
    NoOneThereError: Refusal(
        409, "no_one_there", _("No technician there can take the session at the moment. It stays waiting.")
    ),
    NotStartedError: Refusal(
        409,
        "not_started",
        _(
            "The technician’s console did not start the session. It stays waiting. Try again, or choose another "
            "technician."
        ),
    ),
    NotAvailableError: Refusal(
        409,
        "not_available",
        _("No one there can take the session at the moment. Choose another technician, group or channel."),
    ),
    NotNowError: Refusal(
        409, "not_now", _("This does not work in the state that the session is in. Check how it is now.")
    ),
    NoSuchTargetError: Refusal(
        404,
        "no_such_target",
        _("You cannot transfer sessions there. Choose a technician, group or channel from the list."),
    ),
    TakenError: Refusal(409, "taken"),
    TooManyCodesError: Refusal(409, "too_many_codes"),
    changes.ConflictError: Refusal(409, "changed_meanwhile"),
    TooLargeError: Refusal(
        413, "too_large", _("This is more than the server accepts at once. Send it in several parts.")
    ),
    BadTableError: Refusal(422, "bad_table"),
    SettingsRefusedError: Refusal(422, "settings_refused"),
    UnknownZoneError: Refusal(422, "no_such_zone"),
    WrongPlaceError: Refusal(422, "wrong_place", _("This cannot be placed there.")),
    NoVersionError: Refusal(428, "no_version"),
    TooManyCallsError: Refusal(429, "too_many"),
    TooManySentError: Refusal(429, "too_many_sent"),
}
_UNKNOWN = Refusal(500, "failed")


def refusal_of(error: DesksideError) -> Refusal:
    """Return what was declared of an error, or of what it is a kind of; without both its own text is all there is."""
    return next((REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS), _UNKNOWN)
