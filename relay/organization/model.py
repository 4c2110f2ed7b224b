"""Tables of the organisation's units, of what links them, and of what was changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from relay.store.database import Base, UtcDateTime


class UnitColumns:
    """What every unit has. `version` grows with each edit; a unit with `deleted_at` lives on in reports only."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    description: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(16), default="enabled")
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RootRow(Base):
    """The name of a fixed root, in the language in which the organisation was registered (I18N-09)."""

    __tablename__ = "tree_root"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))


class AdministratorGroupRow(UnitColumns, Base):
    """A group of administrators. Restricted rights need at least one of the two sub-options (ORG-58)."""

    __tablename__ = "administrator_group"
    __table_args__ = (
        CheckConstraint("rights = 'standard' OR allow_command_center OR allow_reports", name="restricted_to_something"),
    )

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("administrator_group.id"), index=True)
    rights: Mapped[str] = mapped_column(String(16), default="standard")
    allow_command_center: Mapped[bool] = mapped_column(default=False)
    allow_reports: Mapped[bool] = mapped_column(default=False)


class TechnicianGroupRow(UnitColumns, Base):
    """A group of technicians; without a parent it is at the top."""

    __tablename__ = "technician_group"

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("technician_group.id"), index=True)


class ChannelRow(UnitColumns, Base):
    """An entry point for customers. Ten are there from the first day, in the order of `position`."""

    __tablename__ = "channel"

    position: Mapped[int]


class ExternalGroupRow(UnitColumns, Base):
    """A group of approved people outside the organisation."""

    __tablename__ = "external_group"


class ExternalTechnicianRow(UnitColumns, Base):
    """An approved person outside the organisation, who never signs in."""

    __tablename__ = "external_technician"

    external_group_id: Mapped[int] = mapped_column(ForeignKey("external_group.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), default="")


class ComputerGroupRow(UnitColumns, Base):
    """A group of unattended computers, under a technician group."""

    __tablename__ = "computer_group"

    technician_group_id: Mapped[int] = mapped_column(ForeignKey("technician_group.id"), index=True)


class ComputerRow(UnitColumns, Base):
    """A computer that may be reached when nobody sits at it."""

    __tablename__ = "computer"

    granted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_in_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sign_in_as: Mapped[str] = mapped_column(String(16), default="customer")
    key: Mapped[str | None] = mapped_column(String(200))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AdministratorLinkRow(Base):
    """An administrator, or a whole group of them, answers for a technician group; None stands for the root of all."""

    __tablename__ = "administrator_link"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (administrator_group_id IS NULL)", name="one_holder"),
        UniqueConstraint("person_id", "technician_group_id"),
        UniqueConstraint("administrator_group_id", "technician_group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_group_id: Mapped[int | None] = mapped_column(ForeignKey("technician_group.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    administrator_group_id: Mapped[int | None] = mapped_column(ForeignKey("administrator_group.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ChannelLinkRow(Base):
    """A technician group serves a channel."""

    __tablename__ = "channel_link"
    __table_args__ = (UniqueConstraint("channel_id", "technician_group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    technician_group_id: Mapped[int] = mapped_column(ForeignKey("technician_group.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ChannelExclusionRow(Base):
    """One technician does not work on a channel that his group serves (CHAN-38)."""

    __tablename__ = "channel_exclusion"
    __table_args__ = (UniqueConstraint("person_id", "channel_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ExternalLinkRow(Base):
    """An external technician, or a group of them, may be invited by a technician or a technician group (COLL-11)."""

    __tablename__ = "external_link"
    __table_args__ = (
        CheckConstraint("(external_group_id IS NULL) <> (external_technician_id IS NULL)", name="one_guest"),
        CheckConstraint("(person_id IS NULL) <> (technician_group_id IS NULL)", name="one_host"),
        UniqueConstraint("external_group_id", "technician_group_id"),
        UniqueConstraint("external_group_id", "person_id", name="uq_external_link_group_person"),
        UniqueConstraint("external_technician_id", "technician_group_id"),
        UniqueConstraint("external_technician_id", "person_id", name="uq_external_link_technician_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    external_group_id: Mapped[int | None] = mapped_column(ForeignKey("external_group.id"))
    external_technician_id: Mapped[int | None] = mapped_column(ForeignKey("external_technician.id"))
    technician_group_id: Mapped[int | None] = mapped_column(ForeignKey("technician_group.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ComputerLinkRow(Base):
    """A computer is at the disposal of a technician group, a computer group or a technician (UNAT-17)."""

    __tablename__ = "computer_link"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN technician_group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN computer_group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_place",
        ),
        UniqueConstraint("computer_id", "technician_group_id"),
        UniqueConstraint("computer_id", "computer_group_id", name="uq_computer_link_computer_group"),
        UniqueConstraint("computer_id", "person_id", name="uq_computer_link_computer_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    computer_id: Mapped[int] = mapped_column(ForeignKey("computer.id"))
    technician_group_id: Mapped[int | None] = mapped_column(ForeignKey("technician_group.id"), index=True)
    computer_group_id: Mapped[int | None] = mapped_column(ForeignKey("computer_group.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class GroupPermissionRow(Base):
    """What the members of a technician group may do, one row a permission; a missing row means its default."""

    __tablename__ = "group_permission"

    technician_group_id: Mapped[int] = mapped_column(ForeignKey("technician_group.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(32), primary_key=True)
    enabled: Mapped[bool]
    option: Mapped[str | None] = mapped_column(String(32))
    locked: Mapped[bool] = mapped_column(default=False)
    locked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PermissionTargetRow(Base):
    """A technician group or channel that a group may transfer to or invite from, where only some are allowed."""

    __tablename__ = "permission_target"

    technician_group_id: Mapped[int] = mapped_column(ForeignKey("technician_group.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(32), primary_key=True)
    target_kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    target_id: Mapped[int] = mapped_column(primary_key=True)


class ExternalPermissionRow(Base):
    """What the lead may grant to guests: those of an external group, or unlisted ones of a technician group."""

    __tablename__ = "external_permission"

    unit_kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    permission: Mapped[str] = mapped_column(String(32), primary_key=True)
    enabled: Mapped[bool]


class AuditEventRow(Base):
    """One field that someone changed. Only ever added. `change_id` is shared by everything saved together.

    `unit_version` is the version that the change made of its unit: what an edit must know that began with an older one.
    """

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None]
    actor_kind: Mapped[str] = mapped_column(String(32))
    actor_name: Mapped[str] = mapped_column(String(128))
    address: Mapped[str] = mapped_column(String(45))
    level: Mapped[str] = mapped_column(String(16))
    unit_kind: Mapped[str] = mapped_column(String(32), index=True)
    unit_id: Mapped[int]
    unit_name: Mapped[str] = mapped_column(String(256))
    unit_version: Mapped[int | None]
    change: Mapped[str] = mapped_column(String(16))
    section: Mapped[str] = mapped_column(String(64))
    field: Mapped[str] = mapped_column(String(128))
    old_value: Mapped[str] = mapped_column(Text)
    old_action: Mapped[str] = mapped_column(String(16))
    new_value: Mapped[str] = mapped_column(Text)
    new_action: Mapped[str] = mapped_column(String(16))
