"""Which refusal of the API each named error becomes: its status, and what programs call it."""

from relay.api.calls import BadQueryError, NoVersionError, TooLargeError
from relay.api.organization import UnknownPermissionError
from relay.api.sign_in import NoSuchSignInError
from relay.api_keys.rules import (
    KeyNotFromHereError,
    KeyRefusedError,
    NoSuchKeyError,
    ScopeMissingError,
    TooManyCallsError,
)
from relay.codes.rules import NoPinLeftError, TooManyCodesError
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
    WrongPlaceError,
)
from relay.people_csv.table import BadTableError
from relay.permissions.service import NotPermittedError
from relay.reports.periods import UnknownZoneError
from relay.reports.service import UnknownReportError
from relay.sessions.service import EndedError, NoSuchSessionError, TakenError
from relay.settings import changes
from relay.settings.catalogue import UnknownSettingError
from relay.settings.holders import UnknownUnitError
from relay.settings.validation import SettingsRefusedError
from relay.sign_in.authentication import DisabledError, GroupDisabledError, WrongSignInError
from relay.sign_in.service import (
    EnrolmentNeededError,
    NoLicenceError,
    NoLicenceFreeError,
    NotFromHereError,
    NothingDueError,
    NotTechnicianError,
    OtherVersionError,
    PasswordChangeNeededError,
    SecondStepNeededError,
    TicketEndedError,
)
from relay.sign_in.two_step import HasAuthenticatorError, NotSetUpYetError, WrongCodeError
from relay.web.api import BadBodyError, NotSignedInError, Refusals

REFUSALS: Refusals = {
    BadBodyError: (400, "bad_body"),
    BadQueryError: (400, "bad_query"),
    KeyRefusedError: (401, "key_refused"),
    NotSignedInError: (401, "not_signed_in"),
    SecondStepNeededError: (401, "second_step_needed"),
    WrongCodeError: (401, "wrong_code"),
    OtherVersionError: (409, "other_version"),
    TicketEndedError: (401, "ticket_ended"),
    DisabledError: (403, "disabled"),
    GroupDisabledError: (403, "group_disabled"),
    NoLicenceError: (403, "no_licence"),
    NoLicenceFreeError: (403, "no_licence_free"),
    NotTechnicianError: (403, "not_a_technician"),
    WrongSignInError: (401, "wrong_sign_in"),
    EnrolmentNeededError: (403, "enrolment_needed"),
    NotFromHereError: (403, "not_from_here"),
    NotSetUpYetError: (403, "enrolment_needed"),
    PasswordChangeNeededError: (403, "password_change_needed"),
    LinkRefusedError: (403, "link_refused"),
    KeyNotFromHereError: (403, "key_not_from_here"),
    NotAllowedError: (403, "not_allowed"),
    PeopleOnlyError: (403, "people_only"),
    OutrankedError: (403, "outranked"),
    ProofNeededError: (403, "proof_needed"),
    NotPermittedError: (403, "not_permitted"),
    ScopeMissingError: (403, "scope_missing"),
    changes.SettingNotAllowedError: (403, "not_allowed"),
    NoSuchCodeError: (404, "no_such_code"),
    NoSuchKeyError: (404, "no_such_key"),
    NoInvitationError: (404, "no_invitation"),
    NoSecondStepError: (404, "no_second_step"),
    NoSuchSignInError: (404, "no_such_sign_in"),
    NoSuchSessionError: (404, "no_such_session"),
    NotThereError: (404, "no_such_unit"),
    UnknownReportError: (404, "no_such_report"),
    UnknownPermissionError: (404, "no_such_permission"),
    UnknownSettingError: (404, "no_such_setting"),
    UnknownUnitError: (404, "no_such_unit"),
    ChangedMeanwhileError: (409, "changed_meanwhile"),
    CycleError: (409, "cycle"),
    EndedError: (409, "ended"),
    HasAuthenticatorError: (409, "has_authenticator"),
    LastOneError: (409, "last_one"),
    LockedError: (409, "locked"),
    NoAddressError: (409, "no_address"),
    NoLicenceLeftError: (409, "no_licence_left"),
    NoMailServerError: (409, "no_mail_server"),
    NoPinLeftError: (409, "no_pin_left"),
    NotEmptyError: (409, "not_empty"),
    NothingDueError: (409, "nothing_due"),
    TakenError: (409, "taken"),
    TooManyCodesError: (409, "too_many_codes"),
    changes.ConflictError: (409, "changed_meanwhile"),
    TooLargeError: (413, "too_large"),
    BadTableError: (422, "bad_table"),
    SettingsRefusedError: (422, "settings_refused"),
    UnknownZoneError: (422, "no_such_zone"),
    WrongPlaceError: (422, "wrong_place"),
    NoVersionError: (428, "no_version"),
    TooManyCallsError: (429, "too_many"),
}
