// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export interface CustomerSettings {
  control_no_stop_key?: boolean;
  look_application_name?: string;
  terms_on?: boolean;
  terms_text?: string;
  terms_scroll?: boolean;
}

