"""What is in the executable, and in the libraries beside it: each part with its version, its licence and who holds the copyright.

Read from where the build took it: NuGet packages from project.assets.json, which says for the runtime which of them have files
at all; what is linked in statically from its .pc file; what is embedded from the files that are embedded.
"""
import dataclasses, glob, json, os, re
import xml.etree.ElementTree as xml

HERE = os.path.dirname(os.path.realpath(__file__))
REPOSITORY = os.path.dirname(HERE)
PACKAGES = os.environ.get("NUGET_PACKAGES") or os.path.expanduser("~/.nuget/packages")
TRIPLET = {"linux-x64": "x86_64-linux-gnu", "linux-arm64": "aarch64-linux-gnu"}

# Packages that name a page instead of a licence.
NAMED_BY_PAGE = {"K4os.Compression.LZ4": "MIT", "K4os.Compression.LZ4.Streams": "MIT", "K4os.Hash.xxHash": "MIT"}


RUNTIME_PACK = "Microsoft.NETCore.App.Runtime.NativeAOT."
# What .NET of a major version brings; it is nowhere in its files but in machine code.
BROTLI = {"10": "1.1.0"}


@dataclasses.dataclass
class Component:
    name: str
    version: str
    licence: str  # an SPDX expression
    holders: list  # lines that begin with a year or a name
    purl: str
    place: str  # how it is in the package: compiled, linked, embedded, or the file beside the executable
    files: list = dataclasses.field(default_factory=list)  # beside the executable
    notices: list = dataclasses.field(default_factory=list)  # texts that must go with it


def nuget(assets, runtime):
    """The packages that have an assembly, which is compiled into the executable, or a library for this runtime; and .NET's own runtime."""
    target = next(v for k, v in assets["targets"].items() if k.endswith("/" + runtime))
    for key, package in sorted(target.items(), key=lambda item: item[0].lower()):
        name, version = key.split("/")
        compiled = any(not f.endswith("_._") for f in package.get("runtime", {}))
        beside = [os.path.basename(f) for f in package.get("native", {}) if not f.endswith("_._")]
        if package["type"] == "package" and (compiled or beside):
            yield package_of(name, version, beside)
    framework, = assets["project"]["frameworks"].values()
    for one in framework["downloadDependencies"]:
        if one["name"] == RUNTIME_PACK + runtime:
            yield package_of(one["name"], re.match(r"\[([^,]+)", one["version"])[1], [])


def folder_of(name, version):
    return f"{PACKAGES}/{name.lower()}/{version.lower()}"


def package_of(name, version, beside):
    folder = folder_of(name, version)
    nuspec = xml.parse(f"{folder}/{name.lower()}.nuspec").getroot()[0]
    said = {element.tag.split("}")[1]: element for element in nuspec}
    licence = said.get("license")
    expression = licence.text if licence is not None and licence.get("type") == "expression" else NAMED_BY_PAGE[name]
    holder = said["copyright"].text if "copyright" in said and said["copyright"].text else said["authors"].text
    notices = sorted(glob.glob(f"{folder}/THIRD-PARTY-NOTICES*") + glob.glob(f"{folder}/Notices/NOTICES*"))
    return Component(name, version, expression, [tidy(holder)], f"pkg:nuget/{name}@{version}", "beside" if beside else "compiled", beside, notices)


def tidy(holder):
    """'Copyright (c) 2024 Somebody. All rights reserved.' as '2024 Somebody'."""
    holder = re.sub(r"\s+", " ", holder).strip()
    holder = re.sub(r"(?i)^(copyright|©|\(c\)|&#169;|\s)+", "", holder)
    return re.sub(r"(?i)\.?\s*all rights reserved\.?|(?i:^by )", "", holder).strip(" .") or "its authors"


