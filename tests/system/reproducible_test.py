# SPDX-License-Identifier: GPL-2.0-only
"""The same scenario and seed make the same run, row by row: whenever, at any pace, whoever watches, at any level but
for the rows left out, and on any processor of the architecture."""

import glob
import os
import shutil
import subprocess
import threading
import time
import unittest

import laboratory
from laboratory import LEVELS, MAILROOM, TABLES, TIMEOUT_S, Laboratory, edit, read_only, rows

# The rows of a run that do not depend on how it was recorded.
RUN_TABLES = [name for name in TABLES if name != "meta"]

# A bit of everything that chance, timers and order can touch.
BUSY = {
    "seed": 7,
    "record": "packets",
    "topology": {
        "generate": {"kind": "waxman", "nodes": 8, "rate": "512kbps", "delay": "15ms", "loss": "1%", "queue": 20},
        "links": [{"between": ["n1", "pc"], "rate": "1Mbps"}, {"between": ["n2", "gateway"], "loss": "3%"},
                  "island -- lighthouse"],  # no way leads there
        "lans": [{"name": "office", "hosts": ["gateway", "mx.a", "mx.b"]}]},
    "smtp": {"connections-per-destination": 2, "messages-per-connection": 3},
    "retry": {"intervals": ["20s", "40s"], "give-up": "3m"},
    "hosts": {
        "mx.a": {"domains": "a.example", "users": {"ann": {}, "full": {"quota": "3kB"}}},
        "mx.b": {"domains": "b.example", "users": ["bob"], "smtp": {"pipelining": False, "connection-limit": 1}},
        "n3": {"domains": "old.example", "users": ["eve"], "smtp": {"extended": False}},
        "n4": {"domains": "d.example", "users": {"dan": {"moved": {"to": "bob@b.example", "answer": "forward"}}}},
        "n5": {"domains": "closed.example", "users": ["zoe"], "receiver": False},
        "island": {"domains": "island.example", "users": ["ida"]},
        "n6": {"domains": "e.example", "users": ["fay", "gus"], "forward": "n3"},
        "pc": {"submit-to": "mx.a"}},
    "traffic": [
        {"from": "any(*@* - zoe@*, ida@*)", "to": "any(*@*)", "poisson": "1500ms", "count": 40, "size": "4kB"},
        {"from": "each(*@e.example)", "to": "each(*@a.example, *@b.example)", "every": "10s", "count": 3,
         "size": "2kB"},
        {"from": "ann@a.example", "at": "5s",
         "to": ["bob@b.example", "nobody@d.example", "zoe@closed.example", "ida@island.example"]}]}


def instructions(environment):
    """What of the processor the C library uses, by its own word; empty where it has no such word."""
    loaders = glob.glob("/lib*/ld-linux-*.so.*")
    if not loaders:
        return []
    said = subprocess.run([loaders[0], "--list-diagnostics"], env={**os.environ, **environment}, capture_output=True,
                          check=False)
    return [line for line in said.stdout.splitlines() if b"cpu_features" in line and b"active" in line]


