"""XML of strangers, read with line numbers and without a document type, so that nothing in it can expand or fetch."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, TreeBuilder, indent
from xml.parsers.expat import ExpatError, ParserCreate

from datasets.errors import FormatBroken

LINE = "line of the file"


def parse(path: Path, root: str) -> Element:
    """The root element; every element knows its line, see `line`.

    Raises:
        FormatBroken: not there, no XML, another root than `root`, or a document type.
    """
    builder = TreeBuilder()
    parser = ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag, attributes | {LINE: str(parser.CurrentLineNumber)})

    def doctype(*_: object) -> None:
        raise FormatBroken(file=str(path), line=parser.CurrentLineNumber, why="a document type is not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(path.read_bytes(), True)
    except ExpatError as error:
        raise FormatBroken(file=str(path), line=error.lineno, why=str(error)) from error
    except OSError as error:
        raise FormatBroken(file=str(path), why=str(error)) from error
    found = builder.close()
    if found.tag != root:
        raise FormatBroken(file=str(path), line=1, why=f"the root is {found.tag}, not {root}")
    return found


def line(element: Element) -> int:
    """Where an element begins in its file, from 1."""
    return int(element.get(LINE, "0"))


def text(element: Element, tag: str) -> str:
    """The words of a child, stripped; empty where there is none."""
    return (element.findtext(tag) or "").strip()


def write(path: Path, root: Element) -> None:
    """Write an indented file, making its folder where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def child(parent: Element, tag: str, words: object = "") -> Element:
    """Add a child with words."""
    element = Element(tag)
    element.text = clean(str(words)) or None
    parent.append(element)
    return element


def clean(words: str) -> str:
    """Words without the control characters that XML forbids."""
    return "".join(letter for letter in words if letter in "\t\n\r" or letter.isprintable() or letter == "\u3000")
