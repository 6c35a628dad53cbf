#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The tree obeys its arrows; and arrows.py sees each kind of violation when one is planted."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CPP = "// SPDX-License-Identifier: GPL-2.0-only\n"

# A small house in which everything is as it should be.
SOUND = {
    "README.md": "A house.\n",
    "protocols/message/date.hpp": CPP + "#include <chrono>\n",
    "protocols/smtp/reply.cpp": CPP + '#include "protocols/message/date.hpp"\n#include "protocols/smtp/reply.hpp"\n',
    "protocols/smtp/reply.hpp": CPP,
    "topologies/graph.hpp": CPP + "#include <boost/graph/adjacency_list.hpp>\n",
    "sim/trace/event.hpp": CPP + '#include "protocols/smtp/reply.hpp"\n#include "sim/trace/kinds.def"\n',
    "sim/trace/kinds.def": CPP,
    "sim/scenario/scenario.hpp": CPP + '#include "topologies/graph.hpp"\n',
    "sim/net/host.hpp": CPP + '#include "sim/trace/event.hpp"\n',
    "sim/net/ns3_network.cpp": CPP + '#include <ns3/socket.h>\n#include "sim/net/host.hpp"\n',
    "sim/net/loopback_socket.cpp": CPP + "#include <boost/asio/ip/tcp.hpp>\n",
    "sim/queue/queue.hpp": CPP + '#include "sim/net/host.hpp"\n',
    "sim/agents/sender.cpp": CPP + '#include "sim/queue/queue.hpp"\n#include "protocols/smtp/reply.hpp"\n',
    "sim/main/main.cpp": CPP + '#include "sim/agents/sender.hpp"\n#include "sim/scenario/scenario.hpp"\n',
    "viz/panes/map.cpp": CPP + '#include "sim/trace/event.hpp"\n#include "viz/panes/map.hpp"\n#include <imgui.h>\n',
    "labs/grader.cpp": CPP + '#include "sim/scenario/scenario.hpp"\n',
    "tests/sim/net/ns3_network_test.cpp": CPP + "#include <ns3/simulator.h>\n",
    "tests/tools/run.sh": "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-only\ncd /var/tmp\n",
}

