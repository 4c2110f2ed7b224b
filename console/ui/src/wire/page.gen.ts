// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

import type { Diagnosis } from "@deskside/codec/session/diagnosis.gen";
import type { Method, NewTransfer, Session, TransferTargets } from "@deskside/codec/wire/apiTypes.gen";
import type { CodeChanged, Desk, Missed, SessionChanged, SessionGone, StartSession, Technicians, TimeLimits } from "@deskside/codec/wire/signals.gen";
import type { Survey, SurveyAnswers } from "@deskside/codec/wire/surveyTypes.gen";

export interface Welcome {
  type: "welcome";
  relay: string;
  version: string;
  signed_in: boolean;
}

export interface SignedOutPage {
  type: "signed_out";
  reason?: string;
}

export interface Online {
  type: "online";
  online: boolean;
  since: string;
  retry_seconds?: number | null;
}

export interface RelayBusy {
  type: "relay_busy";
  busy: boolean;
}

export interface Invitation {
  type: "invitation";
  code: number;
  spoken?: string | null;
  link?: string | null;
}

export interface ChatLine {
  type: "chat_line";
  session: number;
  number: number;
  at: string;
  who: Who;
  text?: string;
  event?: Event | null;
  detail?: string;
  by?: string;
}

export type Who = "customer" | "technician" | "system";

export type Event = "picked_up" | "auto_started" | "connected" | "went_direct" | "went_relayed" | "lost" | "page_closed" | "back" | "asked_view" | "asked_control" | "asked_camera" | "asked_clipboard" | "asked_record" | "recording_began" | "recording_kept" | "recording_saved" | "recording_partly" | "recording_failed" | "recording_unconfirmed" | "recording_needed" | "declined" | "asked_wish" | "declined_wish" | "photo_sent" | "not_permitted" | "allowed" | "released" | "page_lost" | "stopped_by_key" | "stopped_by_button" | "words_compared" | "words_differ" | "refused_secret" | "refused_burnt" | "secret_unconfirmed" | "customer_restarted" | "new_words" | "refused_changed" | "refused_protocol" | "refused_reloads" | "refused_unconfirmed" | "ended_by_customer" | "ended_page_closed" | "ended_by_technician" | "ended_by_organisation" | "ended_lost" | "ended_unused" | "held" | "resumed" | "handed_over" | "transferred" | "transfer_declined" | "transfer_timed_out" | "taken_back" | "resumed_elsewhere" | "ended_overstepped" | "ended_flood";

export interface Connected {
  type: "connected";
  session: number;
  path: Path;
  since: string;
  check?: Check | null;
  words?: string[];
  encryption?: string;
  rtt_ms?: number | null;
  kbit_per_second?: number;
  frames_per_second?: number;
  sentence?: string;
  facts?: Record<string, number>;
  causes?: Found[];
}

export type Path = "none" | "handshake" | "relayed" | "direct" | "lost" | "refused";

export type Check = "words" | "compared" | "secret";

export interface Found {
  cause: Diagnosis;
  confidence: number;
}

export interface RecordingNow {
  type: "recording_now";
  session: number;
  since: string | null;
}

export interface ClipboardShared {
  type: "clipboard_shared";
  session: number;
  on: boolean;
  copying?: boolean;
}

export interface OpenedSession {
  type: "opened";
  session: Session;
}

export interface Done {
  type: "done";
  request: number;
  code?: number | null;
  session?: number | null;
  count?: number | null;
  text?: string | null;
}

export interface Failed {
  type: "failed";
  request: number;
  problem: string;
  message: string;
  field?: string | null;
  retry_seconds?: number | null;
  count?: number | null;
  contact?: string;
  least?: string;
  taken_by?: string;
}

export interface Targets {
  type: "targets";
  targets: TransferTargets;
}

export interface CustomerPage {
  type: "customer_page";
  state: PageState;
  version?: string;
  page?: string;
  session?: number | null;
}

export type PageState = "same" | "accepted" | "other" | "other_version" | "unknown";

export interface Replies {
  type: "replies";
  replies: Reply[];
}

export interface Reply {
  id: string;
  kind: ReplyKind;
  name: string;
  content: string;
}

export type ReplyKind = "reply" | "url";

export interface AboutRelay {
  type: "about";
  organisation: string;
  logo: string;
}

