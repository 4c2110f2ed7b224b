"""The organisation: groups, roles, links, permissions, settings, audit, and what guards the accounts.

Whoever could sign in before still can. The first master administrator becomes the account owner; technicians come
into a group of their own; who could use the console gets a licence for it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROOTS = {
    "master_administrators": "Master administrators",
    "administrators": "Administrators",
    "technicians": "Technicians",
    "channels": "Channels",
    "external": "External technicians",
    "computers": "Unattended computers",
}
_CHANNELS = 10


def upgrade() -> None:
    """Make the tables, then bring everybody who is there into them."""
    _make_tables()
    _extend_tables()
    _move_in()
    with op.batch_alter_table("person") as person:
        person.alter_column("role", nullable=False)
        person.alter_column("changed_at", nullable=False)
        person.drop_column("is_technician")
        person.drop_column("is_master_administrator")


def _unit_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("deleted_at", sa.DateTime),
    ]


def _make_tables() -> None:
    op.create_table(
        "administrator_group",
        *_unit_columns(),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("administrator_group.id")),
        sa.Column("rights", sa.String(16), nullable=False),
        sa.Column("allow_command_center", sa.Boolean, nullable=False),
        sa.Column("allow_reports", sa.Boolean, nullable=False),
        sa.CheckConstraint(
            "rights = 'standard' OR allow_command_center OR allow_reports", name="restricted_to_something"
        ),
    )
    op.create_index("ix_administrator_group_parent_id", "administrator_group", ["parent_id"])
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("change_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("actor_kind", sa.String(32), nullable=False),
        sa.Column("actor_name", sa.String(128), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("unit_kind", sa.String(32), nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("unit_name", sa.String(256), nullable=False),
        sa.Column("unit_version", sa.Integer),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("section", sa.String(64), nullable=False),
        sa.Column("field", sa.String(128), nullable=False),
        sa.Column("old_value", sa.Text, nullable=False),
        sa.Column("old_action", sa.String(16), nullable=False),
        sa.Column("new_value", sa.Text, nullable=False),
        sa.Column("new_action", sa.String(16), nullable=False),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_change_id", "audit_event", ["change_id"])
    op.create_index("ix_audit_event_unit_kind", "audit_event", ["unit_kind"])
    op.create_table(
        "channel",
        *_unit_columns(),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "external_group",
        *_unit_columns(),
    )
    op.create_table(
        "external_permission",
        sa.Column("unit_kind", sa.String(32), primary_key=True),
        sa.Column("unit_id", sa.Integer, primary_key=True),
        sa.Column("permission", sa.String(32), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "global_settings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("store_customer_ip", sa.Boolean, nullable=False),
        sa.Column("password_min_level", sa.String(16), nullable=False),
        sa.Column("password_max_age_days", sa.Integer, nullable=False),
        sa.Column("password_warn_days", sa.Integer, nullable=False),
        sa.Column("force_change_after_admin_reset", sa.Boolean, nullable=False),
        sa.Column("two_step_required_admins", sa.Boolean, nullable=False),
        sa.Column("two_step_required_technicians", sa.Boolean, nullable=False),
        sa.Column("hierarchy_view", sa.String(16), nullable=False),
        sa.Column("ip_default_access", sa.String(16), nullable=False),
    )
    op.create_table(
        "technician_group",
        *_unit_columns(),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("technician_group.id")),
        sa.Column("ip_default_access", sa.String(16), nullable=False),
    )
    op.create_index("ix_technician_group_parent_id", "technician_group", ["parent_id"])
    op.create_table(
        "tree_root",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
    )
    op.create_table(
        "computer_group",
        *_unit_columns(),
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id"), nullable=False),
    )
    op.create_index("ix_computer_group_technician_group_id", "computer_group", ["technician_group_id"])
    op.create_table(
        "external_technician",
        *_unit_columns(),
        sa.Column("external_group_id", sa.Integer, sa.ForeignKey("external_group.id"), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
    )
    op.create_index("ix_external_technician_external_group_id", "external_technician", ["external_group_id"])
    op.create_table(
        "permission_target",
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id"), primary_key=True),
        sa.Column("permission", sa.String(32), primary_key=True),
        sa.Column("target_kind", sa.String(32), primary_key=True),
        sa.Column("target_id", sa.Integer, primary_key=True),
    )
    op.create_table(
        "administrator_link",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id")),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("administrator_group_id", sa.Integer, sa.ForeignKey("administrator_group.id")),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.CheckConstraint("(person_id IS NULL) <> (administrator_group_id IS NULL)", name="one_holder"),
        sa.UniqueConstraint(
            "administrator_group_id", "technician_group_id", name="uq_administrator_link_administrator_group_id"
        ),
        sa.UniqueConstraint("person_id", "technician_group_id", name="uq_administrator_link_person_id"),
    )
    op.create_index("ix_administrator_link_technician_group_id", "administrator_link", ["technician_group_id"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("last_used_at", sa.DateTime),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
    )
    op.create_table(
        "channel_exclusion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channel.id"), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.UniqueConstraint("person_id", "channel_id", name="uq_channel_exclusion_person_id"),
    )
    op.create_index("ix_channel_exclusion_channel_id", "channel_exclusion", ["channel_id"])
    op.create_table(
        "channel_link",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channel.id"), nullable=False),
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id"), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.UniqueConstraint("channel_id", "technician_group_id", name="uq_channel_link_channel_id"),
    )
    op.create_index("ix_channel_link_technician_group_id", "channel_link", ["technician_group_id"])
    op.create_table(
        "external_link",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("external_group_id", sa.Integer, sa.ForeignKey("external_group.id")),
        sa.Column("external_technician_id", sa.Integer, sa.ForeignKey("external_technician.id")),
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id")),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.CheckConstraint("(external_group_id IS NULL) <> (external_technician_id IS NULL)", name="one_guest"),
        sa.CheckConstraint("(person_id IS NULL) <> (technician_group_id IS NULL)", name="one_host"),
        sa.UniqueConstraint("external_group_id", "person_id", name="uq_external_link_group_person"),
        sa.UniqueConstraint("external_group_id", "technician_group_id", name="uq_external_link_external_group_id"),
        sa.UniqueConstraint("external_technician_id", "person_id", name="uq_external_link_technician_person"),
        sa.UniqueConstraint(
            "external_technician_id", "technician_group_id", name="uq_external_link_external_technician_id"
        ),
    )
    op.create_index("ix_external_link_person_id", "external_link", ["person_id"])
    op.create_index("ix_external_link_technician_group_id", "external_link", ["technician_group_id"])
    op.create_table(
        "group_permission",
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id"), primary_key=True),
        sa.Column("permission", sa.String(32), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("option", sa.String(32)),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("locked_by", sa.Integer, sa.ForeignKey("person.id")),
    )
    op.create_table(
        "ip_exception",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id")),
        sa.Column("network", sa.String(45), nullable=False),
        sa.Column("prefix", sa.Integer, nullable=False),
        sa.Column("family", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.CheckConstraint("(scope = 'global') = (technician_group_id IS NULL)", name="group_where_needed"),
    )
    op.create_index("ix_ip_exception_technician_group_id", "ip_exception", ["technician_group_id"])
    op.create_table(
        "licence",
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("assigned_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "notification_subscription",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("person_id", "event", name="uq_notification_subscription_person_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
        sa.UniqueConstraint("digest", name="uq_recovery_code_digest"),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])
    op.create_table(
        "setting_value",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("unit_kind", sa.String(32), nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("set_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("set_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("unit_kind", "unit_id", "key", name="uq_setting_value_unit_kind"),
    )
    op.create_table(
        "sign_in_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("component", sa.String(32), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("result", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_index("ix_sign_in_event_person_id", "sign_in_event", ["person_id"])
    op.create_index("ix_sign_in_event_started_at", "sign_in_event", ["started_at"])
    op.create_table(
        "two_step_enrolment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("secret", sa.String(500)),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("confirmed_at", sa.DateTime),
        sa.Column("last_counter", sa.Integer),
        sa.Column("reset_at", sa.DateTime),
        sa.Column("reset_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.UniqueConstraint("person_id", name="uq_two_step_enrolment_person_id"),
    )
    op.create_table(
        "computer",
        *_unit_columns(),
        sa.Column("granted_at", sa.DateTime),
        sa.Column("granted_by_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("granted_in_id", sa.Integer, sa.ForeignKey("session.id")),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("sign_in_as", sa.String(16), nullable=False),
        sa.Column("key", sa.String(200)),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("viewed_at", sa.DateTime),
    )
    op.create_table(
        "computer_link",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("computer_id", sa.Integer, sa.ForeignKey("computer.id"), nullable=False),
        sa.Column("technician_group_id", sa.Integer, sa.ForeignKey("technician_group.id")),
        sa.Column("computer_group_id", sa.Integer, sa.ForeignKey("computer_group.id")),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.Integer, sa.ForeignKey("person.id")),
        sa.CheckConstraint(
            "(CASE WHEN technician_group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN computer_group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_place",
        ),
        sa.UniqueConstraint("computer_id", "computer_group_id", name="uq_computer_link_computer_group"),
        sa.UniqueConstraint("computer_id", "person_id", name="uq_computer_link_computer_person"),
        sa.UniqueConstraint("computer_id", "technician_group_id", name="uq_computer_link_computer_id"),
    )
    op.create_index("ix_computer_link_computer_group_id", "computer_link", ["computer_group_id"])
    op.create_index("ix_computer_link_person_id", "computer_link", ["person_id"])
    op.create_index("ix_computer_link_technician_group_id", "computer_link", ["technician_group_id"])


def _extend_tables() -> None:
    with op.batch_alter_table("organisation") as organisation:
        organisation.add_column(sa.Column("registration_language", sa.String(16), nullable=False, server_default="en"))
        organisation.add_column(sa.Column("contact_details", sa.Text, nullable=False, server_default=""))
        organisation.add_column(sa.Column("billing_details", sa.Text, nullable=False, server_default=""))
        organisation.add_column(sa.Column("standard_licences", sa.Integer))
        organisation.add_column(sa.Column("mobile_licences", sa.Integer))
        organisation.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    with op.batch_alter_table("session") as session:
        session.add_column(sa.Column("customer_ip", sa.String(45)))
        session.add_column(sa.Column("customer_language", sa.String(16)))
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("role", sa.String(32)))
        person.add_column(sa.Column("description", sa.Text, nullable=False, server_default=""))
        person.add_column(sa.Column("status", sa.String(16), nullable=False, server_default="enabled"))
        person.add_column(sa.Column("sso_id", sa.String(254)))
        person.add_column(sa.Column("administrator_group_id", sa.Integer))
        person.add_column(sa.Column("technician_group_id", sa.Integer))
        person.add_column(sa.Column("password_level", sa.String(16)))
        person.add_column(sa.Column("password_changed_at", sa.DateTime))
        person.add_column(sa.Column("password_set_by", sa.Integer))
        person.add_column(sa.Column("must_change_password", sa.Boolean, nullable=False, server_default=sa.false()))
        person.add_column(sa.Column("ui_language", sa.String(16)))
        person.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
        person.add_column(sa.Column("changed_at", sa.DateTime))
        person.add_column(sa.Column("valid_since", sa.DateTime))
        person.add_column(sa.Column("deleted_at", sa.DateTime))
        person.alter_column("email_key", existing_type=sa.String(254), nullable=True)
        person.alter_column("nickname", existing_type=sa.String(64), type_=sa.String(128), existing_nullable=False)
        person.alter_column("password_hash", existing_type=sa.String(200), nullable=True)
        person.create_unique_constraint("uq_person_sso_id", ["sso_id"])
        for column, table in (
            ("password_set_by", "person"),
            ("technician_group_id", "technician_group"),
            ("administrator_group_id", "administrator_group"),
        ):
            person.create_foreign_key(f"fk_person_{column}_{table}", table, [column], ["id"])
    for column in ("role", "administrator_group_id", "technician_group_id"):
        op.create_index(f"ix_person_{column}", "person", [column])


def _move_in() -> None:
    """Give everybody a role and a place. A relay that was never set up stays empty."""
    bind, now = op.get_bind(), datetime.now(UTC).replace(tzinfo=None)
    if not bind.scalar(sa.text("SELECT count(*) FROM organisation")):
        return
    for kind, name in _ROOTS.items():
        bind.execute(sa.text("INSERT INTO tree_root (kind, name) VALUES (:kind, :name)"), {"kind": kind, "name": name})
    made = {"now": now}
    unit = "description, status, version, made_at, changed_at"
    values = "'', 'enabled', 1, :now, :now"
    for position in range(1, _CHANNELS + 1):
        bind.execute(
            sa.text(f"INSERT INTO channel (name, position, {unit}) VALUES (:name, :position, {values})"),  # noqa: S608
            {**made, "name": f"Channel {position}", "position": position},
        )
    bind.execute(
        sa.text(f"INSERT INTO technician_group (name, ip_default_access, {unit}) VALUES (:name, 'granted', {values})"),  # noqa: S608
        {**made, "name": "Technician group 1"},
    )
    bind.execute(
        sa.text(
            "INSERT INTO global_settings (id, version, store_customer_ip, password_min_level, password_max_age_days,"
            " password_warn_days, force_change_after_admin_reset, two_step_required_admins,"
            " two_step_required_technicians, hierarchy_view, ip_default_access)"
            " VALUES (1, 1, true, 'good', 0, 0, true, false, false, 'compact', 'granted')"
        )
    )
    for statement in (
        "UPDATE person SET role = CASE WHEN is_master_administrator THEN 'master_administrator' ELSE 'technician' END,"
        " changed_at = made_at, valid_since = made_at, password_changed_at = made_at",
        "UPDATE person SET role = 'account_owner'"
        " WHERE id = (SELECT min(id) FROM person WHERE role = 'master_administrator')",
        "UPDATE person SET technician_group_id = (SELECT min(id) FROM technician_group) WHERE role = 'technician'",
        "INSERT INTO licence (person_id, kind, assigned_at) SELECT id, 'standard', made_at FROM person"
        " WHERE is_technician",
    ):
        bind.execute(sa.text(statement))
