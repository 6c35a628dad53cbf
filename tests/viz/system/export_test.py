#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Exports without a window, each read by a judge that others wrote: rsvg-convert and an XML parser, ffprobe, Python's csv,
and for pictures a reader of our own (picture.py). The page for browsers has page_test.py."""

import csv
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
import laboratory  # noqa: E402
from laboratory import DEMOS, edit, read_only  # noqa: E402
import picture  # noqa: E402

VIEW = os.environ.get("MAILROOM_VIEW", str(laboratory.SOURCE / "build/dev/bin/mailroom-view"))
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>&\"'\x01\x1b]\u202e" + "x" * 480


class Exports(laboratory.Laboratory):
    @classmethod
    def setUpClass(cls):
        cls.runs = {}

    def run_of(self, demo, *options):
        """A run file that all tests of a class share: they only read."""
        key = (demo, options)
        if key not in self.runs:
            folder = pathlib.Path(self.enterClassContext(tempfile.TemporaryDirectory(prefix="mailroom-runs-")))
            self.runs[key] = self.run_file(DEMOS / f"{demo}.yaml", *options, out=folder / f"{demo}.mailroom")
        return self.runs[key]

    def view(self, run, out, *options, expect=0, environment=None, is_there=False):
        """What `mailroom view RUN --render OUT` says; the file is in the test's folder."""
        done = subprocess.run([VIEW, str(run), "--render", str(self.folder / out), *map(str, options)],
                              capture_output=True, timeout=120, env={**os.environ, **(environment or {})}, check=False)
        said = done.stderr.decode("utf-8", "backslashreplace")
        self.assertEqual(done.returncode, expect, f"{out} {options}: {said}")
        self.assertEqual((self.folder / out).exists(), expect == 0 or is_there, f"{out}: {said}")
        return said

    def made(self, run, out, *options):
        self.view(run, out, *options)
        return self.folder / out


class Pictures(Exports):
    def test_a_png_has_the_size_asked_for_and_is_the_same_each_time(self):
        run = self.run_of("possible-errors")
        one = self.made(run, "one.png", "--at", "21m", "--size", "800x500")
        other = self.made(run, "other.png", "--at", "21m", "--size", "800x500")
        self.assertEqual(one.read_bytes(), other.read_bytes())
        seen = picture.read_png(one)
        self.assertEqual(seen[:2], (800, 500))
        self.assertGreater(picture.colors(seen), 30)
        later = picture.read_png(self.made(run, "later.png", "--at", "5h", "--size", "800x500"))
        self.assertGreater(picture.difference(seen, later)[0], 0.01, "another moment is another picture")

    def test_each_pane_and_theme(self):
        run = self.run_of("possible-errors")
        seen = {}
        for pane in ("topology", "ladder", "plots", "all"):
            for theme in ("light", "dark", "projector"):
                name = f"{pane}-{theme}.png"
                image = picture.read_png(self.made(run, name, "--pane", pane, "--theme", theme, "--size", "640x400",
                                                   "--at", "21m"))
                self.assertGreater(picture.colors(image), 8, name)
                self.assertNotIn(image, seen.values(), name)
                seen[name] = image
        dark = seen["plots-dark.png"][2]
        self.assertLess(sum(dark[:300]) / 300, 100, "dark is dark")
        self.assertGreater(sum(seen["plots-light.png"][2][:300]) / 300, 200)

    def texts(self, svg):
        return ["".join(node.itertext()) for node in ElementTree.parse(svg).iter(SVG + "text")]

    def test_an_svg_has_vectors_and_text(self):
        run = self.run_of("possible-errors")
        svg = self.made(run, "plot.svg", "--pane", "plots", "--plot", "delay", "--size", "900x500")
        root = ElementTree.parse(svg).getroot()
        self.assertEqual(root.tag, SVG + "svg")
        texts = self.texts(svg)
        self.assertIn("Delay from composing to the mailbox", texts)
        for statistic in ("n", "median", "p95", "20 min", "21 min"):
            self.assertIn(statistic, texts)
        families = {node.get("font-family") for node in root.iter(SVG + "text")}
        self.assertTrue(all("Inter" in family or "JetBrains Mono" in family for family in families), families)
        self.assertGreater(len(list(root.iter(SVG + "polyline"))), 5)
        self.assertEqual(list(root.iter(SVG + "image")), [], "no pixels")
        self.assertEqual(svg.read_bytes(), self.made(run, "again.svg", "--pane", "plots", "--plot", "delay", "--size",
                                                     "900x500").read_bytes())

    def test_an_svg_of_all_has_every_drawn_pane_once(self):
        run = self.run_of("two-offices")
        svg = self.made(run, "all.svg", "--size", "1200x900")
        root = ElementTree.parse(svg).getroot()
        self.assertEqual(len([node for node in root if node.tag == SVG + "svg"]), 4)
        ids = [node.get("id") for node in root.iter(SVG + "clipPath")]
        self.assertEqual(len(ids), len(set(ids)), "clips have names of their own")
        texts = " ".join(self.texts(svg))
        for text in ("north", "QUIT", "Delay from composing", "0:00:01.0"):
            self.assertIn(text, texts)

    @unittest.skipUnless(shutil.which("rsvg-convert"), "rsvg-convert is not installed")
    def test_rsvg_paints_every_pane(self):
        run = self.run_of("possible-errors")
        for pane in ("topology", "ladder", "plots"):
            svg = self.made(run, f"{pane}.svg", "--pane", pane, "--size", "640x400", "--at", "21m")
            out = self.folder / f"{pane}-rsvg.png"
            subprocess.run(["rsvg-convert", str(svg), "-o", str(out)], check=True)
            image = picture.read_png(out)
            self.assertEqual(image[:2], (640, 400))
            self.assertGreater(picture.colors(image), 8, pane)

    def test_hostile_names_stay_text(self):
        run = self.run_file(DEMOS / "two-offices.yaml", out="hostile.mailroom")
        edit(run, "UPDATE host SET name = ?, label = ? WHERE id = 1", HOSTILE, HOSTILE)
        for pane in ("topology", "plots", "ladder"):
            svg = self.made(run, f"{pane}.svg", "--pane", pane, "--plot", "hops", "--at", "2s")
            text = svg.read_text(encoding="utf-8")
            self.assertNotIn("<script", text)
            self.assertIsNone(re.search("[\x00-\x08\x0b-\x1f]", text))
            ElementTree.fromstring(text)


