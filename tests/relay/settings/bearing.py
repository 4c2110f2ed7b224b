"""Which setting answers which requirement of the specification: read from the specification, line by line.

Ids that describe behaviour, permissions or things with pages of their own are not here.
"""

_TABLE = """
API-18 api.tokens
API-19 api.tokens
API-32 api.rate
APP-08 applet.run_type
APP-09 applet.run_type
APP-10 applet.run_type
APP-11 applet.run_type
APP-14 applet.download_page
APP-15 applet.download_page
APP-16 applet.download_page
APP-17 applet.launcher
APP-18 applet.launcher
APP-20 applet.download_page applet.launcher
APP-22 service.administrator
APP-23 service.administrator
APP-24 service.elevation
APP-25 service.elevation
APP-28 service.administrator service.elevation
APP-31 control.priority
APP-32 control.priority
APP-33 control.priority
APP-34 control.priority
APP-35 waiting.estimate
APP-36 waiting.estimate
APP-37 waiting.estimate
APP-40 waiting.message
APP-41 waiting.message
APP-42 waiting.message
APP-46 waiting.estimate waiting.message
APP-48 look.logo
APP-49 look.application_name
APP-50 look.logo
APP-51 look.logo
APP-52 look.icon
APP-53 look.icon
APP-56 look.logo look.icon
APP-57 look.logo look.icon
APP-59 terms.on
APP-60 terms.on
APP-61 terms.text
APP-62 terms.text
APP-63 terms.text
APP-64 terms.text
APP-65 terms.scroll
APP-73 timeouts.connecting
APP-75 control.no_stop_key
APP-79 control.no_stop_key
APP-80 control.no_stop_key
APP-82 control.no_stop_key
APP-84 control.ask_at_start
APP-87 control.ask_at_start
CARD-20 availability.start
CARD-45 group_card.installer
CARD-46 group_card.installer
CARD-47 group_card.installer
CARD-49 card.application_name
CARD-51 card.application_name
CARD-52 card.menu_colour
CARD-53 card.text_colour
CARD-54 card.text_colour
CARD-55 card.border_colour
CARD-56 card.border_width
CARD-57 card.footer_colour
CARD-58 card.footer_height
CARD-59 card.icon
CARD-60 card.icon
CARD-61 card.icon
CARD-62 card.icon
CARD-63 card.logo
CARD-64 card.logo
CARD-65 card.header
CARD-66 card.header
CARD-67 card.header
CARD-68 card.background
CARD-69 card.background
CARD-70 card.background
CARD-71 card.help_page
CARD-72 card.help_off
CARD-73 card.links
CARD-74 card.links
CARD-75 card.terms_text card.terms_page
CARD-83 card.before_form
CARD-84 card.after_form
CARD-85 card.fields
CARD-86 card.fields
CARD-87 card.fields
CARD-88 card.code_lines
CARD-89 card.methods
CARD-90 card.default_method
CARD-91 card.methods
CARD-92 card.own_codes_only
CARD-93 card.own_codes_only
CARD-94 card.own_codes_only
CARD-99 group_card.installer
CC-12 command_center.reset
CC-28 unit_labels.labels
CC-30 labels.list
CC-31 labels.list
CC-32 labels.list
CC-33 unit_labels.labels
CC-34 unit_labels.labels
CC-43 command_center.longest_wait_warning command_center.longest_wait_alarm
CC-43 command_center.longest_handling_warning command_center.longest_handling_alarm
CC-43 command_center.mean_handling_warning command_center.mean_handling_alarm
CC-44 command_center.longest_wait_warning command_center.longest_wait_alarm
CC-44 command_center.longest_handling_warning command_center.longest_handling_alarm
CC-44 command_center.mean_handling_warning command_center.mean_handling_alarm
CC-45 command_center.longest_wait_alarm command_center.longest_handling_alarm
CC-45 command_center.mean_handling_alarm
CC-46 command_center.reset
CC-47 command_center.reset
CC-48 command_center.column
CC-49 command_center.column
CC-50 console.most_sessions
CHAN-06 timeouts.waiting
CHAN-34 channel_fields.fields
CHAT-01 applet.run_type
CHAT-08 look.application_name
CHAT-16 instant_chat.allowed
CLIP-03 options.clipboard
CLIP-04 clipboard.mode
CLIP-05 clipboard.mode
CLIP-06 clipboard.mode
CLIP-07 clipboard.mode
COLL-12 external_connections.own_mail external_connections.server_mail external_connections.link
COLL-12 external_connections.pin
COLL-13 external_connections.own_mail
COLL-14 external_connections.server_mail
COMP-23 licences.totals
COMP-27 licences.totals
CONS-04 options.sounds options.scheme options.folder options.clipboard options.auto_start_private
CONS-04 options.edit_in_list
CONS-05 options.sounds
CONS-06 options.scheme
CONS-29 control.priority
CONS-34 console.no_effects
CONS-36 console.no_effects
CONS-37 console.no_effects
CONS-63 portals.link
CONS-64 portals.link_name
CONS-65 portals.link_page
CONS-66 portals.link_page
CONS-67 portals.link
CONS-68 portals.session_page
CONS-70 portals.session_page
CONS-71 portals.start_page
CONS-72 portals.session_page
CONS-75 portals.start_page
CONS-77 portals.session_page
CONS-92 options.edit_in_list
FIELD-01 fields.name fields.1 fields.2 fields.3 fields.4 fields.5
FIELD-02 fields.name
FIELD-03 fields.1 fields.2 fields.3 fields.4 fields.5
FIELD-05 channel_fields.fields
FIELD-10 fields.name fields.1 fields.2 fields.3 fields.4 fields.5
FIELD-13 private_fields.fields
FIELD-14 private_fields.fields
FIELD-15 private_fields.fields
FIELD-16 private_fields.fields
FIELD-17 private_fields.fields
FIELD-18 private_fields.fields
FIELD-22 command_center.column
FIELD-23 card.fields
I18N-09 fields.name
LENS-13 lens.audio
LENS-14 lens.audio
LENS-18 lens.audio
LENS-19 lens.audio
LENS-20 lens.audio
LENS-21 lens.audio
MOB-07 licences.totals
MOB-11 connections.sms
MOB-13 console.auto_start_private
MOB-43 phones.apps
MOB-45 phones.apps
MOB-49 phones.apps
MOB-50 phones.apps
MOB-51 phones.firmware
MOB-52 phones.firmware
MOB-54 phones.firmware
MOB-58 phones.firmware
MOB-60 phones.access_points
MOB-73 phones.access_points
MOB-75 mobile_devices.access_points
MOB-80 phones.shortcuts
MOB-88 phones.shortcuts
MOB-89 mobile_devices.shortcuts
MOB-92 mobile_devices.settings
MOB-93 mobile_devices.settings
MOB-95 mobile_devices.settings
MOB-96 mobile_devices.settings
MOB-97 mobile_devices.settings
MOB-98 mobile_devices.settings
MOB-99 mobile_devices.settings
MOB-100 mobile_devices.settings
MOB-101 mobile_devices.settings
MOB-108 sms_invitation.above
MOB-109 sms_invitation.above
MOB-110 sms_invitation.page
MOB-111 sms_invitation.below
MOB-112 sms_invitation.start_android
MOB-113 sms_invitation.above
MOB-115 sms_invitation.above sms_invitation.page sms_invitation.below
MOB-117 sms_gateway.on sms_gateway.method sms_gateway.page sms_gateway.headers sms_gateway.body
MOB-117 sms_gateway.authentication sms_gateway.user sms_gateway.secret sms_gateway.success
MOB-117 sms_gateway.success_value sms_gateway.timeout sms_gateway.sender sms_gateway.countries sms_gateway.daily
MOB-118 sms_gateway.on
MOB-120 look.application_name
MOB-121 look.logo
MOB-122 look.icon
MOB-123 look.small_logo
MOB-124 look.small_logo
MOB-125 look.small_logo
MOB-127 look.small_logo
MOB-128 mobile_applet.terms mobile_applet.terms_page
MOB-129 mobile_applet.terms_when
MOB-130 mobile_applet.terms_when
MOB-131 mobile_applet.start_by_sms
MOB-132 mobile_applet.offer_removal
MOB-135 terms.on
MOB-136 terms.scroll
MOB-139 phones.store_page
MOB-141 phones.store_page
ORG-30 licences.totals
ORG-31 licences.totals
ORG-74 hierarchy.view
ORG-75 hierarchy.view
ORG-77 hierarchy.view
ORG-80 hierarchy.view
POST-01 export.page
POST-02 export.page
POST-03 export.user export.password
POST-04 export.page
POST-05 export.page export.sender
POST-06 export.format
POST-08 export.password
POST-10 export.started_page export.first_started_page export.ended_page export.suspended_page
POST-10 export.console_closed_page
POST-11 export.started
POST-12 export.first_started
POST-13 export.ended
POST-14 export.suspended
POST-15 export.suspended
POST-16 export.console_closed
POST-17 export.started export.first_started
POST-18 export.ended
POST-66 export.no_chat_in_post
POST-67 export.no_chat_in_post
POST-68 chat_log.keep
POST-69 chat_log.keep
POST-70 export.no_chat_in_post chat_log.keep
POST-71 chat_log.keep
POST-74 export.sender
POST-77 export.secret
POST-78 export.format
REC-01 recording.forced
REC-02 recording.forced
REC-03 recording.forced
REC-08 recording.control_without
REC-09 recording.control_without
REC-10 recording.control_without
REC-11 recording.control_without
REC-13 recording.place
REC-14 recording.folder
REC-15 recording.folder
REC-16 recording.url
REC-17 recording.user recording.password
REC-18 recording.user
REC-19 recording.url recording.password
REC-21 recording.folder
REC-23 recording.folder options.folder
REC-24 recording.deferred
REC-25 recording.deferred
REC-27 recording.deferred
REC-31 recording.format
REC-32 recording.format
REC-33 recording.format
REC-34 recording.format
REP-19 privacy.store_addresses
REP-26 survey_issuer.by
SCR-02 embedded.windows_script embedded.macos_script embedded.linux_script
SCR-03 embedded.windows_script embedded.macos_script embedded.linux_script
SCR-06 embedded.windows_script embedded.windows_shell embedded.macos_script embedded.macos_shell
SCR-06 embedded.linux_script embedded.linux_shell
SCR-07 embedded.windows_script embedded.macos_script embedded.linux_script
SCR-08 embedded.windows_resource embedded.macos_resource embedded.linux_resource
SCR-09 embedded.windows_resource embedded.macos_resource embedded.linux_resource
SCR-10 embedded.windows_script embedded.macos_script embedded.linux_script
SCR-11 embedded.windows_resource embedded.macos_resource embedded.linux_resource
SCR-14 embedded.windows_script embedded.macos_script embedded.linux_script
SCR-16 embedded.after_restart
SCR-17 embedded.disconnected embedded.minutes
SCR-18 embedded.disconnected
SCR-19 embedded.after_restart embedded.disconnected
SCR-28 collections.list
SCR-29 collections.list
SCR-30 collections.list
SCR-37 scripts.collections
SCR-38 scripts.collections
SCR-39 scripts.collections
SCR-40 scripts.collections
SCR-41 scripts.collections
SCR-42 scripts.collections
SCR-43 scripts.collections
SDK-11 api.sdk_keys
SDK-12 api.sdk_keys
SDK-18 api.sdk_keys
SEC-01 notifications.events
SEC-02 notifications.events
SEC-03 notifications.events
SEC-04 notifications.events
SEC-05 notifications.events
SEC-06 notifications.events
SEC-07 notifications.events
SEC-08 notifications.events
SEC-09 notifications.events
SEC-10 notifications.events
SEC-11 notifications.events
SEC-12 notifications.events
SEC-13 notifications.events
SEC-16 privacy.store_addresses
SEC-17 privacy.store_addresses
SEC-18 privacy.store_addresses
SEC-22 password.level
SEC-25 password.level
SEC-26 password.level
SEC-27 password.level
SEC-28 password.level
SEC-31 password.age
SEC-32 password.warn
SEC-33 password.change_after_reset
SEC-34 password.level
SEC-36 two_step.required
SEC-40 two_step.required
SEC-49 addresses.exceptions
SEC-50 addresses.access
SEC-53 console_addresses.exceptions addresses.exceptions
SEC-54 console_addresses.exceptions addresses.exceptions
SEC-55 console_addresses.exceptions addresses.exceptions
SEC-56 console_addresses.exceptions addresses.exceptions
SEC-62 console_addresses.exceptions
SEC-63 console_addresses.access
SESS-17 connections.pin connections.link connections.own_mail connections.server_mail connections.sms
SESS-18 connections.pin
SESS-22 connections.pin_page
SESS-23 connections.pin_page
SESS-24 connections.own_mail
SESS-25 connections.server_mail
SESS-26 connections.own_mail connections.server_mail
SESS-27 connections.mail_subject
SESS-28 connections.mail_text
SESS-31 connections.server_mail
SESS-32 connections.mail_text
SESS-33 connections.link
SESS-34 connections.sms
SESS-35 connections.sms
SESS-38 private_fields.fields
SESS-50 terms.on
SESS-53 timeouts.connecting
SESS-55 waiting.estimate
SESS-56 waiting.message
SESS-57 waiting.message
SESS-60 control.ask_at_start
SESS-64 console.auto_start_private
SESS-65 console.auto_start_private
SESS-66 console.auto_start_private options.auto_start_private
SESS-68 console.most_sessions
SESS-69 auto_transfer.on auto_transfer.minutes auto_transfer.to
SESS-70 auto_transfer.on
SESS-71 auto_transfer.minutes
SESS-74 auto_transfer.on
SESS-75 auto_transfer.to
SESS-76 auto_transfer.to
SESS-77 auto_start.on
SESS-79 auto_start.below
SESS-80 auto_start.below
SESS-84 auto_start.on
SESS-85 auto_start.below
SESS-87 console.defer_auto_start
SESS-88 console.defer_auto_start
SESS-89 console.defer_auto_start
SESS-91 console.defer_auto_start
SESS-92 technician.never_auto_start
SESS-93 technician.never_auto_start
SESS-94 technician.never_auto_start
SESS-95 incoming.only_if_available
SESS-97 incoming.only_if_available
SESS-99 availability.start availability.end
SESS-100 availability.time_zone
SESS-101 availability.days availability.holidays
SESS-102 availability.open_policy availability.closed_policy
SESS-103 availability.open_policy availability.closed_policy
SESS-104 availability.open_notify availability.closed_notify
SESS-105 mail.sender
SESS-106 availability.open_notify availability.closed_notify
SESS-107 availability.open_page availability.closed_page
SESS-108 availability.open_page availability.closed_page
SESS-110 availability.end availability.time_zone
SESS-112 private_availability.private_policy
SESS-113 private_availability.private_policy
SESS-114 private_availability.private_policy
SESS-115 private_availability.private_notify
SESS-116 private_availability.private_page
SESS-117 timeouts.code
SESS-119 timeouts.connecting
SESS-120 timeouts.waiting
SESS-121 timeouts.waiting
SESS-123 timeouts.active
SESS-124 timeouts.active
SESS-135 timeouts.code timeouts.connecting
SESS-136 timeouts.alerts
SESS-137 timeouts.alerts
SESS-138 timeouts.alerts
SESS-165 hierarchy.view
SESS-219 chat_log.keep
SSO-01 sso.method
SSO-02 sso.method
SSO-03 sso.method
SSO-04 sso.method
SSO-12 sso.password
SSO-13 sso.password
SSO-19 sso.password
SSO-46 sso.ticket_seconds
SSO-51 sso.requesters
SSO-52 sso.second_step
SSO-55 sso.failures sso.failures_within sso.wait
SSO-56 sso.providers
SSO-61 sso.keys
SSO-62 sso.mechanisms
SSO-63 sso.mechanisms
SURV-01 technician_survey.mode customer_survey.mode
SURV-02 technician_survey.mode customer_survey.mode
SURV-03 technician_survey.mode customer_survey.mode
SURV-04 technician_survey.questions customer_survey.questions
SURV-05 technician_survey.questions customer_survey.questions
SURV-06 technician_survey.mode technician_survey.page customer_survey.mode customer_survey.page
SURV-08 technician_survey.details customer_survey.details
SURV-09 technician_survey.details customer_survey.details
SURV-10 technician_survey.details customer_survey.details
SURV-12 technician_survey.questions customer_survey.questions
SURV-13 technician_survey.questions customer_survey.questions
SURV-14 technician_survey.questions customer_survey.questions
SURV-15 technician_survey.questions customer_survey.questions
SURV-17 technician_survey.questions customer_survey.questions
SURV-18 technician_survey.mode
SURV-22 customer_survey.mode
SURV-23 customer_survey.mode
SURV-26 survey_issuer.by
SURV-27 survey_issuer.by
TECH-01 console.most_sessions
TECH-03 console.busy_above
TECH-06 console.away_after
TECH-09 console.sign_out_after
TECH-19 console.sign_out_page
TECH-20 console.sign_out_after
TECH-21 console.most_sessions
TECH-43 monitoring.credentials
TECH-44 monitoring.notify
TECH-45 monitoring.notify
TECH-46 monitoring.credentials monitoring.notify
UNAT-20 unattended.administrator
UNAT-21 unattended.administrator
UNAT-23 unattended.administrator
UNAT-24 unattended.administrator
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in table.strip().splitlines():
        requirement, *keys = line.split()
        found[requirement] = (*found.get(requirement, ()), *keys)
    return found


BEARING = _read(_TABLE)
"""Requirement id → the keys of the settings that it asks for."""
