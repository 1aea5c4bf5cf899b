"""Packs what was built for one architecture into an archive: a zip for each function, the template that names them, and what
an operator needs besides. The same binaries and the same sources make the same bytes."""

import argparse
import gzip
import hashlib
import io
import json
import re
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What is in the archive beside the functions and the template.
BESIDE = [
    "docs/operating.md", "docs/cost.md", "events/open-account.json", "infra/deployer.yaml",
    "infra/firewall.yaml", "infra/key.yaml", "infra/vault.yaml", "infra/probe", "LICENSE", "CHANGELOG.md",
]

# The machine that an ELF file says it is for.
MACHINES = {"x86_64": 62, "arm64": 183}


def zipped(binary):
    """What Lambda takes: one file `bootstrap` that may be run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, binary, compresslevel=9)
    return buffer.getvalue()


def template_for(architecture, functions):
    """The template with the archive's own zips, and this architecture unless somebody says otherwise."""
    text = (ROOT / "infra" / "template.yaml").read_text()
    text, found = re.subn(r"(?m)^( +CodeUri: )\.\./target/lambda/([a-z-]+)/$", r"\1functions/\2.zip", text)
    named = set(re.findall(r"CodeUri: functions/([a-z-]+)\.zip", text))
    if named != set(functions) or found != len(functions):
        raise SystemExit(f"the template names other functions than were built: {sorted(named ^ set(functions))}")
    text, found = re.subn(r"(?s)(\n  Architecture:\n.*?Default: )\w+\n", rf"\g<1>{architecture}\n", text, count=1)
    if found != 1:
        raise SystemExit("the template has no parameter Architecture")
    return text


def samconfig():
    return (ROOT / "samconfig.toml").read_text().replace('"infra/template.yaml"', '"template.yaml"')


def version():
    cargo = (ROOT / "Cargo.toml").read_text()
    return re.search(r'(?m)^version = "([^"]+)"', cargo.split("[workspace.package]", 1)[1]).group(1)


def commit():
    """Of which the sources are; that they are not quite, if something is changed; none if nobody knows."""
    def git(*words):
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    head = git("rev-parse", "HEAD")
    return f"{head}, changed" if head and git("status", "--porcelain") else head or None


def files_of(path):
    """Text files below a path of the repository, without what Python keeps of modules."""
    source = ROOT / path
    if source.is_file():
        return {path: source}
    found = (one for one in sorted(source.rglob("*")) if one.is_file() and "__pycache__" not in one.parts)
    return {str(one.relative_to(ROOT)): one for one in found}


def pack(architecture, binaries, output):
    names = sorted(folder.name for folder in (ROOT / "functions").iterdir() if folder.is_dir())
    built, missing = {}, []
    for name in names:
        file = binaries / name / "bootstrap"
        if file.is_file():
            built[name] = file.read_bytes()
        else:
            missing.append(name)
    if missing:
        raise SystemExit(f"no binary in {binaries} for: {', '.join(missing)}")
    for name, binary in built.items():
        machine = struct.unpack_from("<H", binary, 18)[0] if binary[:4] == b"\x7fELF" else None
        if machine != MACHINES[architecture]:
            raise SystemExit(f"{name} is not built for {architecture}")
    contents = {f"functions/{name}.zip": (zipped(binary), 0o644) for name, binary in built.items()}
    contents["template.yaml"] = (template_for(architecture, names).encode(), 0o644)
    for source in BESIDE:
        for path, file in files_of(source).items():
            contents[path] = (file.read_bytes(), 0o755 if file.stat().st_mode & 0o100 else 0o644)
    contents["samconfig.toml"] = (samconfig().encode(), 0o644)
    about = {
        "version": version(), "commit": commit(), "architecture": architecture,
        "binaries": {name: hashlib.sha256(binary).hexdigest() for name, binary in built.items()},
    }
    contents["release.json"] = ((json.dumps(about, indent=2) + "\n").encode(), 0o644)
    sums = "".join(f"{hashlib.sha256(bytes_).hexdigest()}  {path}\n" for path, (bytes_, _) in sorted(contents.items()))
    contents["SHA256SUMS"] = (sums.encode(), 0o644)

    folder = f"glueconnect-{about['version']}-{architecture}"
    output.mkdir(parents=True, exist_ok=True)
    archive = output / f"{folder}.tar.gz"
    # Neither the time nor whoever packed is in it.
    with archive.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path, (bytes_, mode) in sorted(contents.items()):
                entry = tarfile.TarInfo(f"{folder}/{path}")
                entry.size, entry.mode, entry.mtime = len(bytes_), mode, 0
                tar.addfile(entry, io.BytesIO(bytes_))
    megabytes = archive.stat().st_size / 1e6
    print(f"{archive}: {len(built)} functions for {architecture}, {megabytes:.0f} MB", file=sys.stderr)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--architecture", choices=sorted(MACHINES), required=True)
    arguments.add_argument("--binaries", type=Path, required=True)
    arguments.add_argument("--output", type=Path, required=True)
    asked = arguments.parse_args()
    pack(asked.architecture, asked.binaries, asked.output)


if __name__ == "__main__":
    main()
