"""What the relay counts, each figure once. `/metrics` shows them as Prometheus text."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """All figures of one relay, in a registry of their own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.applets = Gauge("deskside_applets", "Applets connected", registry=registry)
        self.consoles = Gauge("deskside_consoles", "Consoles connected", registry=registry)
        self.tunnels = Gauge("deskside_tunnels", "Tunnels with both legs", registry=registry)
        self.tunnel_bytes = Counter("deskside_tunnel_bytes", "Sealed bytes passed on", registry=registry)
        self.misses = Counter("deskside_code_misses", "PINs and links refused", ["reason"], registry=registry)
        self.cut = Counter("deskside_cut_readers", "Sockets cut for not reading", ["socket"], registry=registry)
        self.bad_signals = Counter("deskside_bad_signals", "Malformed messages", ["socket"], registry=registry)
        self.too_much = Counter("deskside_too_much_said", "Sockets ended for flooding", ["socket"], registry=registry)
        self.sign_in_failures = Counter("deskside_sign_in_failures", "Refused sign-ins", registry=registry)
        self.stun_answers = Counter("deskside_stun_answers", "STUN questions answered", registry=registry)
        self._ended = Counter("deskside_connections_ended", "Connections ended", ["reason"], registry=registry)

    def ended(self, why: str) -> None:
        """A connection was ended by the relay, or not let in."""
        self._ended.labels(why).inc()

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