class Tables(Exports):
    def rows(self, run, *options):
        text = self.made(run, "t.csv", *options).read_bytes().decode()
        self.assertTrue(text.endswith("\r\n"))
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def test_delays_are_those_that_inspect_tells(self):
        run = self.run_of("backbone")
        delays = [float(row["delay (s)"]) for row in self.rows(run, "--plot", "delay")]
        told = self.inspect(run)["delay_s"]
        n = len(delays)
        self.assertEqual(n, 500)
        self.assertEqual(delays, sorted(delays))
        for share, name in ((50, "p50"), (95, "p95"), (100, "max")):
            self.assertAlmostEqual(delays[(n * share + 99) // 100 - 1], told[name], places=9)

    def test_deliveries_have_every_recipient_once(self):
        run = self.run_of("mailing-list")
        rows = self.rows(run)
        told = self.inspect(run)
        self.assertEqual(len([row for row in rows if row["notification"] == "0"]), told["accepted"])
        self.assertEqual([row["recipient"] for row in rows if row["notification"] == "0"], ["staff@lists.example"])

    def test_replies_are_those_that_inspect_tells(self):
        run = self.run_of("possible-errors")
        told = self.inspect(run)["replies"]
        counted = {}
        for row in self.rows(run, "--plot", "replies"):
            counted[row["code"][0] + "xx"] = counted.get(row["code"][0] + "xx", 0) + int(row["replies"])
        self.assertEqual(counted, {name: count for name, count in told.items() if count})

    def test_queues_and_hops_have_their_columns(self):
        run = self.run_of("possible-errors")
        queue = self.rows(run, "--plot", "queue")
        self.assertEqual(queue[0]["series"], "all hosts")
        self.assertEqual({row["series"] for row in queue}, {"all hosts", "north", "south"})
        hops = self.rows(run, "--plot", "hops")
        self.assertEqual([row["hop"] for row in hops], ["north → south", "south → mailbox"])
        mean = sum(float(row[f"{part} (s)"]) for row in hops for part in ("connect", "transfer", "queue", "retry"))
        delays = [float(row["delay (s)"]) for row in self.rows(run, "--plot", "delay")]
        self.assertAlmostEqual(mean, sum(delays) / len(delays), places=6)

    def test_events_are_all_of_them_or_those_of_a_filter(self):
        run = self.run_of("possible-errors")
        connection = read_only(run)
        self.addCleanup(connection.close)
        count = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        self.assertEqual(len(self.rows(run, "--table", "events")), count)
        refused = self.rows(run, "--table", "events", "--filter", "reply:5xx kind:reply.sent")
        self.assertEqual(len(refused), 8)
        self.assertTrue(all(row["code"].startswith("5") for row in refused))

    def test_two_runs_are_compared(self):
        a = self.run_of("possible-errors")
        b = self.run_of("possible-errors", "--fault", "host south out of operation at 0 for 30m")
        rows = self.rows(a, "--table", "comparison", "--compare", b)
        self.assertEqual(len([row for row in rows if row["outcome_a"]]), 8)
        first = rows[0]
        self.assertEqual((first["outcome_a"], first["outcome_b"]), ("delivered", "delivered"))
        self.assertEqual(int(first["difference_ns"]), int(first["delay_b_ns"]) - int(first["delay_a_ns"]))
        self.assertGreater(int(first["difference_ns"]), 0)


class Mistakes(Exports):
    def test_each_says_what_to_do(self):
        run = self.run_of("possible-errors")
        for out, options, wanted in (
                ("x.txt", (), r"end the name in \.png"),
                ("no/such/x.png", (), "cannot be written"),
                ("no/such/x.csv", (), "cannot be written"),
                ("no/such/x.svg", ("--pane", "plots"), "cannot be written"),
                ("x.png", ("--pane", "nothing"), "there are all, .*plots"),
                ("x.svg", ("--pane", "notes"), r"can be had as \.png"),
                ("x.png", ("--select", "host:nobody"), "there is nothing of that name"),
                ("x.png", ("--plot", "nothing"), "there are delay, queue"),
                ("x.csv", ("--plot", "nothing"), "there are delay, queue"),
                ("x.csv", ("--table", "nothing"), "there are deliveries"),
                ("x.csv", ("--table", "comparison"), "--compare"),
                ("x.png", ("--filter", "hots:a"), "did you mean"),
                ("x.png", ("--theme", "pink"), "light, dark and projector"),
                ("x.png", ("--size", "huge"), "1280x800"),
                ("x.png", ("--at", "noon"), "12.5s"),
                ("x.html", ("--from", "2m", "--to", "1m"), "before"),
                ("x.mp4", ("--speed", "0.001", "--fps", "60"), "--speed")):
            self.assertRegex(self.view(run, out, *options, expect=2), wanted, (out, options))

    def test_a_run_that_is_none(self):
        (self.folder / "none.mailroom").write_text("no run")
        for ending in ("png", "svg", "csv", "html"):
            self.assertRegex(self.view(self.folder / "none.mailroom", f"x.{ending}", expect=2), "none.mailroom")
            self.assertRegex(self.view(self.folder / "absent.mailroom", f"x.{ending}", expect=2), "absent.mailroom")

    def test_without_ffmpeg_it_says_what_to_install(self):
        run = self.run_of("possible-errors")
        said = self.view(run, "x.mp4", expect=2, environment={"PATH": "/nowhere"})
        self.assertRegex(said, r"apt install ffmpeg.*\.html")


@unittest.skipUnless(shutil.which("ffprobe"), "ffprobe is not installed")
class Movies(Exports):
    def probe(self, path):
        found = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_entries",
                                "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0", str(path)],
                               capture_output=True, check=True).stdout.decode().strip()
        codec, width, height, frames = found.split(",")[:4]
        return codec, int(width), int(height), int(frames)

    def test_each_format_has_its_pictures(self):
        run = self.run_of("possible-errors")
        for ending, codec in (("mp4", "h264"), ("gif", "gif"), ("webm", "vp9")):
            movie = self.made(run, f"m.{ending}", "--from", "20m", "--to", "22m", "--speed", "60", "--fps", "10",
                              "--size", "320x200", "--pane", "topology")
            found = self.probe(movie)
            self.assertEqual(found[:3], (codec, 320, 200))
            self.assertAlmostEqual(found[3], 21, delta=1)

    def test_a_movie_that_is_there_survives_mistakes_and_who_stops(self):
        run = self.run_of("possible-errors")
        movie = self.folder / "kept.mp4"
        movie.write_bytes(b"an older movie")
        self.view(run, "kept.mp4", "--speed", "0.0001", expect=2, is_there=True)  # too many pictures
        self.assertEqual(movie.read_bytes(), b"an older movie")
        painting = subprocess.Popen([VIEW, run, "--render", movie, "--from", "20m", "--to", "22m", "--size", "320x200"],
                                    stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not list(self.folder.glob("kept.part*")) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertTrue(list(self.folder.glob("kept.part*")))
        painting.terminate()
        self.assertEqual(painting.wait(60), 2)
        self.assertEqual(list(self.folder.glob("kept.*")), [movie])
        self.assertEqual(movie.read_bytes(), b"an older movie")


if __name__ == "__main__":
    laboratory.main()