class Reproducible(Laboratory):
    def setUp(self):
        super().setUp()
        self.busy = self.scenario("busy.yaml", BUSY)

    def run_busy(self, name, *options, **more):
        return self.run_file(self.busy, *options, out=f"{name}.mailroom", **more)

    def first_differences(self, one, other):
        """table -> the first row that differs, or the number of rows; empty: the runs are the same."""
        found = {}
        for table in RUN_TABLES:
            left, right = rows(one, table), rows(other, table)
            if left != right:
                found[table] = next((a for a, b in zip(left, right) if a != b), len(left))
        return found

    def test_the_scenario_touches_everything(self):
        run = self.run_busy("busy")
        summary = self.assert_conserved(run)
        self.assertGreater(summary["messages"], 50)
        self.assertGreater(summary["delivered"], 30)
        self.assertGreater(summary["bounced"], 2)
        connection = read_only(run)
        self.addCleanup(connection.close)
        kinds = {row[0].decode() for row in connection.execute("SELECT DISTINCT kind FROM event_named")}
        for kind in ("frame.dropped", "copy.deferred", "copy.expanded", "copy.bounced", "copy.relayed",
                     "route.failed", "query.unanswered", "connection.disturbed"):
            self.assertIn(kind, kinds)
        busy = connection.execute("SELECT count(*) FROM event_named WHERE kind = 'reply.sent' AND code = 421")
        self.assertGreater(busy.fetchone()[0], 0, "a receiver was too busy")
        for name in ("event", "flight", "content", "frame", "recipient"):
            self.assertGreater(len(rows(run, name)), 5, name)

    def test_with_names_from_a_table_too(self):
        # Nobody asks the way to the island: who calls there finds that none leads to it.
        table = self.scenario("table.yaml", {**BUSY, "dns": {"mode": "static"}})
        one = self.run_file(table, out="one.mailroom")
        self.assert_conserved(one)
        connection = read_only(one)
        self.addCleanup(connection.close)
        kinds = {row[0].decode() for row in connection.execute("SELECT DISTINCT kind FROM event_named")}
        self.assertLessEqual({"connection.unreachable", "connection.refused", "connection.disturbed", "copy.deferred"},
                             kinds)
        self.assertFalse([kind for kind in kinds if kind.startswith(("query.", "datagram."))])
        self.assert_same_tables(one, self.run_file(table, out="two.mailroom"))

    def test_twice_the_same_and_another_seed_another_run(self):
        one, two = self.run_busy("one"), self.run_busy("two")
        self.assert_same_tables(one, two)
        other = self.run_busy("other", "--seed", 8)
        self.assertTrue({"event", "content", "flight", "frame"} <= set(self.first_differences(one, other)))

        # Any column of any row counts.
        for statement in ("UPDATE event SET time_ns = time_ns + 1 WHERE id = 100",
                          "UPDATE event SET because = 1 WHERE id = 101",
                          "UPDATE flight SET last_bit_in_ns = last_bit_in_ns + 1 WHERE id = 3",
                          "UPDATE content SET octets = CAST('x' AS BLOB) || substr(octets, 2) WHERE id = 2",
                          "DELETE FROM frame WHERE event = (SELECT max(event) FROM frame)"):
            copy = self.folder / "copy.mailroom"
            shutil.copy(two, copy)
            edit(copy, statement)
            with self.assertRaises(AssertionError, msg=statement):
                self.assert_same_tables(one, copy)

    def test_at_any_pace_and_with_pauses(self):
        reference = self.run_busy("reference")
        self.assert_same_tables(reference, self.run_busy("paced", "--pace", "1000x"))
        self.assert_same_tables(reference, self.run_busy("max", "--pace", "max", stdin="resume\n"))
        steps = "pause\n" + "step\n" * 40 + "pace 200x\nresume\nnonsense\npause\nstep\npace max\nresume\n"
        self.assert_same_tables(reference, self.run_busy("stepped", "--pace", "100x", stdin=steps))

    def test_on_a_processor_with_fewer_instructions(self):
        # libm chooses its exp, log and pow by these; the spellings are those of newer and older C libraries.
        plain = instructions({})
        for off in ("-AVX2,-FMA,-FMA4,-AVX", "-AVX2_Usable,-FMA_Usable,-FMA4_Usable,-AVX_Usable"):
            environment = {"GLIBC_TUNABLES": f"glibc.cpu.hwcaps={off}"}
            if instructions(environment) != plain:
                break
        else:
            self.skipTest("this processor or its C library has nothing to leave out")
        reference = self.run_busy("reference")
        self.assert_same_tables(reference, self.run_busy("poor", environment=environment))


