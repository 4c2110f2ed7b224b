"""The customer's page is built the same way each time, so that anyone can compare what a relay serves."""

import hashlib
import json
from pathlib import Path

from tests.support.join_pages import build_join


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_the_same_sources_give_the_same_bytes_and_the_manifest_names_them_all(tmp_path: Path) -> None:
    for name in ("one", "other"):
        build_join(tmp_path / name)
    one, other = files_in(tmp_path / "one"), files_in(tmp_path / "other")
    assert one == other
    told = json.loads(one.pop("manifest.json"))["files"]
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in one.items()}


def test_nothing_in_the_page_is_inline_and_nothing_comes_from_elsewhere(tmp_path: Path) -> None:
    build_join(tmp_path)
    files = files_in(tmp_path)
    for name in ("index.html", "index.nl.html", "check.html", "check.nl.html"):
        text = files[name].decode()
        assert "<style" not in text
        assert "style=" not in text
        assert text.count("<script") == text.count('src="/join/assets/') > 0
        assert "%" not in text, "a text that was not put in"
    assert "gallery" not in " ".join(files)
    assert b"http://" not in b"".join(files[name] for name in files if name.endswith(".css"))


def test_the_page_brings_the_licences_of_what_it_has_from_others(tmp_path: Path) -> None:
    build_join(tmp_path)
    text = next((tmp_path / "assets").glob("licences-*.txt")).read_text()
    for name in ("preact", "@msgpack/msgpack", "@noble/ciphers", "@noble/curves", "@noble/hashes", "zstd"):
        assert f"\n{name}" in f"\n{text}", name
    assert "Permission is hereby granted" in text
    assert "@deskside" not in text
