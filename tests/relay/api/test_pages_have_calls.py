"""Whatever somebody does on a page, a program does by a call; and where not, somebody has said why.

A new form fails here until it has its call.
"""

from pathlib import Path

from aiohttp import web

from relay.api.calls import calls_of
from relay.api.document import APIS
from relay.app import make_app
from relay.store.database import open_store
from relay.web.api import PREFIX
from tests.support.relays import settings_for

NAMES = {declared.name for api in APIS.values() for declared, _handler in calls_of(api)}
_SAVING = {"save_settings"}
_LOCKING = {"lock_setting"}
CALLS: dict[str, set[str]] = {
    "/sign-in": {"sign_in"},
    "/sign-in/code": {"sign_in"},
    "/sign-in/authenticator": {"propose_due_authenticator", "confirm_due_authenticator"},
    "/sign-in/password": {"choose_due_password"},
    "/forgotten": {"forgot_password"},
    "/choose-password": {"choose_by_link"},
    "/sign-out": {"sign_out"},
    "/sign-out-there": {"list_sign_ins", "end_sign_in"},
    "/sign-out-everywhere": {"sign_out_everywhere"},
    "/account/password": {"show_password_rule", "change_password"},
    "/account/two-step/propose": {"show_second_step", "propose_authenticator"},
    "/account/two-step/confirm": {"confirm_authenticator"},
    "/account/two-step/codes": {"renew_recovery_codes"},
    "/account/two-step/remove": {"remove_authenticator"},
    "/account/notifications": {"show_notifications", "choose_notifications"},
    "/account/organisation": {"show_details", "edit_details"},
    "/admin/create": {"creatable", "create_unit"},
    "/admin/status": {"set_status"},
    "/admin/preview": {"preview_drag"},
    "/admin/place": {"move_units", "link_units"},
    "/admin/unlink": {"unlink_units"},
    "/admin/delete": {"delete_units"},
    "/admin/organization/{unit}": {"show_unit", "edit_unit", "show_permissions", "edit_permissions"},
    "/admin/organization/{unit}/password": {"set_password"},
    "/admin/organization/{unit}/two-step": {"show_way_in", "reset_second_step"},
    "/admin/organization/{unit}/invitation": {"invite"},
    "/admin/organization/{unit}/link": {"invite"},
    "/admin/organization/{unit}/add/{kind}": {"add_person"},
    "/admin/welcome/organisation": {"show_details", "edit_details", "set_logo", "remove_logo"},
    "/admin/welcome/recordings": _SAVING,
    "/admin/welcome/group": {"create_unit", "edit_unit"},
    "/admin/welcome/technician": {"add_person"},
    "/admin/welcome/pin": {"make_code"},
    "/admin/invitations": {"list_invitations", "invite", "withdraw_invitation"},
    "/admin/organization/{unit}/withdrawal": {"withdraw_invitation"},
    "/admin/organization/{unit}/targets/{key}": {"show_targets", "set_targets"},
    "/admin/organization/{unit}/more": _SAVING,
    "/admin/organization/{unit}/more/lock": _LOCKING,
    "/admin/settings/{unit}": _SAVING,
    "/admin/settings/{unit}/lock": _LOCKING,
    "/admin/calling-card/{unit}": _SAVING,
    "/admin/calling-card/{unit}/lock": _LOCKING,
    "/admin/resources/{unit}": _SAVING,
    "/admin/resources/{unit}/lock": _LOCKING,
    "/admin/global-settings/{unit}": _SAVING,
    "/admin/global-settings/{unit}/lock": _LOCKING,
    "/admin/api-keys": {"list_keys", "make_key"},
    "/admin/api-keys/{key}/revoke": {"revoke_key"},
    "/admin/people/preview": {"import_people"},
    "/admin/people/confirm": {"import_people"},
    "/admin/licences": {"show_licences", "set_licences"},
}
"""The forms of staff, and the calls that do the same."""
WITHOUT = {
    "/setup": "only whoever sees the relay's terminal sets it up",
    "/start": "customers come by their applet",
    "/channel/{channel}": "customers say who they are on the page, or in a form of any web site",
    "/download/{name}": "customers take the help program along from their page",
    "/admin/welcome/mail": "only the page sends a test mail so far",
    "/admin/welcome/skip/{step}": "the first steps lead people; a program just does them",
    "/admin/welcome/dismiss": "the first steps lead people; a program just does them",
    "/choose-password/opened": "the page of a link says that it was opened; a program just uses it",
    "/survey/{token}": "customers answer on the page, or in what they take part with, which posts to it too",
    "/not-them": "customers say so on the page that they came to",
    "/admin/sessions/{unit}/{session}/{intent}": "administrators decide about others’ sessions on the page only so far",
    "/admin/exclude": "a technician is taken off a channel on its page only so far",
    "/admin/undo": "a program takes back what it did by the opposite call",
    "/admin/settings/{unit}/test-location": "only the page has the relay try a location so far",
    "/check": "a save says the same of every value, and keeps nothing while one is refused",
}
"""Forms without a call, and why; `/check` stands for all that end so."""


async def test_every_form_of_staff_has_its_call(tmp_path: Path) -> None:
    made = settings_for(tmp_path)
    made.data.mkdir(parents=True)
    store = await open_store(made.database)
    runner = web.AppRunner(await make_app(made, store))
    await runner.setup()
    forms = {
        route.resource.canonical
        for route in runner.app.router.routes()
        if route.resource is not None and route.method == "POST" and not route.resource.canonical.startswith(PREFIX)
    }
    await runner.cleanup()
    await store.close()
    open_ones = {path for path in forms if not path.endswith("/check")} - set(WITHOUT)
    assert sorted(open_ones - set(CALLS)) == [], "give the form a call, or say here why it has none"
    assert set().union(*CALLS.values()) <= NAMES
