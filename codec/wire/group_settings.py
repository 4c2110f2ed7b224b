"""What a technician's group has chosen for consoles. Written from relay/settings by `make settings`."""

from msgspec import Struct


class GroupSettings(Struct, frozen=True, kw_only=True):
    """The values that hold. A text is empty where none was chosen: the console then has words of its own."""

    console_away_after: int = 0
    console_sign_out_after: int = 0
    console_auto_start_private: bool = False
    connections_pin: bool = True
    connections_pin_page: str = ""
    connections_link: bool = True
    connections_own_mail: bool = True
    connections_server_mail: bool = False
    connections_mail_subject: str = ""
    connections_mail_text: str = ""
    connections_sms: bool = False
    timeouts_code: int = 0
    applet_run_type: str = "standard"
    chat_log_keep: bool = True