export interface Authenticator {
  type: "authenticator";
  secret: string;
  squares: string[];
}

export interface RecoveryCodes {
  type: "recovery_codes";
  codes: string[];
  least?: string;
}

export interface Uploads {
  type: "uploads";
  items: Upload[];
  recovered?: string[];
  places?: PlaceToConfirm[];
}

export interface Upload {
  id: string;
  name: string;
  session: number;
  size: number;
  sent: number;
  state: UploadState;
  reason?: string;
  location?: string;
  place?: string;
}

export type UploadState = "waiting" | "uploading" | "asking" | "failed" | "unconfirmed" | "done";

export interface PlaceToConfirm {
  id: string;
  relay: string;
  location: string;
  folder: boolean;
  server?: string;
  user?: string;
  refused?: string;
  current?: boolean;
  postponed?: boolean;
}

export interface RelayKey {
  type: "relay_key";
  key: string;
  changed: boolean;
}

export interface Recordings {
  type: "recordings";
  recordings: KeptRecording[];
}

export interface KeptRecording {
  id: string;
  name: string;
  folder: string;
  state: KeptState;
  files: KeptFile[];
  session?: number;
  technician?: string;
  customer?: string;
  at?: string | null;
  seconds?: number | null;
  proof?: ProofState;
  signed?: string[];
  relay?: string;
  findings?: ProofFinding[];
  converting?: number | null;
}

export type KeptState = "running" | "whole" | "interrupted" | "unreadable";

export interface KeptFile {
  name: string;
  kind: string;
  size: number;
  converted?: boolean;
}

export type ProofState = "unchecked" | "checking" | "intact" | "unknown" | "changed" | "unproven" | "none" | "failed";

export interface ProofFinding {
  file: string;
  kind: string;
  begins: number;
  ends: number;
}

export interface RecordingChanged {
  type: "recording";
  recording: KeptRecording;
}

export interface PlayerOpened {
  type: "player_opened";
  recording: string;
  file: string;
  seconds: number;
  marks: Mark[];
  activity: number[];
  quiet: Part[];
  missing: Part[];
  is_cut: boolean;
  began?: string | null;
}

export interface Mark {
  at: number;
  kind: MarkKind;
  text?: string;
}

export type MarkKind = "began" | "customer_wrote" | "technician_wrote" | "asked" | "allowed" | "declined" | "released" | "stopped" | "noted" | "left" | "ended";

export interface Part {
  begins: number;
  ends: number;
}

export interface PlayerNow {
  type: "player_now";
  at: number;
  playing: boolean;
  speed: number;
  skips: boolean;
  waits: boolean;
}

export interface PlayerFailed {
  type: "player_failed";
  message: string;
}

export interface SurveyTold {
  type: "survey";
  session: number;
  survey: Survey;
}

export interface PageSignIn {
  type: "sign_in";
  request: number;
  email: string;
  password: string;
  code?: string;
}

export interface ChooseDuePassword {
  type: "choose_due_password";
  request: number;
  new: string;
}

export interface ProposeAuthenticator {
  type: "propose_authenticator";
  request: number;
}

export interface ConfirmAuthenticator {
  type: "confirm_authenticator";
  request: number;
  code: string;
}

export interface CodesKept {
  type: "codes_kept";
  request: number;
}

export interface PageSignOut {
  type: "sign_out";
  request: number;
  end_sessions?: boolean;
}

export interface MakeCode {
  type: "make_code";
  request: number;
  method: Method;
  name?: string;
  secret?: boolean;
  session_type?: SessionType | null;
  session?: number | null;
  fields?: string[];
  to?: string;
  language?: string;
}

export type SessionType = "standard" | "chat" | "lens";

export interface CancelCode {
  type: "cancel_code";
  request: number;
  code: number;
}

export interface PageOpen {
  type: "open";
  request: number;
  session: number;
  without_secret?: boolean;
  offered?: boolean;
}

export interface PageLeave {
  type: "leave";
  session: number;
}

export interface PageEnd {
  type: "end";
  request: number;
  session: number;
  words_differ?: boolean;
}

export interface Say {
  type: "say";
  session: number;
  text: string;
}

export interface WordsCompared {
  type: "words_compared";
  session: number;
}

export interface ShareClipboard {
  type: "share_clipboard";
  session: number;
  on: boolean;
}

