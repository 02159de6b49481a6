#!/usr/bin/python3
"""sbom.py VERSION RUNTIME ASSETS ROOT FOLDER - a CycloneDX bill of materials of what was published into FOLDER

ASSETS is the project.assets.json that it was built with, ROOT the system whose libbpf and libelf it was linked with. The files
of FOLDER are in it with their hashes; so is, under each, what it is made of. The date is SOURCE_DATE_EPOCH.
"""
import datetime, hashlib, json, os, sys, uuid
import components


def main(version, runtime, assets, root, folder):
    parts = components.all_components(runtime, assets, root)
    files = [name for name in sorted(os.listdir(folder)) if not name.startswith(".")]
    entries = [file_entry(folder, name) for name in files]
    executable = f"pkg:generic/tracecap@{version}?arch={runtime}"
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application", "bom-ref": executable, "name": "tracecap", "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [entry(part) for part in parts] + entries,
        "dependencies": [
            {"ref": executable, "dependsOn": sorted("file:" + name for name in files)},
            *({"ref": "file:" + name, "dependsOn": sorted(part.purl for part in parts if belongs(part, name))} for name in files),
        ],
    }
    # Named by what it says, so that the same files have the same one.
    bom["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True))}"
    json.dump(bom, sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    print()


def belongs(part, name):
    return name in part.files if part.files else name == "tracecap"


def entry(part):
    return {
        "type": "library", "bom-ref": part.purl, "name": part.name, "version": part.version, "purl": part.purl, "scope": "required",
        "licenses": licences(part.licence),
        "copyright": "\n".join(part.holders),
        "properties": [{"name": "tracecap:place", "value": part.place}],
        **({"components": [
            {"type": "library", "bom-ref": f"{part.purl}#{name}", "name": name, "licenses": licences(licence), **({"version": version} if version else {})}
            for name, licence, version in part.inside]} if part.inside else {}),
    }


def licences(expression):
    return [{"expression": expression} if " " in expression else {"license": {"id": expression}}]


def file_entry(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return {"type": "file", "bom-ref": "file:" + name, "name": name, "hashes": [{"alg": "SHA-256", "content": digest}]}


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
