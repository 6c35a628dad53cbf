#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Keeps the house in order: which folder may include which, what may stand at the top, how a source file begins.

usage: arrows.py ROOT          prints each violation as file:line: what is wrong; what would be right. Status 1 if any.
       arrows.py --diagram     prints the arrows as a Mermaid diagram, for docs/ARCHITECTURE.md

The arrows are those of docs/ARCHITECTURE.md. A folder of sim/ or at the top that has no row here is a violation too:
whoever adds one says what it may use.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

# --- the rules -------------------------------------------------------------------------------------------------

# The three that everything else stands on. sim/trace may use the protocols' plain values.
BASE = {"protocols", "topologies", "sim/trace"}

# folder -> what it may include of ours beyond itself. The longest folder that matches a file is its own.
ARROWS = {
    "topologies": set(),
    "sim/trace": {"protocols"},
    "sim/faults": {"topologies"},
    "sim/scenario": {"protocols", "topologies", "sim/faults"},
    "sim/story": BASE,
    "sim/net": BASE,
    "sim/queue": BASE | {"sim/net", "sim/scenario"},
    "sim/agents": BASE | {"sim/net", "sim/queue", "sim/scenario"},
    "sim/main": BASE | {"sim/story", "sim/net", "sim/scenario", "sim/faults", "sim/queue", "sim/agents"},
    "viz": BASE | {"sim/story", "sim/scenario", "sim/faults"},
    "labs": BASE | {"sim/scenario", "sim/faults"},
}
# A protocol stands alone, but for the message format that all of them carry.
PROTOCOL = {"protocols/message"}

# The only files of the product that know ns-3; tests/bench measures against it, tests/sim/net tests these.
NS3_FILES = re.compile(r"sim/net/ns3_[^/]*|tests/bench/.*|tests/sim/net/.*")

# The only files of the product that know Boost.Asio.
ASIO_FILES = re.compile(r"sim/net/loopback_[^/]*")

# Protocols are sans-I/O: no socket, no file, no thread.
IO_HEADERS = re.compile(
    r"(sys/(socket|time|select|epoll)|netinet/.*|arpa/inet|netdb|poll|unistd|fcntl)\.h|boost/asio.*|sqlite3\.h"
    r"|thread|mutex|future|fstream|iostream|filesystem"
)
# Time and chance come from the Host (or as arguments), or two runs would differ.
HOST_TIME = ("protocols", "sim/queue", "sim/agents")
CLOCK = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime|random_device|"
                   r"mt19937(_64)?)\b|\b(time|rand)\s*\(\s*(nullptr|NULL|0)?\s*\)")

TOP_FOLDERS = {"protocols", "topologies", "sim", "viz", "labs", "tests", "docs"}
TOP_FILES = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md", "demo.sh", "test.sh"}

