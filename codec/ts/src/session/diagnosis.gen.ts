// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export type Diagnosis = "console_asleep" | "server_unreachable" | "customer_offline" | "connection_cut" | "screen_unreadable" | "page_asleep" | "line_stalled" | "customer_busy" | "slow_encode" | "slow_viewer" | "narrow_line" | "unsteady_line" | "detour" | "long_line" | "queue_full" | "screen_dark" | "direct_lost" | "no_direct_path" | "nothing_changes";

export const CUSTOMER_RULES = [{ cause: "line_stalled", confidence: 0.89, least: { silent: 1 }, most: {} }, { cause: "line_stalled", confidence: 0.88, least: { waits_ms: 1_500 }, most: { page_silent_s: 1, busy: 0.9 } }, { cause: "customer_busy", confidence: 0.86, least: { busy: 0.9, encode_ms: 40 }, most: {} }, { cause: "slow_encode", confidence: 0.84, least: { encode_ms: 80 }, most: { busy: 0.9 } }, { cause: "narrow_line", confidence: 0.82, least: { rate_kbit: 1 }, most: { rate_kbit: 1_500, page_ms: 100 } }] as const;
