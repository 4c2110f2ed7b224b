"""The windows' style sheet, made from the same tokens as every page of Deskside (art/tokens.css)."""

import re
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

ART = Path(__file__).parent / "art"
ICON_PIXELS = 20
_TOKEN = re.compile(r"--ds-([\w-]+):\s*light-dark\((#\w+),\s*(#\w+)\)")
_SYMBOL = re.compile(r'<symbol id="i-([\w-]+)" viewBox="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)

_SHEET = Template("""
* { font-family: "Segoe UI", "SF Pro Text", "Inter", "Noto Sans", sans-serif; font-size: 10pt; color: $text; }
QWidget#window, QDialog { background: $surface; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 15pt; font-weight: 600; }
QLabel[role="host"] { font-size: 15pt; font-weight: 600; }
QLabel[role="where"] { font-size: 17pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="quiet"] { color: $text_2; }
QLabel[role="small"] { color: $text_2; font-size: 9pt; }
QLabel[role="hint"] { color: $text_3; font-size: 9pt; }
QLabel[role="recording"] { color: $danger_text; font-weight: 500; }
QLabel[role="good"] { color: $active_text; font-size: 9pt; }
QLabel[role="said"] { font-size: 15pt; font-weight: 600; }
QFrame[role="words"] { background: $bubble; border: 1px solid $line; border-radius: 8px; }
QFrame[role="problem"] { background: $danger_soft; border-radius: 6px; }
QFrame[role="problem"] QLabel { color: $danger_text; }
QFrame[role="notice"] { background: $warning_soft; border-radius: 6px; }
QFrame[role="notice"] QLabel { color: $warning_text; }
QFrame[role="rule"] { background: $line; max-height: 1px; border: none; }
QLineEdit, QPlainTextEdit { background: $field; border: 1px solid $control_line; border-radius: 6px; padding: 6px 10px;
    selection-background-color: $accent; selection-color: #FFFFFF; }
QLineEdit:focus, QPlainTextEdit:focus { border: 2px solid $focus; padding: 5px 9px; }
QLineEdit[role="code"] { font-size: 24pt; font-weight: 600; padding: 10px 14px; }
QLineEdit[role="code"][long="true"] { font-size: 10pt; font-weight: 400; padding: 16px 14px; }
QPushButton { background: $raised; border: 1px solid $control_line; border-radius: 6px; padding: 7px 14px;
    font-weight: 500; min-height: 18px; }
QPushButton:hover { background: $subtle; }
QPushButton:focus { border: 2px solid $focus; padding: 6px 13px; }
QPushButton:disabled { color: $disabled; border-color: $line; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: #FFFFFF; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $sunken; border-color: $sunken; color: $text_3; }
QPushButton[role="stop"] { background: $danger_solid; border-color: $danger_solid; color: #FFFFFF; font-weight: 600;
    padding: 8px 20px; }
QPushButton[role="stop"]:focus { border: 2px solid $text; padding: 7px 19px; }
QPushButton[role="link"] { background: transparent; border-color: transparent; color: $accent_text; padding: 7px 4px; }
QPushButton[role="link"]:hover { background: $hover; }
QPushButton[role="link"]:focus { border: 2px solid $focus; padding: 6px 3px; }
QPushButton[role="choice"] { text-align: left; border-radius: 8px; padding: 0; }
QPushButton[role="choice"]:disabled { background: $sunken; border-color: $line; }
QPushButton[role="choice"]:focus { border: 2px solid $focus; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border: 2px solid $focus; padding: 4px; }
QLabel[role="badge"] { background: $accent; color: #FFFFFF; border-radius: 8px; font-size: 8pt; font-weight: 600;
    padding: 0 4px; min-width: 8px; min-height: 16px; max-height: 16px; }
QCheckBox { spacing: 8px; background: transparent; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $control_line; border-radius: 3px;
    background: $field; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QCheckBox:focus { color: $accent_text; }
QProgressBar { background: $track; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $waiting_solid; border-radius: 2px; }
QScrollArea { background: $subtle; border: none; border-top: 1px solid $line; border-bottom: 1px solid $line; }
QWidget[role="log"] { background: $subtle; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $control_line; border-radius: 4px; min-height: 24px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; height: 0; }
QLabel[role="theirs"] { background: $surface; border: 1px solid $line; border-radius: 8px; padding: 7px 11px; }
QLabel[role="mine"] { background: $accent_soft; border: 1px solid $line; border-radius: 8px; padding: 7px 11px; }
QWidget#bar { background: $raised; border: 1px solid $control_line; border-radius: 10px; }
QLabel#light[role="waits"] { background: $control_line; }
QLabel#light[role="records"] { background: $danger_solid; }
QLabel#light { background: $active_solid; border-radius: 5px; min-width: 10px; max-width: 10px; min-height: 10px;
    max-height: 10px; }
""")


def is_dark() -> bool:
    """Whether this computer's user likes it dark."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


@cache
def tokens(dark: bool) -> dict[str, str]:
    """Return every colour by its name, as Qt writes colours."""
    sheet = (ART / "tokens.css").read_text()
    return {name.replace("-", "_"): _qt(found[dark]) for name, *found in _TOKEN.findall(sheet)}


def style_sheet(dark: bool) -> str:
    """Return the style sheet for all windows."""
    return _SHEET.substitute(tokens(dark), check=(ART / "check.svg").as_posix())


def icon(name: str, colour: str) -> QIcon:
    """Return an icon of the sprite (without its "i-") in this colour."""
    return QIcon(pixmap(name, colour))


def pixmap(name: str, colour: str, pixels: int = ICON_PIXELS) -> QPixmap:
    """Return an icon as a picture, sharp on this screen."""
    view_box, paths = _symbols()[name]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" fill="none" stroke="{_plain(colour)}" '
        f'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">{paths}</svg>'
    )
    return _draw(svg, pixels)


def mark(pixels: int) -> QPixmap:
    """Return Deskside's own mark."""
    return _draw((ART / "mark.svg").read_text(), pixels)


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget its look."""
    widget.setProperty("role", role)


def look_again(widget: QWidget) -> None:
    """Apply the style sheet again after a property has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _qt(colour: str) -> str:
    """CSS writes #RRGGBBAA where Qt wants rgba()."""
    if len(colour) != 9:
        return colour
    red, green, blue, alpha = (int(colour[start : start + 2], 16) for start in (1, 3, 5, 7))
    return f"rgba({red}, {green}, {blue}, {alpha})"


def _plain(colour: str) -> str:
    return QColor(colour).name()


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    sprite = (ART / "icons.svg").read_text()
    return {name: (view_box, paths) for name, view_box, paths in _SYMBOL.findall(sprite)}


def _draw(svg: str, pixels: int) -> QPixmap:
    ratio = QGuiApplication.primaryScreen().devicePixelRatio() if QGuiApplication.primaryScreen() else 1.0
    image = QImage(QSize(round(pixels * ratio), round(pixels * ratio)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    drawn = QPixmap.fromImage(image)
    drawn.setDevicePixelRatio(ratio)
    return drawn