# file, its content, and a piece of what must be said about it.
PLANTED = [
    ("protocols/smtp/x.hpp", CPP + '#include "sim/net/host.hpp"\n', "x.hpp:2: includes sim/net/host.hpp, an arrow"),
    ("protocols/smtp/x.hpp", CPP + '#include "protocols/pop3/session.hpp"\n', "an arrow that points back"),
    ("protocols/message/x.hpp", CPP + '#include "protocols/smtp/reply.hpp"\n', "an arrow that points back"),
    ("protocols/smtp/x.cpp", CPP + "#include <sys/socket.h>\n", "sans-I/O"),
    ("protocols/smtp/x.cpp", CPP + "auto now = std::chrono::system_clock::now();\n", "uses system_clock"),
    ("topologies/x.hpp", CPP + '#include "sim/trace/event.hpp"\n', "nothing else of ours"),
    ("topologies/x.hpp", CPP + "#include <sim/trace/event.hpp>\n", "an arrow that points back"),
    ("sim/trace/x.hpp", CPP + '#include "topologies/graph.hpp"\n', "an arrow that points back"),
    ("sim/trace/x.hpp", CPP + '#include "sim/net/host.hpp"\n', "an arrow that points back"),
    ("sim/scenario/x.hpp", CPP + '#include "sim/trace/event.hpp"\n', "an arrow that points back"),
    ("sim/net/x.hpp", CPP + '  #  include "sim/queue/queue.hpp"\n', "an arrow that points back"),
    ("sim/net/x.hpp", CPP + '#include "sim/agents/sender.hpp"\n', "an arrow that points back"),
    ("sim/net/network.hpp", CPP + "#include <ns3/socket.h>\n", "only sim/net/ns3_*"),
    ("sim/queue/x.hpp", CPP + '#include "sim/agents/sender.hpp"\n', "an arrow that points back"),
    ("sim/queue/x.hpp", CPP + '#include "sim/faults/fault.hpp"\n', "an arrow that points back"),
    ("sim/queue/x.cpp", CPP + "std::random_device seed;\n", "uses random_device"),
    ("sim/agents/x.hpp", CPP + '#include "sim/main/cli.hpp"\n', "an arrow that points back"),
    ("sim/agents/x.cpp", CPP + "long now = time(nullptr);\n", "uses time(nullptr)"),
    ("sim/main/x.cpp", CPP + "#include <ns3/simulator.h>\n", "only sim/net/ns3_*"),
    ("sim/main/x.cpp", CPP + "#include <boost/asio/io_context.hpp>\n", "only sim/net/loopback_*"),
    ("sim/net/ns3_x.cpp", CPP + "#include <boost/asio.hpp>\n", "only sim/net/loopback_*"),
    ("sim/main/x.cpp", CPP + '#include "viz/panes/map.hpp"\n', "an arrow that points back"),
    ("sim/main/x.cpp", CPP + '#include "cli.hpp"\n', "by their path from the top of the tree"),
    ("sim/new_part/x.cpp", CPP, "without a row"),
    ("viz/x.cpp", CPP + '#include "sim/net/host.hpp"\n', "an arrow that points back"),
    ("viz/x.cpp", CPP + '#include "ns3/simulator.h"\n', "only sim/net/ns3_*"),
    ("labs/x.cpp", CPP + '#include "sim/agents/sender.hpp"\n', "an arrow that points back"),
    ("labs/x.cpp", CPP + '#include "viz/panes/map.hpp"\n', "an arrow that points back"),
    ("labs/x.cpp", "#pragma once\n" + CPP, "x.cpp:1: begins without its licence"),
    ("labs/x.cpp", "", "begins without its licence"),
    ("tests/tools/x.sh", "#!/bin/sh\n", "begins without its licence"),
    ("tests/tools/x.py", "import os\n", "begins without its licence"),
    ("docs/x.md", "Look\ninto /" + "home/jane/mail.\n", "docs/x.md:2: names a folder of somebody's machine"),
    ("notes.txt", "hello\n", "notes.txt:1: stands at the top of the tree"),
    ("src/x.cpp", CPP, "src:1: stands at the top of the tree"),
]


def arrows(root):
    return subprocess.run([sys.executable, HERE / "arrows.py", root], capture_output=True, text=True)


def plant(root, files):
    for name, content in files.items():
        path = Path(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


class Arrows(unittest.TestCase):
    maxDiff = None

    def test_this_tree_obeys_them(self):
        run = arrows(ROOT)
        self.assertEqual((run.stdout, run.stderr, run.returncode), ("", "", 0))

    def test_the_architecture_page_shows_them(self):
        drawn = subprocess.run([sys.executable, HERE / "arrows.py", "--diagram"], capture_output=True, text=True).stdout
        self.assertIn("sim_main[sim/main] --> sim_agents[sim/agents]\n", drawn)
        self.assertIn(f"```mermaid\n{drawn}```\n", (ROOT / "docs/ARCHITECTURE.md").read_text(),
                      "paste what tests/architecture/arrows.py --diagram prints")

    def test_a_sound_house_has_no_violation(self):
        with tempfile.TemporaryDirectory() as root:
            plant(root, SOUND)
            run = arrows(root)
            self.assertEqual((run.stdout, run.stderr, run.returncode), ("", "", 0))

    def test_each_planted_violation_is_found_and_nothing_else(self):
        for name, content, said in PLANTED:
            with self.subTest(name=name, content=content), tempfile.TemporaryDirectory() as root:
                plant(root, SOUND | {name: content})
                run = arrows(root)
                self.assertEqual(run.returncode, 1, run.stderr)
                self.assertIn(said, run.stdout)
                self.assertTrue(all(line.startswith((name, name.split("/")[0] + ":")) for line in
                                    run.stdout.splitlines()), run.stdout)

    def test_an_empty_tree_does_not_pass(self):
        with tempfile.TemporaryDirectory() as root:
            self.assertEqual(arrows(root).returncode, 1)


if __name__ == "__main__":
    unittest.main()
