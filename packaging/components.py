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

# Of which sources the libraries beside the executable are made, under which licences: third_party of DuckDB and of Skia, as far as they are compiled in.
IN_DUCKDB = {
    "brotli": "MIT", "concurrentqueue": "BSD-2-Clause", "fast_float": "MIT", "fastpforlib": "Apache-2.0", "fmt": "MIT", "fsst": "MIT", "httplib": "MIT",
    "hyperloglog": "MIT", "icu": "ICU", "jaro_winkler": "MIT", "jemalloc": "BSD-2-Clause", "libpg_query": "BSD-3-Clause", "lz4": "BSD-2-Clause",
    "mbedtls": "Apache-2.0", "miniz": "MIT", "parquet": "Apache-2.0", "pcg": "MIT", "pdqsort": "Zlib", "re2": "BSD-3-Clause", "ska_sort": "BSL-1.0",
    "skiplist": "MIT", "snappy": "BSD-3-Clause", "tdigest": "Apache-2.0", "thrift": "Apache-2.0", "utf8proc": "MIT", "vergesort": "MIT", "yyjson": "MIT",
    "zstd": "BSD-3-Clause",
}
IN_SKIA = {
    "dng_sdk": "MIT", "freetype": "FTL", "libjpeg-turbo": "IJG AND BSD-3-Clause", "libpng": "libpng-2.0", "libwebp": "BSD-3-Clause", "piex": "Apache-2.0", "wuffs": "Apache-2.0",
    "zlib": "Zlib",
}
# By these words a library says which version of a part it has.
SAYS_VERSION = {"libpng": rb"libpng version (\d[\d.]+)", "libjpeg-turbo": rb"libjpeg-turbo version (\d[\d.]+)"}


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
    inside: list = dataclasses.field(default_factory=list)  # what it is made of itself: name, licence, and version if it says one


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
    for one in framework.get("downloadDependencies", []):
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
    for package in packages:
        library, version = next(iter(package.files), ""), package.version.split(".")
        if "duckdb" in library:
            release = ".".join(version[:3])
            yield Component("duckdb", release, "MIT", ["2018-2026 Stichting DuckDB Foundation"], f"pkg:github/duckdb/duckdb@v{release}", "beside", package.files,
                            [f"{folder_of(package.name, package.version)}/LICENSE-DuckDB.txt", f"{HERE}/licences/duckdb-parts.txt"], parts(IN_DUCKDB, package))
        elif "SkiaSharp" in library:
            yield Component("skia", "m" + version[1], "BSD-3-Clause", ["2011 Google Inc."], f"pkg:github/google/skia@m{version[1]}", "beside", package.files,
                            inside=parts(IN_SKIA, package))
        elif "HarfBuzzSharp" in library:
            release = ".".join(version[:3])
            yield Component("harfbuzz", release, "MIT-Modern-Variant", ["2010-2023 Google, Inc. and others"],
                            f"pkg:github/harfbuzz/harfbuzz@{release}", "beside", package.files)


def parts(licences, package):
    """Parts of a package's library, with the versions that it says itself."""
    image = b"".join(open(path, "rb").read() for path in glob.glob(f"{folder_of(package.name, package.version)}/runtimes/*/native/{package.files[0]}"))
    said = {name: re.search(pattern, image) for name, pattern in SAYS_VERSION.items() if name in licences}
    return [(name, licence, said[name][1].decode() if said.get(name) else None) for name, licence in licences.items()]


def linked(runtime, root):
    """What is linked in statically of Debian's -dev packages; nothing where .NET runs it."""
    if runtime not in TRIPLET:
        return

    def pc(name):
        text = open(f"{root}/usr/lib/{TRIPLET[runtime]}/pkgconfig/{name}.pc").read()
        return re.search(r"^Version: *(\S+)", text, re.M)[1]

    libbpf, libelf = pc("libbpf"), pc("libelf")
    yield Component("libbpf", libbpf, "BSD-2-Clause", ["2015-2023 The libbpf authors"], f"pkg:generic/libbpf@{libbpf}", "linked")
    yield Component("elfutils-libelf", libelf, "GPL-2.0-or-later OR LGPL-3.0-or-later", ["1998-2022 Red Hat, Inc. and others"],
                    f"pkg:generic/elfutils@{libelf}", "linked")


def linked_by_runtime(runtime, packages):
    """Archives of .NET's runtime pack that are parts of their own: it links them into every executable that needs them."""
    pack = next((c for c in packages if c.name == RUNTIME_PACK + runtime), None)
    if pack is None:
        return

    archive = f"{folder_of(pack.name, pack.version)}/runtimes/{runtime}/native/libz.a"
    zlib = re.search(rb" zlib-ng (\d+\.\d+\.\d+)", open(archive, "rb").read())[1].decode()
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
