"""What every organisation begins with: named roots, ten channels, one technician group, and texts for all.

Names are data from then on: a later change of language never rewrites them (I18N-09 to 11, EDGE-51). The roots, which
nobody can rename, are stored so too, for programs; pages say them in the reader's language.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from relay.organization.model import ChannelRow, RootRow, TechnicianGroupRow
from relay.organization.units import UnitKind
from relay.settings.catalogue import CATALOGUE
from relay.settings.holders import Holder, HolderKind
from relay.settings.seeds import seeds
from relay.settings.table import add_value
from relay.texts import _

CHANNELS = 10
ROOT_NAMES = {
    UnitKind.MASTER_ADMINISTRATORS: _("Master administrators"),
    UnitKind.ADMINISTRATORS: _("Administrators"),
    UnitKind.TECHNICIANS: _("Technicians"),
    UnitKind.CHANNELS: _("Channels"),
    UnitKind.EXTERNAL: _("External technicians"),
    UnitKind.COMPUTERS: _("Unattended computers"),
}
CHANNEL = _("Channel {number}")
GROUP = _("Technician group {number}")


def seed(transaction: AsyncSession, translate: Callable[[str], str], now: datetime) -> None:
    """Add the first units, named in the language that `translate` speaks."""
    for kind, name in ROOT_NAMES.items():
        transaction.add(RootRow(kind=kind, name=translate(name)))
    for number in range(1, CHANNELS + 1):
        name = translate(CHANNEL).format(number=number)
        transaction.add(ChannelRow(name=name, position=number, made_at=now, changed_at=now))
    transaction.add(TechnicianGroupRow(name=translate(GROUP).format(number=1), made_at=now, changed_at=now))
    for key, text in seeds(CATALOGUE, translate).items():
        add_value(transaction, Holder(HolderKind.ORGANISATION, 0), key, text, None, now)
