"""Markdown into HTML that is safe to show, whoever wrote it."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

ALLOWED_TAGS = {
    *(
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "input",
        "kbd",
        "li",
    ),
    *("ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ALLOWED_ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "div": {"class"},
    "input": {"type", "checked", "disabled"},
    "li": {"class"},
    "ol": {"start"},
    "span": {"class"},
    "td": {"align"},
    "th": {"align"},
}
ALLOWED_CLASSES = {"div": {"math"}, "span": {"math"}, "li": {"task-list-item"}}
MAX_CHARACTERS = 200_000


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": False})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.use(dollarmath_plugin, allow_space=False, double_inline=True)
    parser.use(tasklists_plugin)
    return parser


def render_markdown(text: str) -> Markup:
    """`text` as HTML: CommonMark with tables, strike-through, links and `$…$` maths, without raw HTML or images.

    Texts over 200,000 characters are shown as they are, since parsing time grows faster than their length. Links open
    no script addresses and tell the other site nothing about us.
    """
    if len(text) > MAX_CHARACTERS:
        return Markup("<pre>{}</pre>").format(text)
    html = _parser().render(text.replace("\x00", "�"))
    classes = {tag: set(names) for tag, names in ALLOWED_CLASSES.items()}
    attributes = {tag: names - ({"class"} if tag in classes else set()) for tag, names in ALLOWED_ATTRIBUTES.items()}
    clean = nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=attributes,
        allowed_classes=classes,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 (cleaned one line above)


def plain_text(text: str) -> str:
    """What a reader of `text`, which is Markdown, reads, without its signs: for mails and lists of notices.

    Paragraphs stay apart, list items keep a hyphen or their number, links their words.
    """
    if len(text) > MAX_CHARACTERS:
        return text
    blocks: list[str] = []
    marker, in_list = "", 0
    for token in _parser().parse(text.replace("\x00", "�")):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            in_list += 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            in_list -= 1
        elif token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else "- "
        elif token.type == "inline" or token.content:
            said = marker + "".join(_said(child) for child in token.children or [token])
            blocks.append(f"{blocks.pop()}\n{said}" if marker and in_list and blocks and _is_item(blocks[-1]) else said)
            marker = ""
    return "\n\n".join(one.strip() for one in blocks)


def _said(token: Token) -> str:
    return "\n" if token.type in {"softbreak", "hardbreak"} else token.content


def _is_item(block: str) -> bool:
    first = block.partition(" ")[0]
    return first == "-" or first.rstrip(".").isdecimal()
