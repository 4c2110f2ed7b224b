"""Which requirements of the organisation and of recordings there are, and why those that no test proves yet come later.

An id whose proof arrives needs no edit here: `requirements` shows the proof instead of the reason.
"""

from collections.abc import Iterator

ORGANISATION = (
    "COMP-01…28 I18N-01…28 ORG-01…80 ORG-58a ORG-58b PERM-01…60 PERM-07a PERM-12a PERM-12b PERM-15a PERM-15b"
    " PERM-21a PERM-21b PERM-22a PERM-22b SEC-01…71 SEC-33a EDGE-01…52"
)
"""Every id of the specification's part on the organisation; a range stands for all numbers in it."""
RECORDING = "REC-01…37"
"""Every id of its part on recordings."""
PHONES = "MOB-01…155 LENS-01…41"
"""Every id of its part on phones and cameras."""
CUSTOMERS_SIDE = "CHAT-01…16 APP-01…92"
"""Every id of Instant Chat and of the applet's settings."""
CHANNELS_AND_FIELDS = "CHAN-01…49 FIELD-01…23"
"""Every id of channels and of custom fields."""
SURVEYS = "SURV-01…29"
"""Every id of surveys."""
SESSIONS = "SESS-01…220 CONS-01…95 TECH-01…49 CLIP-01…11 EV-01…21"
"""Every id of sessions, the console, technicians, the clipboard and the events of all."""
_REASONS = {
    # ── sessions ──
    "the number is one everywhere; no test compares every place that shows it": "SESS-01",
    "the customer's system is kept as text; a device's own number is not asked for": "SESS-08 SESS-10",
    "the address is kept or left out as the organisation wants; no test of a session says so": "SESS-11",
    "the Calling Card is a step of its own: its sessions, its queue, its deployment": (
        "SESS-13 SESS-48 SESS-130 TECH-16 CONS-19 CONS-94 CONS-95"
    ),
    "tracking ids come with the export of session data": "SESS-14 SESS-218",
    "which tools were used, and how much was sent, come with the events of tools": "SESS-15 SESS-16 EV-09",
    "licences for phones are stored and counted; sessions that need one come later": "SESS-36 SESS-158",
    "a session begins as the program or page connects: what happens before is not seen": "SESS-49",
    "waiting times are told by page and program; the Calling Card is a step of its own": "SESS-58",
    "the page and the program name the technician as the session begins; the log has no line with a time for it": (
        "SESS-59 CONS-49"
    ),
    "the group decides whether sessions start automatically; the technician's own choice comes later": (
        "SESS-65…67 CONS-04"
    ),
    "with each group the refusal of private sessions is a choice of its own": "SESS-112…114 SESS-116",
    "a code that has expired says so; no test counts that no session was made": "SESS-118",
    "file transfer is a step of its own": "SESS-127…129 CONS-16 CONS-53…57 TECH-13…15",
    "both are chosen in minutes; no test types them": "SESS-135",
    "restarting the customer's computer is a step of its own": "SESS-175 CONS-18 CONS-59",
    "times of reconnection are counted; single ones are moves in the event log, without a report": "SESS-177",
    "start, end and times are kept; the reports that define them come later": (
        "SESS-186 SESS-187 SESS-194 SESS-202…210 SESS-212 SESS-213 CONS-10"
    ),
    "consoles do not report yet what their technicians look at": "SESS-195…201 EV-07 EV-08 EV-20",
    "system lines are kept as events; the report of chat logs, which writes them as sentences, comes later": (
        "SESS-215…217 EV-10 EV-18"
    ),
    # ── the console ──
    "the console runs in a browser, from its own program; a packaged one comes later": "CONS-01",
    "sign-in, sessions, replies and recordings each have their place; one menu of options comes with more of them": (
        "CONS-02 CONS-03"
    ),
    "sounds and schemes of colour are choices to come; light, dark and high contrast follow the system": (
        "CONS-05 CONS-06"
    ),
    "a session has an address of its own; a window of its own comes later": "CONS-08",
    "collaboration is a step of its own": "CONS-12 CONS-48 EV-19",
    "what a group may not do is not shown, and refused; no test walks through all that is hidden": ("CONS-13…15"),
    "system information is a step of its own": "CONS-17 CONS-58",
    "scripts are a step of their own": "CONS-20",
    "unattended computers are a step of their own": "CONS-21",
    "tools for phones are steps of their own": "CONS-22…24",
    "the customer's hand has priority; the choice comes later": "CONS-29",
    "the technician's own screen, screenshots and credentials come with the console's further tools": "CONS-30…32",
    "wallpaper and effects come with the console's further tools": "CONS-34…39",
    "the history of a customer comes later": "CONS-60",
    "content portals come later": "CONS-63…77",
    "drawing on the screen, and files, come with the console's further tools": "CONS-28 CONS-52",
    "private sessions start automatically, but wait for the moment in which the console takes them": "SESS-64",
    "replies are exchanged as files; sets of a group, and who may export them, come later": "CONS-87 CONS-90",
    # ── technicians, clipboard, events ──
    "the console says goodbye itself; a page of the organisation's own comes later": "TECH-19",
    "times of status and of sign-ins come with the reports on them": "TECH-22…25 EV-13 EV-14",
    "watching a technician's desktop is a step of its own": "TECH-26…48",
    "who is exempt from automatic starts gets none; watching others is a step of its own": "TECH-49",
    "text goes both ways, in each session apart; the choice of one clipboard for all, and other formats, come later": (
        "CLIP-03…11"
    ),
    "sessions, their moves, parts and hand-overs are kept as events, which other tests read; fields of the "
    "specification that belong to later steps are not there": "EV-01…05",
    "edits of fields, notes and surveys are kept with the session, not as events of their own": "EV-06 EV-11 EV-12",
    "memberships are kept as they are now, and copied where something happens": "EV-16 EV-17",
    # ── surveys ──
    "the export of sessions, and the post at their end, are steps of their own": "SURV-21",
    "what is edited of a question is saved with the settings around it: there is no step between": "SURV-16",
    # ── channels and custom fields ──
    "master administrators can add channels to the ten that there are, in the Admin Center and by the API": "CHAN-08",
    "the Calling Card and its form are a step of their own": "CHAN-02 FIELD-23",
    "assignments take effect at once, in consoles too: that is better than at the next sign-in": "CHAN-18 CHAN-43",
    "the page is served by the relay alone; the form leads to it from any web site": "CHAN-30",
    "the Command Center is a step of its own: its figures and columns": "CHAN-45 FIELD-22",
    "a channel is tried out as its customers come, by the page; which type it starts as is the channel's setting": (
        "CHAN-47 CHAN-48"
    ),
    "content portals, survey pages and the export come with these settings' effects": "FIELD-21",
    # ── phones ──
    "a native app: no browser gives the screen, the apps or the control of a phone": "MOB-26 MOB-31 MOB-42…50 MOB-112",
    "licences are stored and counted; that a phone needs one of its own comes with mobile sessions as a type": (
        "MOB-03…14"
    ),
    "phones and tablets open the page; no test on a real one proves it": "MOB-01 MOB-02 MOB-153",
    "English and Dutch are there, and the page offers a choice besides what the browser prefers": "MOB-15…20",
    "scripts are not there yet": "MOB-21",
    "the permission is stored, locked and told; what it permits comes with Quick Fix": "MOB-23…25 MOB-28…30 MOB-32",
    "Quick Fix is a step of its own": "MOB-33…41",
    "firmware data come with Quick Fix": "MOB-51…59",
    "presets of access points are settings without an effect yet": "MOB-60…78",
    "web shortcuts are settings without an effect yet": "MOB-79…91",
    "configuration profiles are a step of their own": "MOB-27 MOB-92…107 MOB-149",
    "the words of a text message are ours, in the customer's language; a group's own come later": (
        "MOB-108…111 MOB-113…116 MOB-131 MOB-138…143"
    ),
    "the gateway is set by the relay's operator; a form in the Admin Center comes later": "MOB-117",
    "without a gateway text messages are not offered; the technician's own phone is not asked": "MOB-118",
    "numbers are typed with their country code; five an hour for each, and the answer is told": "MOB-119",
    "the look of the customer's side comes with its settings": "MOB-120…123 MOB-126 MOB-127",
    "terms at an address of their own, and what is removed afterwards, come with the settings of phones": (
        "MOB-128…130 MOB-132…133"
    ),
    "what a browser tells of a phone comes with the tools for system information": "MOB-144",
    "chat and camera work on a phone; files, notes, surveys, hold and transfer come with these tools": "MOB-145",
    "a screenshot that the customer picks comes with files; a phone that cannot share says so": "MOB-146",
    "the page comes back and keeps the screen on; that it is in the background is told of its camera only": "MOB-150",
    "optional; it needs the program on a computer beside the phone": "MOB-151",
    "screen, camera and recording are asked for one by one; microphone and files come with sound and files": "MOB-152",
    "no test opens the page in an app's own browser": "MOB-154",
    # ── cameras ──
    "the maximum of active sessions comes with the support desk": "LENS-12",
    "transfers come with the support desk": "LENS-39",
    "sound comes later; the microphone is never requested": "LENS-13…18 LENS-21 LENS-22",
    "what is refused is explained and can be tried again; sending a photo instead comes with files": "LENS-24",
    "the picture is sealed end to end and direct where it can be, by our own links, not DTLS-SRTP": "LENS-25",
    "the rate follows the line; the size of a camera's picture does not yet": "LENS-26",
    "no test measures it on a mobile network": "LENS-27",
    "no browser here has a camera with a light": "LENS-29",
    "pen, arrow, rectangle and clearing are there; circle and colours come later": "LENS-30",
    "the pointer of the picture comes to the camera's with the page's own": "LENS-31",
    "recordings and photos are kept; a picture with its drawing comes with screenshots": "LENS-32",
    "the customer freezes the picture; the technician is not told yet who did": "LENS-33",
    "the screen is kept on; no test on a real phone proves it": "LENS-35",
    "a turned phone gives a picture of another size; the technician's own turning comes later": "LENS-37",
    # ── the organisation and recordings ──
    "files, diagnostics, scripts and the whiteboard come with the console's further tools": (
        "COMP-06…09 PERM-05 PERM-06 PERM-09…11 PERM-17 PERM-23 PERM-24 PERM-32"
    ),
    "the permission is stored, locked and told; what it permits comes with transfer and collaboration": (
        "COMP-10 COMP-12 PERM-20 PERM-21 PERM-22a PERM-22b EDGE-24 EDGE-25"
    ),
    "the permission is stored, locked and told; what it permits comes with the Calling Card": "PERM-19",
    "the permission is stored, locked and told; what it permits comes with unattended computers": "PERM-26",
    "phones and Lens are a step of their own": (
        "COMP-11 COMP-15 COMP-23 PERM-28 PERM-30 PERM-31 EDGE-26 EDGE-27 I18N-03 I18N-05 I18N-24 I18N-25"
    ),
    "consent in advance, as a setting of channels and groups, comes with these settings' effects": "EDGE-23",
    "a permission that goes while its function runs comes with the functions that run long": "EDGE-28",
    "the Command Center is a step of its own": "COMP-16…18 COMP-20…22 SESS-211 SESS-220 TECH-21 EV-21",
    "the console runs in a browser from its own program; a hosted one comes with its packaging": "COMP-04",
    "PIN and link are there; sending a link by e-mail comes with the further methods of invitation": "COMP-05",
    "starting within seconds is measured by hand on Linux only; Mac and Windows come with packaging": "COMP-14",
    "channels can be named and assigned; the web links that lead into them come with channels": "COMP-03",
    "guides, system requirements and a document on security are pages of the documentation to come": (
        "COMP-24 COMP-26 COMP-28 I18N-28"
    ),
    "new unattended computers are counted when there are any": "ORG-06",
    "how the hierarchy shows in the console comes with transfer and collaboration": "ORG-74…80",
    "English and Dutch are there; other languages are offered when their translations are complete": (
        "I18N-01 I18N-02 I18N-06"
    ),
    "the Calling Card is a step of its own": "I18N-23",
    "the page is the same for every organisation; adapting, hosting and embedding it come with channels": (
        "CHAT-04…06 CHAT-13 CHAT-16 I18N-27"
    ),
    "a channel is tried out with channels": "CHAT-07",
    "the organisation's name and logo are shown; those of a channel or group come with these settings' effects": (
        "APP-50…53"
    ),
    "how long customers may wait, and their place in the queue, come with these settings' effects": (
        "CHAT-09 APP-35…47"
    ),
    "forms are drawn from what each setting declares; no test compares them with a list of the specification's": (
        "APP-01 APP-02"
    ),
    "the help program starts as a normal application; as a service it comes with packaging for each system": (
        "APP-22…29"
    ),
    "the customer's hand has priority; the choice comes with what else follows the technician's group": (
        "APP-31 APP-32 APP-34"
    ),
    "logos and icons of a channel or group are stored and checked; the customer's side shows the organisation's": (
        "APP-48 APP-54…58"
    ),
    "the program is removed by its customer; it does not remove itself": "APP-71 SESS-52 SESS-185",
    "permissions are asked for when the technician first needs them; one question at the start comes later": (
        "APP-84…91 SESS-60…62 CONS-33"
    ),
    "terms are plain text of any length in a form's box; no test types into it": "APP-61",
    "accepting leads to the handshake, which other tests prove": "APP-68",
    "the page that explains the download is always shown; the choice comes with the one-click launcher": "APP-14…16",
    "there is no one-click launcher yet": "APP-17…19",
    "on Windows the language of the display decides so far; its regional setting comes with packaging": (
        "I18N-26 EDGE-48"
    ),
    "nothing translates what people write; no test holds that it stays so": "EDGE-52",
    "the console's own choice of language comes with its packaging": "I18N-13…19",
    "there are no samples of code in the Admin Center yet": "I18N-12",
    "nothing is stored where the organisation wants none; the column comes with the report on sessions": "SEC-19",
    "a direct path shows both addresses by nature; a choice to use none comes with the settings of connections": (
        "EDGE-31"
    ),
    "single sign-on is a step of its own; nobody signs in with it yet": "EDGE-38 EDGE-43",
    "external technicians do not sign in yet; they come with collaboration": "SEC-60 SEC-69",
    "exceptions are lines of one list, written as prefixes, without a row and a button for each": "SEC-54",
    "labels are managed with the Command Center": "EDGE-15",
    "there is no console that is a web page alone; its own program writes files": "REC-22",
    "recordings are AVIs, which browsers do not play by themselves; the console's player and `convert` are for that": (
        "REC-33"
    ),
}


def spread(ids: str) -> Iterator[str]:
    """Return each id of a line in which a range stands for all numbers in it."""
    for part in ids.split():
        first, _, last = part.partition("…")
        kind, _, number = first.partition("-")
        if not last:
            yield first
            continue
        for each in range(int(number), int(last) + 1):
            yield f"{kind}-{each:02}"


LATER = {requirement: why for why, ids in _REASONS.items() for requirement in spread(ids)}
"""Why each of these comes later."""
