"""Lays a Heliostat corpus out for Hugo: one content file an article, JSON front matter, the body as it is.

`to_hugo.py CORPUS SITE` reads CORPUS/content and writes to a new SITE/content/YEAR/NUMBER.md (or .html, as the source is
called). With `--raw` every body that is HTML is called .html: Hugo then passes it through without looking at it. The six
kinds of header are those of examples/corpus; nothing here is measured.
"""

import datetime
import json
import multiprocessing
import os
import re
import sys
from pathlib import Path

STAMP = re.compile(r"<!--(\d+|NaN)-->\n\[(.*)\]\((\S*)\)\n------\n\n?")
FENCED = re.compile(r"(---|\+\+\+)\n(.*?)\n\1\n\n?", re.S)
TURNDOWN = re.compile(r"(.*) by (.*)\n------\n\n\*\*(\d{4}-\d\d-\d\d)\*\*\n\n")
HEADING = re.compile(r"# (.*)\n\n")
FIELD = re.compile(r"^(\w+)(?::| =) *(.*)$", re.M)


def convert(corpus, site, raw):
    """Writes the content of `site`; gives the number of articles and the sizes of all that is listed.

    `raw` says whether what is HTML is called so whatever the source is called.
    """
    content = Path(corpus, "content")
    sources = sorted(os.path.join(folder, name) for folder, _, names in os.walk(content) for name in names)
    jobs = [(number, source, str(content), str(site), raw) for number, source in enumerate(sources)]
    with multiprocessing.Pool() as pool:
        lists = pool.starmap(convert_one, jobs, chunksize=500)
    sizes = {}
    for names in lists:
        for name in names:
            sizes[name] = sizes.get(name, 0) + 1
    return len(sources), sorted(sizes.values())


def convert_one(number, source, content, site, raw):
    """Writes one article; gives the lists that it is in."""
    text = Path(source).read_bytes().decode("utf-8")
    front, body = read_header(text)
    front.setdefault("outlets", [Path(source).relative_to(content).parts[0]])
    front["slug"] = f"{number:06}"
    ending = Path(source).suffix
    if raw:
        ending = ".html" if body.lstrip().startswith("<") else ".md"
    year = front["date"][:4] if "date" in front else "undated"
    target = Path(site, "content", year, f"{number:06}{ending}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(front, ensure_ascii=False, indent=1) + "\n\n" + body, encoding="utf-8")
    terms = [f"{kind}/{term}" for kind in ("outlets", "tags") for term in front.get(kind, [])]
    return ["home", year, *terms]


def read_header(text):
    """The front matter that Hugo is to have, and the body."""
    front, rest = {}, text
    if found := FENCED.match(rest):
        front, rest = fenced_fields(found[2]), rest[found.end():]
    elif found := TURNDOWN.match(rest):
        front, rest = {"title": found[1], "date": found[3]}, rest[found.end():]
    elif found := HEADING.match(rest):
        front, rest = {"title": found[1]}, rest[found.end():]
    if found := STAMP.match(rest):
        front.setdefault("title", found[2])
        front.setdefault("original", found[3])
        if found[1] != "NaN":
            moment = datetime.datetime.fromtimestamp(int(found[1]) / 1000, datetime.timezone.utc)
            front.setdefault("date", moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
        rest = rest[found.end():]
    return front, rest


def fenced_fields(header):
    """YAML or TOML of the corpus: one field a line, and titles that no parser takes as they are."""
    fields = dict(FIELD.findall(header))
    front = {"title": unquoted(fields["title"])}
    if "date" in fields:
        front["date"] = re.sub(r" (\d\d:\d\d:\d\d)\.0+ \+00:00$", r"T\1Z", fields["date"])
    if original := fields.get("from") or fields.get("link"):
        front["original"] = original
    if "tags" in fields:
        names = (unquoted(name) for name in fields["tags"].strip("[] ").split(","))
        front["tags"] = list(dict.fromkeys(name for name in names if name))
    if category := fields.get("categories"):
        front["outlets"] = [category.strip("[] ")]
    return front


def unquoted(text):
    return text.strip().removeprefix('"').removesuffix('"').replace('\\"', '"')


if __name__ == "__main__":
    print("%d articles" % convert(sys.argv[1], sys.argv[2], "--raw" in sys.argv[3:])[0])
