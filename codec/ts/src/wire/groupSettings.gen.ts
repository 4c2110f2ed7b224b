// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export interface GroupSettings {
  console_away_after?: number;
  console_sign_out_after?: number;
  console_auto_start_private?: boolean;
  connections_pin?: boolean;
  connections_pin_page?: string;
  connections_link?: boolean;
  connections_own_mail?: boolean;
  connections_server_mail?: boolean;
  connections_mail_subject?: string;
  connections_mail_text?: string;
  connections_sms?: boolean;
  timeouts_code?: number;
  applet_run_type?: string;
  chat_log_keep?: boolean;
}