SPDX = "SPDX-License-Identifier: GPL-2.0-only"
CPP = {".cpp", ".hpp", ".h", ".c", ".def", ".ipp"}
HASH_COMMENTS = {".py", ".sh"}
TEXT = CPP | HASH_COMMENTS | {".md", ".txt", ".json", ".yaml", ".yml", ".cmake"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
HOME = re.compile(r"(?<![\w./-])/(?:home|root|Users)/[\w.]")

# --- the files -------------------------------------------------------------------------------------------------


def git_files(root: Path, *options: str):
    """What git lists, or None where there is no git or no repository of its own."""
    if not (root / ".git").exists():
        return None
    try:
        run = subprocess.run(["git", "-C", str(root), "ls-files", "-z", *options], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return sorted(name for name in run.stdout.decode().split("\0") if name and (root / name).is_file())


def walked_files(root: Path):
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in {"build", ".git", "__pycache__"}]
        found += [str((Path(folder) / f).relative_to(root)) for f in files]
    return sorted(name for name in found if ".mailroom" not in name)


# --- the checks ------------------------------------------------------------------------------------------------


def within(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")


def own_folder(path: str):
    """The folder whose arrows hold for a file; None if it has no row. tests/ is free to use everything."""
    parts = path.split("/")
    if parts[0] == "protocols" and len(parts) > 2:
        return "/".join(parts[:2])
    rows = [folder for folder in ARROWS if within(path, folder)]
    return max(rows, key=len) if rows else None


def allowed(folder: str):
    return PROTOCOL if within(folder, "protocols") else ARROWS[folder]


def check_include(path: str, bracket: str, included: str, root: Path):
    """What is wrong with one #include, or None."""
    if (included.startswith("ns3/") or included == "ns3") and not NS3_FILES.fullmatch(path):
        return f"includes {included}; only sim/net/ns3_* may know ns-3"
    if included.startswith("boost/asio") and not ASIO_FILES.fullmatch(path):
        return f"includes {included}; only sim/net/loopback_* may know Boost.Asio"
    if within(path, "protocols") and IO_HEADERS.fullmatch(included):
        return f"includes {included}; protocols/ is sans-I/O: octets and time come in as arguments"
    ours = included.split("/")[0] in TOP_FOLDERS and (bracket == '"' or (root / included).exists())
    if not ours:
        if bracket == '"':
            return f'includes "{included}"; our own files are included by their path from the top of the tree'
        return None
    if path.split("/")[0] == "tests":
        return None
    folder = own_folder(path)
    if folder is None or within(included, folder):
        return None
    if any(within(included, other) for other in allowed(folder)):
        return None
    may = ", ".join(sorted(allowed(folder))) or "nothing else of ours"
    return f"includes {included}, an arrow that points back; {folder} may use itself and {may}"


def check_source(path: str, lines: list, root: Path):
    first = lines[0] if lines else ""
    suffix = Path(path).suffix
    if suffix in CPP and first != "// " + SPDX:
        yield 1, f"begins without its licence; the first line is: // {SPDX}"
    if suffix in HASH_COMMENTS and "# " + SPDX not in lines[:2]:
        yield 1, f"begins without its licence; the first line, or the one after #!, is: # {SPDX}"
    if suffix in CPP:
        if path.split("/")[0] != "tests" and own_folder(path) is None:
            yield 1, "stands in a folder without a row in tests/architecture/arrows.py; say there what it may use"
        for number, line in enumerate(lines, 1):
            include = INCLUDE.match(line)
            wrong = include and check_include(path, include[1], include[2], root)
            if wrong:
                yield number, wrong
        if any(within(path, folder) for folder in HOST_TIME):
            for number, line in enumerate(lines, 1):
                clock = CLOCK.search(line.split("//")[0])
                if clock:
                    yield number, f"uses {clock[0]}; time and chance come from the Host, or as arguments"


def check_machine_paths(lines: list, machine: list):
    for number, line in enumerate(lines, 1):
        if HOME.search(line) or any(place in line for place in machine):
            yield number, "names a folder of somebody's machine; use a path within the tree"


def check_top(names):
    for name in sorted(names):
        if name not in TOP_FOLDERS | TOP_FILES and not name.startswith("."):
            yield f"{name}:1: stands at the top of the tree; put it into one of {', '.join(sorted(TOP_FOLDERS))}"


def violations(root: Path):
    tracked = git_files(root)
    files = git_files(root, "--cached", "--others", "--exclude-standard")
    if tracked is None or files is None:
        tracked = files = walked_files(root)
    if not files:
        yield ".:1: no file was found; name the top of the tree"
    yield from check_top({name.split("/")[0] for name in tracked})
    machine = [place for place in {str(root), os.environ.get("HOME", "")} if place.count("/") > 1]
    for path in files:
        if Path(path).suffix not in TEXT:
            continue
        lines = (root / path).read_text(encoding="utf-8", errors="replace").splitlines()
        for number, wrong in check_machine_paths(lines, machine):
            yield f"{path}:{number}: {wrong}"
        for number, wrong in check_source(path, lines, root):
            yield f"{path}:{number}: {wrong}"


def diagram():
    """The arrows as a Mermaid diagram, less those that follow from others."""
    reach = {"protocols": set()} | ARROWS
    yield "flowchart TD"
    for folder in reach:
        for target in sorted(reach[folder]):
            if not any(target in reach[other] for other in reach[folder]):
                yield f"  {folder.replace('/', '_')}[{folder}] --> {target.replace('/', '_')}[{target}]"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--diagram":
        print("\n".join(diagram()))
        return
    found = list(violations(Path(sys.argv[1]).resolve()))
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
