"""HTML read as text, with quoted mail as `> ` lines; linear in the length of its input."""

import re
from html import unescape

_MAX_DEPTH = 5
_MAX_TAGS = 20_000
# The end of what a person wrote, in programs that put the quoted mail beside the answer and not inside a quote.
_REST_IS_QUOTED = {"divrplyfwdmsg", "appendonsend", "olk_src_body_section", "ms-outlook-mobile-body-separator-line"}
_QUOTING = {"gmail_quote", "gmail_attr", "yahoo_quoted", "protonmail_quote", "zmail_extra", "moz-cite-prefix"}
_SKIPPED = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "svg")}
_BREAKING = {"br", "p", "div", "tr", "li", "ul", "ol", "table", "hr", "pre", "blockquote", "section", "article"} | {
    f"h{level}" for level in range(1, 7)
}
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})")
_MARKS = re.compile(r"\b(?:class|id)\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}")


def html_to_text(html: str) -> str:
    """Return the text of an HTML mail; quoted mail (blockquote and the like) becomes lines that begin with `> `."""
    reader = _Reader()
    position = 0
    for _ in range(_MAX_TAGS):
        begin = html.find("<", position)
        reader.text(html[position:begin] if begin >= 0 else html[position:])
        if begin < 0:
            break
        position = _after_tag(html, begin, reader)
    return reader.result()


def _after_tag(html: str, begin: int, reader: "_Reader") -> int:
    """Read the tag, comment or lone `<` at `begin`; return where the text goes on."""
    if html.startswith("<!--", begin):
        end = html.find("-->", begin)
        return end + 3 if end >= 0 else len(html)
    name = _NAME.match(html, begin + 1)
    if not name and html[begin + 1 : begin + 2] not in {"!", "?"}:
        reader.text("<")
        return begin + 1
    end = html.find(">", begin)
    if end < 0:
        return len(html)
    if name:
        reader.tag(name.group(1).lower(), html[begin + 1 : min(end, begin + 2000)])
    if name and html[begin + 1] != "/" and (closing := _SKIPPED.get(name.group(1).lower())):
        found = closing.search(html, end)
        return found.start() if found else len(html)
    return end + 1


class _Reader:
    """Collects lines and keeps the stack of what quotes."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._open: list[tuple[str, str]] = []  # tag, and how it quotes: "", "cite" or "container"
        self._opened = {"div": 0, "blockquote": 0}
        self._depth = 0

    def text(self, text: str) -> None:
        if text:
            self._line.append(text)

    def tag(self, name: str, source: str) -> None:
        closing = source.startswith("/")
        if name in _BREAKING:
            self._break()
        elif name in {"td", "th"}:
            self._line.append(" ")
        marks = set() if closing else _marks(source)
        if marks & _REST_IS_QUOTED:
            self._break()
            self._depth += 1
        if name in self._opened and not source.endswith("/"):
            self._close(name) if closing else self._enter(name, marks)

    def result(self) -> str:
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip()

    def _enter(self, name: str, marks: set[str]) -> None:
        how = "cite" if name == "blockquote" else ""
        if name == "div" and marks & _QUOTING:
            how = "container" if "gmail_quote" in marks else "cite"
        self._open.append((name, how))
        self._opened[name] += 1
        self._depth += bool(how)

    def _close(self, name: str) -> None:
        if not self._opened[name]:
            return
        while True:
            tag, how = self._open.pop()
            self._opened[tag] -= 1
            self._depth -= bool(how)
            if tag == name:
                break
        if name == "blockquote" and self._open and self._open[-1][1] == "container":
            # In Gmail an answer between or below the quotes lies inside the container, and is not quoted.
            self._open[-1] = (self._open[-1][0], "")
            self._depth -= 1

    def _break(self) -> None:
        words = " ".join(_unescaped("".join(self._line)).split())
        self._line = []
        if words or (self._lines and self._lines[-1]):
            self._lines.append("> " * min(self._depth, _MAX_DEPTH) + words if words else "")


def _marks(source: str) -> set[str]:
    return {word for groups in _MARKS.findall(source) for mark in groups for word in mark.lower().split()}


def _unescaped(text: str) -> str:
    return unescape(_LONG_NUMBER.sub("", text)) if "&" in text else text