export interface RetryUpload {
  type: "retry_upload";
  id: string;
}

export interface GiveCredentials {
  type: "give_credentials";
  id: string;
  user: string;
  password: string;
}

export interface NotNow {
  type: "not_now";
  place: string;
}

export interface UsePlace {
  type: "use_place";
  request: number;
  place: string;
}

export interface TrustRelayKey {
  type: "trust_relay_key";
  request: number;
  key: string;
}

export interface AcceptCustomerPage {
  type: "accept_customer_page";
  request: number;
  page: string;
}

export interface ListRecordings {
  type: "list_recordings";
  request: number;
}

export interface VerifyRecording {
  type: "verify_recording";
  request: number;
  recording: string;
}

export interface ConvertRecording {
  type: "convert_recording";
  request: number;
  recording: string;
}

export interface DeleteRecording {
  type: "delete_recording";
  request: number;
  recording: string;
}

export interface StopConverting {
  type: "stop_converting";
  recording: string;
}

export interface OpenPlayer {
  type: "open_player";
  request: number;
  recording: string;
  file: string;
}

export interface ClosePlayer {
  type: "close_player";
}

export interface PlayerDo {
  type: "player_do";
  act: Act;
  value?: number;
}

export type Act = "play" | "pause" | "seek" | "speed" | "skip" | "step" | "change" | "shown" | "refresh";

export interface OpenUp {
  type: "open_up";
  request: number;
  session: number;
}

export interface Used {
  type: "used";
}

export interface ChooseStatus {
  type: "choose_status";
  status: TechnicianStatus;
}

export type TechnicianStatus = "available" | "busy" | "away";

export interface EditField {
  type: "edit_field";
  request: number;
  session: number;
  field: number;
  value: string;
}

export interface WriteNotes {
  type: "write_notes";
  request: number;
  session: number;
  notes: string;
}

export interface SaveReply {
  type: "save_reply";
  request: number;
  kind: ReplyKind;
  name: string;
  content: string;
  id?: string;
}

export interface DeleteReply {
  type: "delete_reply";
  request: number;
  id: string;
}

export interface ImportReplies {
  type: "import_replies";
  request: number;
  xml: string;
}

export interface ExportReplies {
  type: "export_replies";
  request: number;
}

export interface ChangeSession {
  type: "change_session";
  request: number;
  session: number;
  change: Change;
}

export type Change = "hold" | "resume" | "take_back" | "decline";

export interface ListTargets {
  type: "list_targets";
  request: number;
}

export interface HandOverTo {
  type: "hand_over_to";
  request: number;
  session: number;
  to: NewTransfer;
}

export interface AskSurvey {
  type: "ask_survey";
  request: number;
  session: number;
}

export interface AnswerSurvey {
  type: "answer_survey";
  request: number;
  session: number;
  answers: SurveyAnswers;
}

export type ToPage = Welcome | SignedOutPage | Online | RelayBusy | Desk | SessionChanged | SessionGone | StartSession | CodeChanged | Missed | Invitation | ChatLine | Connected | RecordingNow | ClipboardShared | OpenedSession | Done | Failed | Targets | Technicians | TimeLimits | CustomerPage | Replies | AboutRelay | Authenticator | RecoveryCodes | Uploads | RelayKey | Recordings | RecordingChanged | PlayerOpened | PlayerNow | PlayerFailed | SurveyTold;
export type FromPage = PageSignIn | ChooseDuePassword | ProposeAuthenticator | ConfirmAuthenticator | CodesKept | PageSignOut | MakeCode | CancelCode | PageOpen | PageLeave | PageEnd | Say | WordsCompared | ShareClipboard | RetryUpload | GiveCredentials | NotNow | UsePlace | TrustRelayKey | AcceptCustomerPage | ListRecordings | VerifyRecording | ConvertRecording | DeleteRecording | StopConverting | OpenPlayer | ClosePlayer | PlayerDo | OpenUp | Used | ChooseStatus | EditField | WriteNotes | SaveReply | DeleteReply | ImportReplies | ExportReplies | ChangeSession | ListTargets | HandOverTo | AskSurvey | AnswerSurvey;
export const FILE_BYTES = 1_048_576;
export const NAME_CHARACTERS = 100;
export const MAX_LINES = 2_000;
export const LENS_QUESTION = 0;
export const PLAYER = 0;
