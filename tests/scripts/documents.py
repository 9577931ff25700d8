# SPDX-License-Identifier: BSD-3-Clause
"""What the documents say that can be tried: their links, blocks, directives and commands."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
DIRECTIVE = re.compile(r"\bsessmirror\.[a-z]+(?:_[a-z]+)*\b")
# What begins like a directive and is a file.
FILES = {"sessmirror.so", "sessmirror.ini", "sessmirror.bash"}


def documents(root=ROOT):
    """The pages that users and contributors read, by name."""
    found = [*root.glob("*.md"), *root.glob("docs/*.md"), root / "benchmarks" / "README.md",
             root / "tests" / "faults" / "README.md"]
    return {str(page.relative_to(root)): page.read_text() for page in sorted(found) if page.exists()}


def without_blocks(text):
    return FENCE.sub("", text)


def blocks(text, language):
    """The fenced blocks of a language, without the indentation of the fence."""
    for indent, named, body in FENCE.findall(text):
        if named == language:
            yield re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)


def links(text):
    """Where a page's links lead, apart from other sites."""
    targets = LINK.findall(SPAN.sub("", without_blocks(text)))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors(text):
    """The names by which a page's headings can be linked, as GitHub makes them."""
    counts, names = {}, set()
    for heading in HEADING.findall(without_blocks(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        names.add(f"{name}-{counts[name]}" if name in counts else name)
        counts[name] = counts.get(name, 0) + 1
    return names


def broken_links(page, text, root=ROOT):
    for target in links(text):
        name, _, anchor = target.partition("#")
        place = (root / page).parent / name if name else root / page
        if not place.exists():
            yield f"{page}: {target}: no such file"
        elif anchor and anchor not in anchors(place.read_text()):
            yield f"{page}: {target}: no such heading"


def missing_commands(page, text, root=ROOT):
    for command in re.findall(r"(?<![\w./-])((?:scripts|benchmarks|tests|\.ci)/[\w./-]*\w)", text):
        if not any(root.glob(command)) and not any(root.glob(command + ".*")):
            yield f"{page}: {command}: no such file"


def directives(text):
    """The names of our directives, wherever they stand."""
    return set(DIRECTIVE.findall(text)) - FILES


def settings(text):
    """(name, value) of each `sessmirror.name = value`, or `name = value`, in the prose; a capital is no value."""
    for span in SPAN.findall(without_blocks(text)):
        found = re.fullmatch(r"(?:sessmirror\.)?([a-z_]+) = ([^\s…<A-Z]+)", span)
        if found:
            yield f"sessmirror.{found.group(1)}", found.group(2)


def log_lines(text):
    """The first column of the table of messages in docs/troubleshooting.md."""
    section = text.partition("\n## Messages in the log\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(.+?)` \|", section, re.MULTILINE)


def literals(root=ROOT):
    """The source with adjacent string literals joined, as the compiler joins them."""
    sources = [*root.glob("src/**/*.cpp"), *root.glob("php_ext/*.cpp")]
    return "\n".join(re.sub(r'"\s*(?:PRI\w+\s*)?"', "", source.read_text()) for source in sources)


def logged(source):
    """The texts with which the sources add to the log."""
    return re.findall(r'\badd\(\s*Severity::\w+,\s*"((?:[^"\\]|\\.)*)"', source)


def tells(line, text):
    """Whether a line with an ellipsis for each value is of this text."""
    return all(piece.strip() in text for piece in line.split("…"))
