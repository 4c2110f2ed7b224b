"""The form of a channel as code for any web site: plain HTML that needs no script. Pure."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from codec.wire.custom_fields import CustomField
from relay.sessions.custom_fields import FIELDS, LIMITS, USUAL_NAMES
from relay.texts import _

_PARAGRAPH = Markup("  <p>\n{}\n  </p>")
_LABEL = Markup('    <label for="deskside-{name}">{label}</label><br>')
_TEXT = Markup('    <input id="deskside-{name}" name="{name}" maxlength="{most}"{autocomplete}{required}>')
_LIST = Markup('    <select id="deskside-{name}" name="{name}"{required}>\n{options}\n    </select>')
_OPTION = Markup("      <option{value}>{choice}</option>")
_FORM = Markup('<form action="{action}" method="post" accept-charset="utf-8">\n{content}\n</form>')
_BUTTON = Markup("    <button>{label}</button>")
_LINK = Markup('    <a href="{link}">{label}</a>')


def form_code(action: str, link: str, fields: Sequence[CustomField], say: Callable[[str], str]) -> Markup:
    """Return the code: the fields as they are called now, a button, and the channel's link for who fills in nothing.

    `say` translates what is not the organisation's own.
    """
    asked = [
        _PARAGRAPH.format(Markup("\n").join(_field(name, field, field.label or say(usual), most, say)))
        for name, usual, field, most in zip(FIELDS, USUAL_NAMES, fields, LIMITS, strict=True)
        if field.shown
    ]
    button = _BUTTON.format(label=say(_("Get help")))
    other = _LINK.format(link=link, label=say(_("Open the form on its own page")))
    content = Markup("\n").join([*asked, _PARAGRAPH.format(button), _PARAGRAPH.format(other)])
    return _FORM.format(action=action, content=content)


def _field(name: str, field: CustomField, title: str, most: int, say: Callable[[str], str]) -> list[Markup]:
    label = title if field.required else say(_("{field} (optional)")).format(field=title)
    required = Markup(" required") if field.required else ""
    if field.choices:
        choices = [_OPTION.format(value=Markup(' value=""'), choice=say(_("Choose…")))]
        choices += [_OPTION.format(value="", choice=choice) for choice in field.choices]
        control = _LIST.format(name=name, required=required, options=Markup("\n").join(choices))
    else:
        autocomplete = Markup(' autocomplete="name"') if name == "name" else ""
        control = _TEXT.format(name=name, most=most, autocomplete=autocomplete, required=required)
    return [_LABEL.format(name=name, label=label), control]
