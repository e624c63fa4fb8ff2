"""Random edits of a mirror, of every kind that its owner or a scraper makes between two builds."""

import os
import re
import struct
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Mirror:
    """A site's folder that is edited; the same `random` makes the same edits."""

    def __init__(self, site, random):
        self.site, self.random, self.made = Path(site), random, 0
        content = self.site / "content"
        self.sources = sorted(str(path.relative_to(self.site)) for path in content.rglob("*.md"))

    def edit(self, kinds=None):
        """Makes one edit and says which."""
        kind = self.random.choice(kinds or KINDS)
        self.made += 1
        return f"{kind.__name__} {kind(self) or ''}".strip()

    def choose(self):
        return self.random.choice(self.sources)

    def date(self, least=2016):
        pick = self.random.randint
        return f"{pick(least, 2024)}-{pick(1, 12):02}-{pick(1, 28):02} {pick(0, 23):02}:00:00"

    def read(self, name):
        return (self.site / name).read_text(errors="surrogateescape")

    def write(self, name, text):
        path = self.site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, errors="surrogateescape")

    def rewrite(self, pattern, new):
        """Replaces what is first found in an article, if it is there."""
        name = self.choose()
        self.write(name, re.sub(pattern, new, self.read(name), count=1, flags=re.MULTILINE))
        return name

    def configure(self, lines):
        """Settings go before tables, and none twice."""
        text, key = self.read("site.toml"), re.split(" = ", lines)[0]
        if lines.startswith("["):
            self.write("site.toml", f"{text}\n{lines}\n")
        else:
            kept = [line for line in text.splitlines() if not line.startswith(f"{key} =")]
            self.write("site.toml", "\n".join([lines, *kept]) + "\n")
        return lines


def add(mirror):
    name = f"content/added/{mirror.made}.md"
    tags = ", ".join(f"标签{mirror.random.randint(0, 9)}" for _ in range(mirror.random.randint(0, 3)))
    link = f"https://added.example.org/{mirror.made}"
    picture = f'<p>新闻</p><img src="p{mirror.random.randint(0, 4)}.png">'
    mirror.write(name, f"---\ntitle: 新 {mirror.made}\ndate: {mirror.date()}\ntags: [{tags}]\nlink: {link}\n---\n{picture}\n")
    mirror.sources.append(name)
    return name


def change(mirror):
    name = mirror.choose()
    mirror.write(name, mirror.read(name) + f"\n<p>更多 {mirror.made}。</p>\n")
    return name


def retitle(mirror):
    return mirror.rewrite(r"^(\[|title: )", rf"\g<1>改{mirror.made}")


def retag(mirror):
    return mirror.rewrite(r"^tags: \[", f"tags: [另{mirror.random.randint(0, 3)}, ")


def redate(mirror):
    if mirror.random.random() < 0.5:
        return mirror.rewrite(r"^<!--\d{5}", f"<!--{mirror.random.randint(14600, 17300)}")
    return mirror.rewrite(r"^date: .*$", f"date: {mirror.date()}")


def rename(mirror):
    name = mirror.choose()
    new = f"{os.path.dirname(name)}/r{mirror.made}-{os.path.basename(name)}"[:180].removesuffix(".md") + ".md"
    (mirror.site / name).rename(mirror.site / new)
    mirror.sources[mirror.sources.index(name)] = new
    return new


def delete(mirror):
    name = mirror.choose()
    (mirror.site / name).unlink()
    mirror.sources.remove(name)
    return name


def touch(mirror):
    name = mirror.choose()
    os.utime(mirror.site / name)
    return name


def new_version(mirror):
    name = mirror.choose()
    new = f"content/versions/{mirror.made}.md"
    mirror.write(new, mirror.read(name) + "\n<p>修订。</p>\n")
    mirror.sources.append(new)
    return name


def withdraw(mirror):
    name = mirror.choose()
    notice = mirror.random.choice(["", "\nnotice = false"])
    source = name.replace("\\", "\\\\").replace('"', '\\"')
    if not source.isprintable():
        return "nothing"
    return mirror.configure(f'[[withdraw]]\nsource = "{source}"\nreason = "请求"\ndate = "2024-12-31"{notice}')


def link(mirror):
    name = mirror.choose()
    target = f"https://added.example.org/{mirror.random.randint(0, 100)}"
    mirror.write(name, mirror.read(name) + f'\n<p><a href="{target}">见</a></p>\n')
    return f"{name} to {target}"


def template(mirror):
    name = mirror.random.choice(["404.html", "list.html", "article.html", "base.html", "parts.html"])
    text = (ROOT / "themes/broadsheet/templates" / name).read_text()
    mirror.write(f"theme/templates/{name}", f"{text}{{# {mirror.made} #}}")
    return name


def style(mirror):
    mirror.write("theme/assets/site.css", f"body {{ margin: {mirror.made}px }}")


def setting(mirror):
    number = mirror.made
    city = mirror.random.choice(["Shanghai", "Tokyo"])
    return mirror.configure(mirror.random.choice([f'description = "D{number}"', f'timezone = "Asia/{city}"']))


def site_title(mirror):
    """Every page shows it."""
    return mirror.configure(f'title = "T{mirror.made}"')


def rule(mirror):
    number = mirror.random.randint(0, 99)
    choices = [
        f'[[tag]]\nname = "规则{mirror.made}"\nwords = ["新闻", "更多 {number}"]',
        f'[[strip]]\ntext = "更多 {number}。"',
        f'[[exclude]]\nuntil = "2016-01-{number % 28 + 1:02}"',
    ]
    return mirror.configure(mirror.random.choice(choices))


def picture(mirror):
    name = f"content/added/p{mirror.random.randint(0, 4)}.png"
    (mirror.site / "content/added").mkdir(exist_ok=True)
    (mirror.site / name).write_bytes(png(60, 40, mirror.made % 256))
    return name


def page(mirror):
    mirror.write(f"pages/p{mirror.random.randint(0, 1)}.md", f"# 页 {mirror.made}\n\n字。\n")


def static(mirror):
    mirror.write(f"static/f{mirror.random.randint(0, 1)}.txt", f"{mirror.made}")


KINDS = [
    *[add] * 4, *[change] * 3, retitle, retag, redate, rename, delete, touch, new_version, withdraw, link, template, style,
    setting, site_title, rule, picture, page, static,
]  # fmt: skip


def png(width, height, shade):
    """A grey picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((shade + x) % 256 for x in range(width)) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
