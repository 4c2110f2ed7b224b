"""What page and engine say to each other about the page that the relay serves to customers."""

from console.customer_page.released import PageState
from console.page.message_base import PageMessage, Request


class CustomerPage(PageMessage, frozen=True, tag="customer_page"):
    """How what the relay serves compares with what was released. `session`: a customer comes from it just now."""

    state: PageState
    version: str = ""
    page: str = ""
    """Stands for all of its files."""
    session: int | None = None


class AcceptCustomerPage(PageMessage, frozen=True, tag="accept_customer_page"):
    """The technician accepts this page: their organisation has built its own."""

    request: Request
    page: str
