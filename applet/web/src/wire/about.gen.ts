// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export interface JoinFacts {
  organisation: string;
  logo: string;
  never_calls: boolean;
  languages: Language[];
}

export interface Language {
  code: string;
  name: string;
}

export interface CheckFacts {
  ice: string[];
}