def inside_libraries(packages):
    """What the libraries of packages are made of."""
    version = {c.name: c.version for c in packages}

    def first(name, parts=3):
        return ".".join(version[name].split(".")[:parts])

    duckdb = first("DuckDB.NET.Bindings.Full")
    yield Component("duckdb", duckdb, "MIT", ["2018-2026 Stichting DuckDB Foundation"], f"pkg:github/duckdb/duckdb@v{duckdb}",
                    "beside", ["libduckdb.so"], [f"{PACKAGES}/duckdb.net.bindings.full/{version['DuckDB.NET.Bindings.Full']}/LICENSE-DuckDB.txt"])
    milestone = "m" + version["SkiaSharp"].split(".")[1]
    yield Component("skia", milestone, "BSD-3-Clause", ["2011 Google Inc."], f"pkg:github/google/skia@{milestone}", "beside", ["libSkiaSharp.so"])
    harfbuzz = first("HarfBuzzSharp")
    yield Component("harfbuzz", harfbuzz, "MIT-Modern-Variant", ["2010-2023 Google, Inc. and others"],
                    f"pkg:github/harfbuzz/harfbuzz@{harfbuzz}", "beside", ["libHarfBuzzSharp.so"])


def linked(runtime, root):
    """What is linked in statically: of Debian's -dev packages, and of the runtime's own."""
    def pc(name):
        text = open(f"{root}/usr/lib/{TRIPLET[runtime]}/pkgconfig/{name}.pc").read()
        return re.search(r"^Version: *(\S+)", text, re.M)[1]

    libbpf, libelf = pc("libbpf"), pc("libelf")
    yield Component("libbpf", libbpf, "BSD-2-Clause", ["2015-2023 The libbpf authors"], f"pkg:generic/libbpf@{libbpf}", "linked")
    yield Component("elfutils-libelf", libelf, "GPL-2.0-or-later OR LGPL-3.0-or-later", ["1998-2022 Red Hat, Inc. and others"],
                    f"pkg:generic/elfutils@{libelf}", "linked")


def linked_by_runtime(runtime, packages):
    """Archives of .NET's runtime pack that are parts of their own: it links them into every executable that needs them."""
    pack = next(c for c in packages if c.name == RUNTIME_PACK + runtime)
    archive = f"{folder_of(pack.name, pack.version)}/runtimes/{runtime}/native/libz.a"
    zlib = re.search(rb"\0(1\.[\d.]+\.zlib-ng)\0", open(archive, "rb").read())[1].decode()
    yield Component("zlib-ng", zlib, "Zlib", ["1995-2024 Jean-loup Gailly and Mark Adler"], f"pkg:github/zlib-ng/zlib-ng@{zlib}", "linked")
    brotli = BROTLI[pack.version.split(".")[0]]
    yield Component("brotli", brotli, "MIT", ["2009, 2010, 2013-2016 the Brotli Authors"], f"pkg:github/google/brotli@v{brotli}", "linked")


def embedded():
    """What is data in the executable."""
    script = open(f"{REPOSITORY}/src/Analyzer/Output/Html/Scripts/uplot/uPlot.js").readline()
    uplot = re.search(r"\(v([\d.]+)\)", script)[1]
    licence = open(f"{REPOSITORY}/src/Analyzer/Output/Html/Scripts/uplot/LICENSE").read()
    yield Component("uplot", uplot, "MIT", [tidy(re.search(r"^Copyright.*", licence, re.M)[0])], f"pkg:npm/uplot@{uplot}", "embedded")
    font = open(f"{REPOSITORY}/src/Charts/Fonts/DejaVuSans.ttf", "rb").read()
    dejavu = re.search(rb"V\0e\0r\0s\0i\0o\0n\0 \0((?:[\d.]\0)+)", font)[1].replace(b"\0", b"").decode()
    yield Component("dejavu-fonts", dejavu, "Bitstream-Vera", ["2003 Bitstream, Inc.", "2006 Tavmjong Bah", "the DejaVu fonts team"],
                    f"pkg:generic/dejavu-fonts@{dejavu}", "embedded", notices=[f"{REPOSITORY}/src/Charts/Fonts/LICENSE.txt"])


def all_components(runtime, assets_file, root):
    packages = list(nuget(json.load(open(assets_file)), runtime))
    return [*packages, *inside_libraries(packages), *linked(runtime, root), *linked_by_runtime(runtime, packages), *embedded()]
