"""mkdocs: files of the repository that pages link to are put into the site as they are, and links within it are checked to the anchor."""

import html.parser
import logging
import os
import posixpath
import re
import urllib.parse

from mkdocs.structure.files import File

LOG = logging.getLogger("mkdocs.plugins.links")
LINK = re.compile(r"""(\]\(|(?:src|srcset|href)=")([^)"#\s:]+)""")


def on_files(files, config):
    """The site has docs/ at its root, beside it README, which is the first page, and what any page links to."""
    root = os.path.dirname(config["config_file_path"])
    queue = ["README.md"] + ["docs/" + page.src_uri for page in files.documentation_pages()]
    seen = set(queue)
    while queue:
        path = queue.pop()
        if not path.startswith("docs/"):
            files.append(File(path, root, config["site_dir"], use_directory_urls=False))
        if path.endswith(".md"):
            with open(os.path.join(root, path), encoding="utf-8") as text:
                linked = {target(path, link) for _, link in LINK.findall(text.read())}
            found = {one for one in linked - seen if os.path.isfile(os.path.join(root, one))}
            seen |= found
            queue += found
    return files


def on_page_markdown(markdown, page, config, files):
    """Links are those of the repository, so that they work there."""
    root = os.path.dirname(config["config_file_path"])
    here = os.path.relpath(page.file.abs_src_path, root)

    def placed(link):
        path = target(here, link[2])
        return link[1] + posixpath.relpath(place(path), posixpath.dirname(place(here)) or ".") if os.path.isfile(os.path.join(root, path)) else link[0]

    return LINK.sub(placed, markdown)


def target(page, link):
    """What a page links to, from the repository's root."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), link))


def place(path):
    """Where the site has a file of the repository."""
    return path.removeprefix("docs/")


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links = set(), []
        with open(path, encoding="utf-8") as text:
            self.feed(text.read())

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.ids.add(named.get("id"))
        self.links += [named[name] for name in ("href", "src", "srcset") if named.get(name)]


def on_post_build(config):
    site = config["site_dir"]
    pages = {os.path.join(folder, name): None for folder, _, names in os.walk(site) for name in names if name.endswith(".html") and name != "404.html"}
    pages = {path: Page(path) for path in pages}
    for path, page in pages.items():
        for link in page.links:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(path), urllib.parse.unquote(url.path))) if url.path else path
            target = os.path.join(target, "index.html") if os.path.isdir(target) else target
            if not os.path.isfile(target):
                LOG.warning("%s leads to %s, which is not there", os.path.relpath(path, site), link)
            elif url.fragment and target in pages and urllib.parse.unquote(url.fragment) not in pages[target].ids:
                LOG.warning("%s leads to %s, which has no such anchor", os.path.relpath(path, site), link)
