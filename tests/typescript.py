"""What TypeScript has from Python. `python -m tests.typescript` writes these files, a test proves they are current.

A tool for developers. Each file holds what the Python module of the same name declares; the page's own messages are
beside what uses them.
"""

import importlib
from pathlib import Path
from typing import Any

from codec.wire.typescript import write_types

ROOT = Path(__file__).parents[1]
FILES: dict[str, dict[str, tuple[str, ...]]] = {
    "codec/ts/src/wire/messages.gen.ts": {
        "codec.wire.messages": (
            "SessionMessage",
            "PageMessage",
            "VERSION",
            "CHAT_CHARACTERS",
            "URL_CHARACTERS",
            "SENT_URL",
            "CLIPBOARD_BYTES",
            "TYPED_CHARACTERS",
            "PHOTO_BYTES",
            "MARK_POINTS",
            "POSITIONS",
            "WHEEL_NOTCH",
            "MAX_WHEEL",
            "Modifier",
        )
    },
    "codec/ts/src/wire/access.gen.ts": {"codec.wire.access": ("Access", "FUNCTIONS")},
    "codec/ts/src/wire/apiTypes.gen.ts": {
        "codec.wire.api_types": (
            "MAX_NOTES",
            "Person",
            "Session",
            "Code",
            "RecordingRules",
            "IceServer",
            "SESSION_STATES",
            "FINAL_STATES",
            "TransferTargets",
            "NewTransfer",
            "MAX_COMMENT",
        ),
    },
    "codec/ts/src/wire/customFields.gen.ts": {
        "codec.wire.custom_fields": ("CustomField", "NAME_CHARACTERS", "FIELD_CHARACTERS", "CUSTOM_FIELDS")
    },
    "codec/ts/src/wire/surveyTypes.gen.ts": {
        "codec.wire.survey_types": ("Survey", "SurveyAnswers", "ANSWER_CHARACTERS")
    },
    "codec/ts/src/wire/groupSettings.gen.ts": {"codec.wire.group_settings": ("GroupSettings",)},
    "codec/ts/src/wire/customerSettings.gen.ts": {"codec.wire.customer_settings": ("CustomerSettings",)},
    "codec/ts/src/wire/signals.gen.ts": {
        "codec.wire.signals": (
            "Desk",
            "SessionChanged",
            "SessionGone",
            "StartSession",
            "CodeChanged",
            "Missed",
            "Technicians",
            "TimeLimits",
            "FromApplet",
            "APPLET_PATH",
            "MAX_SIGNAL_BYTES",
            "MAX_TO_APPLET_BYTES",
            "REFUSALS",
        ),
        "codec.wire.customer_kinds": ("CUSTOMER_KINDS",),
    },
    "codec/ts/src/wire/roles.gen.ts": {"codec.wire.roles": ("Role",)},
    "codec/ts/src/wire/permits.gen.ts": {"codec.wire.permits": ("Function", "Permit", "SignedPermit", "PURPOSE")},
    "codec/ts/src/wire/chainHead.gen.ts": {"codec.wire.chain_head": ("DIGEST_BYTES", "KEY_BYTES")},
    "codec/ts/src/session/seal.gen.ts": {"codec.session.seal": ("KEY_BYTES", "SEAL_OVERHEAD")},
    "codec/ts/src/session/sas.gen.ts": {"codec.session.sas": ("SAS_WORDS", "WORDS")},
    "codec/ts/src/session/handshake.gen.ts": {
        "codec.session.handshake": (
            "How",
            "HandshakeProblem",
            "HANDSHAKE_VERSION",
            "PUBLIC_BYTES",
            "NONCE_BYTES",
            "SPAKE_BYTES",
            "PROOF_BYTES",
            "COMMITMENT_BYTES",
            "ANSWERS_BYTES",
            "MAX_STEP_BYTES",
            "SPAKE_RANDOM_BYTES",
            "RANDOM_BYTES",
            "AGAIN",
        )
    },
    "codec/ts/src/session/diagnosis.gen.ts": {"codec.session.diagnosis": ("CUSTOMER_RULES", "Diagnosis")},
    "codec/ts/src/session/lines.gen.ts": {"codec.session.lines": ("AHEAD", "PACE", "LAST", "MOST_BYTES")},
    "codec/ts/src/session/responder.gen.ts": {"codec.session.responder": ("ATTEMPTS", "SECRET_GUESSES")},
    "codec/ts/src/wire/forms.gen.ts": {"codec.wire.forms": ("DECLARED", "FORMS")},
    "codec/ts/src/wire/lanes.gen.ts": {"codec.wire.lanes": ("Lane",)},
    "codec/ts/src/wire/tools.gen.ts": {"codec.wire.tools": ("ToolName",)},
    "codec/ts/src/backoff.gen.ts": {"codec.backoff": ("GROWTH", "MOST_STEPS")},
    "codec/ts/src/session/lanes.gen.ts": {"codec.session.lanes": ("CHUNK_BYTES", "LIMITS")},
    "codec/ts/src/session/stream.gen.ts": {
        "codec.session.stream": ("DATA", "ACK", "DATA_HEAD_BYTES", "ACKNOWLEDGE_CHUNKS")
    },
    "codec/ts/src/session/pathManager.gen.ts": {
        "codec.session.path_manager": (
            "LinkKind",
            "MAGIC",
            "NONCE_BYTES",
            "PROOF",
            "SWITCH",
            "PING",
            "PONG",
            "PLEASE",
            "GREETING_SECONDS",
            "SILENCE_SECONDS",
            "DOUBT_SECONDS",
            "LONE_SILENCE_SECONDS",
            "IDLE_PING_SECONDS",
            "BUSY_PING_SECONDS",
            "MOST_PINGS",
            "EMPTY_FRAMES",
        )
    },
    "codec/ts/src/session/links/connection.gen.ts": {
        "codec.session.links.connection": ("TICK_SECONDS", "ACKNOWLEDGE_SECONDS", "MOST_LINKS")
    },
    "codec/ts/src/session/links/tunnel.gen.ts": {
        "codec.session.links.tunnel": ("TUNNEL_PATH", "PAIRING_SECONDS", "MAX_MESSAGE_BYTES")
    },
    "codec/ts/src/session/links/direct.gen.ts": {
        "codec.session.links.direct": (
            "CHANNEL",
            "HIGH_WATER_BYTES",
            "LOW_WATER_BYTES",
            "MAX_WAITING_MESSAGES",
            "MAX_WAITING_BYTES",
            "MAX_MESSAGE_BYTES",
            "MAX_CANDIDATES",
            "ATTEMPT_SECONDS",
        )
    },
    "codec/ts/src/session/links/signalling.gen.ts": {
        "codec.session.links.signalling": (
            "CONNECT_SECONDS",
            "HEARTBEAT_SECONDS",
            "PROBE_SECONDS",
            "CLOSE_SECONDS",
            "TRY_AGAIN_LATER",
            "BUSY_SECONDS",
        )
    },
    "codec/ts/src/wire/pins.gen.ts": {
        "codec.wire.pins": (
            "SHORT_DIGITS",
            "LONG_DIGITS",
            "LONG_FIRST",
            "SECRET_DIGITS",
            "MAX_SECRET_DIGITS",
            "SENT_LINK_CHARACTERS",
        )
    },
    "codec/ts/src/picture/rate/pacing.gen.ts": {
        "codec.picture.rate.pacing": (
            "FRAME_SECONDS",
            "SLACK_SECONDS",
            "FIRST_BYTES_PER_SECOND",
            "LEAST",
            "MOST",
            "MEMORY_SECONDS",
            "TELLING_SECONDS",
            "LATE_SECONDS",
            "LATE",
            "UP",
            "DOWN",
            "LEAP",
            "CREEP",
        )
    },
    "codec/ts/src/picture/rate/pictureBudget.gen.ts": {"codec.picture.rate.picture_budget": ("PACKET_BYTES", "TELLS")},
    "codec/ts/src/picture/rate/viewerTime.gen.ts": {
        "codec.picture.rate.viewer_time": ("KEPT", "STALL_SECONDS", "RECENT")
    },
    "codec/ts/src/picture/rate/throughput.gen.ts": {
        "codec.picture.rate.throughput": ("TELLING_BYTES", "ENOUGH_BYTES", "KEPT_SECONDS")
    },
    "codec/ts/src/picture/geometry.gen.ts": {"codec.picture.geometry": ("TILE", "MAX_SIDE", "MAX_PIXELS")},
    "codec/ts/src/picture/packet.gen.ts": {
        "codec.picture.packet": (
            "VERSION",
            "OLDEST_VERSION",
            "PLANES_VERSION",
            "KEY",
            "VIDEO",
            "RESTARTS",
            "COVERED",
            "HEAD_BYTES",
            "VIDEO_HEAD_BYTES",
            "PLANES_HEAD_BYTES",
            "MOVE_BYTES",
            "MAX_MOVES",
            "WINDOW_LOG",
        )
    },
    "codec/ts/src/picture/tiles.gen.ts": {
        "codec.picture.tiles": (
            "SOLID",
            "TWO",
            "PART",
            "PHOTO",
            "PLAIN",
            "LOSSY",
            "MEDIAN",
            "SIZES",
            "PIXELS",
            "MARKS",
            "MAX_TILE_BYTES",
        )
    },
    "codec/ts/src/picture/median.gen.ts": {"codec.picture.median": ("PLANES", "PIXELS", "HALVES", "SMALL", "OUTSIDE")},
    "codec/ts/src/picture/chromaFromLuma.gen.ts": {
        "codec.picture.chroma_from_luma": (
            "FLAT",
            "LEAST_LUMA",
            "LEAST_CHROMA",
            "WEIGHT",
            "SLOPE_BITS",
            "MOST_SLOPE",
            "GREY",
            "SOME_GREY",
            "MOST_GREY",
            "TOLERANCES",
            "QUARTERS",
            "PARTS",
        )
    },
    "codec/ts/src/picture/colorPlanes.gen.ts": {
        "codec.picture.color_planes": ("FRACTION_BITS", "CHROMA_BITS", "REACH", "Matrix", "FACTORS")
    },
    "codec/ts/src/picture/lossy.gen.ts": {"codec.picture.lossy": ("PLANES", "COLOUR", "COSINES")},
    "applet/web/src/wire/about.gen.ts": {"relay.pages.join": ("JoinFacts", "CheckFacts")},
    "applet/web/src/check/relay.gen.ts": {
        "codec.wire.connection_check": ("FromCheck", "ToCheck", "CHECK_PATH", "PART_BYTES", "MOST_BYTES")
    },
    "applet/web/src/session/codes.gen.ts": {"applet.session.codes": ("MAX_CODE",)},
    "applet/web/src/tools/pointing.gen.ts": {"applet.tools.pointing": ("SILENT_SECONDS",)},
    "applet/web/src/session/consent.gen.ts": {"applet.session.consent": ("DEAF_MILLISECONDS",)},
    "applet/web/src/session/conversation.gen.ts": {"applet.session.conversation": ("CHAT_KEPT", "CHAT_RATE")},
    "applet/web/src/session/engine.gen.ts": {
        "applet.session.engine": ("AWAY_SECONDS", "CHANGE_SECONDS", "QUESTIONS_RATE")
    },
    "applet/web/src/session/relay.gen.ts": {
        "applet.session.relay": ("FIRST_RETRY_SECONDS", "LAST_RETRY_SECONDS", "URGENT_RETRY_SECONDS", "BUSY_TRIES")
    },
    "applet/web/src/session/visit.gen.ts": {"applet.session.visit": ("FAREWELL_SECONDS",)},
    "applet/web/src/session/wrongSecrets.gen.ts": {"applet.session.wrong_secrets": ("KEPT_SECONDS", "MAX_CODES")},
    "applet/web/src/capture/film.gen.ts": {
        "codec.picture.video": ("RATES", "SHARE", "LESS", "MORE", "PATIENCE_SECONDS")
    },
    "applet/web/src/tools/picture.gen.ts": {"applet.tools.picture": ("STATS_SECONDS",)},
    "applet/web/src/capture/screenShare.gen.ts": {"applet.screen.screen_share": ("REARRANGED_SECONDS",)},
    "console/ui/src/wire/page.gen.ts": {
        "console.page.messages": ("ToPage", "FromPage"),
        "console.replies.messages": ("FILE_BYTES", "NAME_CHARACTERS"),
        "console.session.history": ("MAX_LINES",),
        "console.session.open_session": ("LENS_QUESTION",),
        "console.player.service": ("PLAYER",),
    },
}
"""File → module → what of it is written there."""


def written(file: str) -> str:
    """Return what a file should hold. Raises TypeError for what has no counterpart in TypeScript."""
    names: dict[str, Any] = {}
    for module, wanted in FILES[file].items():
        names |= {name: getattr(importlib.import_module(module), name) for name in wanted}
    homes = {each: _address(other, file) for other in FILES if other != file for each in FILES[other]}
    return write_types(names, homes)


def _address(file: str, beside: str) -> str:
    """Return how one of these files is imported in another."""
    if Path(file).parent == Path(beside).parent:
        return f"./{Path(file).name}"
    return file.replace("codec/ts/src", "@deskside/codec").removesuffix(".ts")


if __name__ == "__main__":
    for file in FILES:
        (ROOT / file).write_text(written(file))
