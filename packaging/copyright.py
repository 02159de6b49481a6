#!/usr/bin/python3
"""copyright.py RUNTIME ASSETS ROOT FOLDER - writes copyright and notices/ into FOLDER

copyright is machine-readable in the form of Debian: whose work is in the packages, under which licences, with their texts. Those that Debian
keeps are named by their place there; licences/ in FOLDER has them on other systems. notices/ has what parts say of their own parts.
"""
import os, re, sys
import components

HERE = os.path.dirname(os.path.realpath(__file__))
# Files in /usr/share/common-licenses of Debian.
COMMON = {"Apache-2.0": "Apache-2.0", "LGPL-3.0-or-later": "LGPL-3", "GPL-2.0-or-later": "GPL-2", "GPL-2.0-only": "GPL-2"}


def main(runtime, assets, root, folder):
    parts = components.all_components(runtime, assets, root)
    ids = sorted({one for part in parts for one in names(part)} | {"Apache-2.0", "BSD-2-Clause", "GPL-2.0-only"})
    stanzas = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: TraceCap\n"
        "Comment:\n The package holds what it is compiled of, linked with, and comes with, each under its own licence;\n"
        " its bill of materials says which part is in which file. notices/ has what parts say of their own parts.",
        "Files: *\nCopyright: TraceCap contributors\nLicense: Apache-2.0",
        "Files: bpf/*\nCopyright: TraceCap contributors\nLicense: BSD-2-Clause or GPL-2.0-only\nComment: The BPF programs, which are embedded.",
    ]
    for part in parts:
        stanzas.append(f"Files: {part.name}/*\nCopyright: " + "\n           ".join(part.holders) +
                       f"\nLicense: {licence(part)}\nComment: {part.name} {part.version}, {part.place}"
                       + (" " + ", ".join(part.files) if part.files else "")
                       + ("; its own parts are under licences of theirs, which notices/ has" if part.inside else ""))
    stanzas += [f"License: {one}\n{text(one)}" for one in ids]
    with open(f"{folder}/copyright", "w") as file:
        file.write("\n\n".join(stanzas) + "\n")
    os.makedirs(f"{folder}/notices", exist_ok=True)
    for part in parts:
        for number, notice in enumerate(part.notices):
            with open(notice, encoding="utf-8-sig", errors="replace", newline=None) as source, \
                    open(f"{folder}/notices/{part.name}{'-%d' % number if number else ''}.txt", "w") as target:
                target.write(source.read().replace("\r", ""))


def names(part):
    return re.split(" (?:OR|AND) ", part.licence)


def licence(part):
    return part.licence.replace(" OR ", " or ").replace(" AND ", " and ")


def text(name):
    if name in COMMON:
        return (f" On Debian systems, the text of this licence is in /usr/share/common-licenses/{COMMON[name]};\n"
                f" elsewhere in licences/{COMMON[name]} beside this file.")
    if name == "Bitstream-Vera":
        said = open(f"{components.REPOSITORY}/src/Charts/Fonts/LICENSE.txt").read()
        return re.search(r"^License: bitstream-vera\n((?: .*\n)+)", said, re.M)[1].rstrip("\n")
    with open(f"{HERE}/licences/{name}.txt") as file:
        return "\n".join(" " + (line.rstrip() or ".") for line in file.read().rstrip("\n").split("\n"))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