class WhileRead(Laboratory):
    def test_a_run_that_is_read_while_it_grows_is_the_same(self):
        busy = self.scenario("busy.yaml", BUSY)
        reference = self.run_file(busy, out="reference.mailroom")
        live = self.folder / "live.mailroom"
        simulator = subprocess.Popen([MAILROOM, "run", str(busy), "--quiet", "--out", str(live), "--pace", "60x"],
                                     cwd=self.folder, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(simulator.stderr.close)
        self.addCleanup(simulator.stdin.close)
        self.addCleanup(simulator.kill)
        failures, counts = [], []

        def read():
            while simulator.poll() is None:
                if not live.exists():
                    time.sleep(0.01)
                    continue
                try:
                    connection = read_only(live)
                    try:
                        if connection.execute("PRAGMA user_version").fetchone()[0] > 0:
                            counts.append(connection.execute("SELECT count(*), max(id) FROM event").fetchone()[0])
                            dangling = connection.execute(
                                "SELECT count(*) FROM event WHERE cause NOT IN (SELECT id FROM event)").fetchone()[0]
                            if dangling:
                                failures.append(f"{dangling} causes that are not there")
                    finally:
                        connection.close()
                except Exception as error:  # any failure is one too many
                    failures.append(repr(error))
                time.sleep(0.02)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            simulator.wait(TIMEOUT_S)
        finally:
            simulator.kill()
            reader.join()
        self.assertEqual(simulator.returncode, 0)
        self.assertEqual(failures, [])
        self.assertGreater(len(set(counts)), 3, "the reader saw the run grow")
        self.assertEqual(counts, sorted(counts))
        self.assert_same_tables(reference, live)
        self.assertFalse(os.path.exists(f"{live}-wal"), "in the end it is one plain file")


class Levels(Laboratory):
    def setUp(self):
        super().setUp()
        busy = self.scenario("busy.yaml", BUSY)
        self.runs = {level: self.run_file(busy, "--record", level, out=f"{level}.mailroom") for level in LEVELS}

    @staticmethod
    def columns(run):
        connection = read_only(run)
        names = [row[1].decode() for row in connection.execute("PRAGMA table_info(event)")]
        connection.close()
        return names

    def left_out(self, level):
        """The event table that a level must give, made from that at `packets`."""
        run = self.runs["packets"]
        names = self.columns(run)
        kept_kinds = {row[0] for row in rows(run, "kind")
                      if LEVELS.index(row[2].decode()) <= LEVELS.index(level)}
        kind, cause, because = names.index("kind"), names.index("cause"), names.index("because")
        nearest, kept = {None: None}, []
        for row in rows(run, "event"):
            row = list(row)
            # Causes are older, so those of an ancestor are known.
            nearest[row[0]] = row[0] if row[kind] in kept_kinds else nearest[row[cause]]
            if row[kind] in kept_kinds:
                row[cause], row[because] = nearest[row[cause]], nearest[row[because]]
                kept.append(tuple(row))
        return kept

    def assert_level(self, level, run):
        expected = self.left_out(level)
        for ours, its in zip(expected, rows(run, "event")):
            if ours != its:
                names = self.columns(run)
                self.fail(f"at {level}:\n" + "\n".join(f"  {name}: {its[at]} instead of {ours[at]}"
                                                      for at, name in enumerate(names)
                                                      if ours[at] != its[at] or name in ("id", "kind", "text")))
        self.assertEqual(len(expected), len(rows(run, "event")))

    def test_lower_levels_leave_rows_out_and_nothing_else(self):
        sizes = [len(rows(self.runs[level], "event")) for level in LEVELS]
        self.assertEqual(sizes, sorted(set(sizes)), "each level has more events than the one before")
        for level in LEVELS:
            with self.subTest(level):
                self.assert_level(level, self.runs[level])
                self.assert_same_tables(self.runs["packets"], self.runs[level], ["host", "link", "kind", "recipient"])

        copy = self.folder / "copy.mailroom"
        shutil.copy(self.runs["mail"], copy)
        edit(copy, "UPDATE event SET cause = cause - 1 WHERE id = (SELECT max(id) FROM event WHERE cause > 1)")
        with self.assertRaises(AssertionError):
            self.assert_level("mail", copy)

    def test_flights_contents_and_frames_by_level(self):
        for level in ("mail", "full"):
            self.assert_same_tables(self.runs["packets"], self.runs[level], ["flight", "content"])
        self.assertEqual(rows(self.runs["summary"], "flight"), [])
        contents = {row[0]: row for row in rows(self.runs["packets"], "content")}
        for row in rows(self.runs["summary"], "content"):
            self.assertEqual(row, contents[row[0]])
        for level in LEVELS[:-1]:
            self.assertEqual(rows(self.runs[level], "frame"), [])

    def test_summaries_agree(self):
        summaries = [self.inspect(self.runs[level]) for level in LEVELS]
        for key in ("messages", "recipients", "accepted", "delivered", "bounced", "queued", "delay_s", "duplicates"):
            self.assertEqual(len({str(summary[key]) for summary in summaries}), 1, key)


if __name__ == "__main__":
    laboratory.main()
