"""What a channel or group has chosen for its customers' side. Written from relay/settings by `make settings`."""

from msgspec import Struct


class CustomerSettings(Struct, frozen=True, kw_only=True):
    """The values that hold. A text is empty where none was chosen."""

    control_no_stop_key: bool = False
    look_application_name: str = ""
    terms_on: bool = False
    terms_text: str = ""
    terms_scroll: bool = False
