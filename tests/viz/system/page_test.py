#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The page that replays a run in a browser, opened in headless Chromium: at any moment, reached by scrubbing, stepping
forwards or back, it shows what the events of the run file add up to; it fetches nothing and complains of nothing."""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
import laboratory  # noqa: E402
from laboratory import DEMOS, edit, read_only  # noqa: E402

VIEW = os.environ.get("MAILROOM_VIEW", str(laboratory.SOURCE / "build/dev/bin/mailroom-view"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BREAKING = "</script><script>document.title='broken'</script><!-- ]]> \x01\xff"

# Headless Chromium paints as it likes; the frames of a visit come by the clock.
FRAMES = "<head><script>window.requestAnimationFrame = f => setTimeout(() => f(performance.now()), 16);</script>"

# Works the page as a person does; each step's result becomes a line.
DRIVER = """
<script>
window.addEventListener('load', async () => {
  const out = [];
  const settle = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const state = () => JSON.parse(document.getElementById('state').textContent);
  const click = id => document.getElementById(id).click();
  const key = (key, more) => document.dispatchEvent(Object.assign(new KeyboardEvent('keydown',
    Object.assign({key, bubbles: true, cancelable: true}, more))));
  // As when somebody changes the address; a true navigation would end the headless visit.
  const visit = async hash => {
    history.replaceState(null, '', hash);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    await settle();
  };
  const scrub = seconds => visit('#t=' + seconds);
  try {
    %s
  } catch (error) { out.push('error: ' + error.stack); }
  const pre = document.createElement('pre');
  pre.id = 'said';
  pre.textContent = JSON.stringify(out);
  document.body.append(pre);
});
</script>
</body>"""


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class Page(laboratory.Laboratory):
    def page(self, run, *options):
        path = self.folder / "page.html"
        done = subprocess.run([VIEW, str(run), "--render", str(path), *map(str, options)], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def drive(self, page, steps, size="1280,800"):
        """What the steps push to `out`, after the page was opened and worked. Nothing may be complained of."""
        driven = self.folder / "driven.html"
        text = page.read_text(encoding="utf-8")
        self.assertEqual(text.count("</body>"), 1)
        text = text.replace("</body>", DRIVER % steps).replace("<head>", FRAMES)
        driven.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--window-size={size}",
             f"--user-data-dir={self.folder}/chromium", "--enable-logging=stderr", "--v=0", "--virtual-time-budget=20000",
             "--dump-dom", driven.as_uri()], capture_output=True, timeout=120, check=False)
        complaints = [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
        self.assertEqual(complaints, [])
        said = re.search(r'<pre id="said">(.*?)</pre>', done.stdout.decode(), re.DOTALL)
        self.assertIsNotNone(said, done.stdout.decode()[-500:])
        out = json.loads(html.unescape(said.group(1)))
        for line in out:
            self.assertFalse(isinstance(line, str) and line.startswith("error: "), line)
        return out

    def truth(self, run, time_ns):
        """The state at a moment, added up from the table of events."""
        connection = read_only(run)
        try:
            def count(kind, where="1"):
                query = f"SELECT host, count(*) FROM event JOIN kind ON kind.id = event.kind " \
                        f"WHERE kind.name = ? AND time_ns <= ? AND {where} GROUP BY host"
                return dict(connection.execute(query, (kind, time_ns)).fetchall())

            hosts = {}
            queued, removed = count("message.queued"), count("message.removed")
            stored, crashed, restarted = count("mailbox.appended"), count("host.crashed"), count("host.restarted")
            open_copies = dict(connection.execute(
                "SELECT host, count(*) FROM copy WHERE created_ns <= ? AND (ended_ns IS NULL OR ended_ns > ?) GROUP BY host",
                (time_ns, time_ns)).fetchall())
            for (host,) in connection.execute("SELECT id FROM host"):
                hosts[str(host)] = [queued.get(host, 0) - removed.get(host, 0), open_copies.get(host, 0),
                                    stored.get(host, 0), crashed.get(host, 0) - restarted.get(host, 0)]
            ends = dict(connection.execute('SELECT "end", count(*) FROM copy WHERE ended_ns <= ? GROUP BY 1', (time_ns,)))
            flights = connection.execute("SELECT count(*) FROM flight WHERE first_bit_out_ns <= ? AND last_bit_in_ns >= ?",
                                         (time_ns, time_ns)).fetchone()[0]
            last = connection.execute("SELECT max(id) FROM event WHERE time_ns <= ?", (time_ns,)).fetchone()[0] or 0
            return {"hosts": hosts, "delivered": ends.get(b"delivered", 0), "bounced": ends.get(b"bounced", 0),
                    "open": sum(open_copies.values()), "event": last, "flights": flights}
        finally:
            connection.close()

    def assert_true(self, run, state):
        truth = self.truth(run, state["time_ns"])
        self.assertEqual({name: state[name] for name in truth}, truth, f"at {state['time_ns']} ns")


class Replays(Page):
    def times(self, run, count=24):
        connection = read_only(run)
        self.addCleanup(connection.close)
        events = [row[0] for row in connection.execute("SELECT DISTINCT time_ns FROM event ORDER BY 1")]
        step = max(1, len(events) // count)
        return [time_ns / 1e9 + 1e-9 for time_ns in events[::step]]

    def test_every_moment_is_as_in_the_run_file(self):
        for demo in ("possible-errors", "mailing-list", "lost-confirmation"):
            run = self.run_file(DEMOS / f"{demo}.yaml")
            times = self.times(run)
            # There, back again, and across.
            order = times + times[::-1] + times[::3]
            states = self.drive(self.page(run), "".join(f"await scrub({t!r}); out.push(state());" for t in order))
            self.assertEqual(len(states), len(order))
            self.assertGreater(len({state["delivered"] for state in states}), 1)
            for state in states:
                self.assert_true(run, state)

    def test_steps_on_and_back_are_the_identity(self):
        run = self.run_file(DEMOS / "possible-errors.yaml")
        out = self.drive(self.page(run), """
          await scrub(1260.2); await settle(); click('forward'); await settle(); out.push(state());
          for (let i = 0; i < 40; ++i) click('forward');
          await settle(); out.push(state());
          for (let i = 0; i < 40; ++i) key('ArrowLeft');
          await settle(); out.push(state());
          key('Home'); await settle(); out.push(state());
          key('End'); await settle(); out.push(state());
          key('ArrowLeft', {shiftKey: true}); await settle(); out.push(state());""")
        begin, on, back, home, end, mark = out
        self.assertNotEqual(begin, on)
        self.assertEqual(begin, back)
        self.assertEqual((home["event"], home["delivered"]), (0, 0))
        self.assertEqual(end["delivered"], 6)
        self.assertLess(mark["time_ns"], end["time_ns"])
        self.assert_true(run, end)

    def test_it_plays_and_skips_idle_time(self):
        run = self.run_file(DEMOS / "possible-errors.yaml")
        out = self.drive(self.page(run), """
          out.push(state().time_ns); click('play'); out.push(document.getElementById('play').textContent);
          await new Promise(done => setTimeout(done, 1500)); out.push(state().time_ns);
          key(' '); out.push(document.getElementById('play').textContent);
          await settle(); const stopped = state().time_ns; await new Promise(done => setTimeout(done, 300));
          out.push(state().time_ns === stopped);""")
        self.assertEqual(out[0], 0)
        self.assertEqual((out[1], out[3], out[4]), ("Pause", "Play", True))
        # A minute of nothing and then the waits for a retry are skipped: 1.5 s of playing reach the first of them.
        self.assertGreater(out[2], 600e9)
        self.assertLess(out[2], 5000e9)

    def test_clicks_choose(self):
        run = self.run_file(DEMOS / "possible-errors.yaml")
        out = self.drive(self.page(run), """
          const details = () => document.getElementById('details').textContent;
          out.push(document.getElementById('only').hidden);
          const row = document.querySelector('#lines [data-row="3"]');
          row.dispatchEvent(new MouseEvent('click', {bubbles: true})); await settle(); out.push(state().event);
          await visit('#message=1&details');
          out.push(details()); out.push(document.getElementById('only').textContent);
          key('Escape'); await settle(); out.push(document.getElementById('only').hidden);
          await visit('#host=south&details&t=4000');
          out.push(details());
          click('theme'); out.push(document.documentElement.classList.contains('dark'));
          click('keys'); out.push(document.getElementById('help').open);""")
        self.assertTrue(out[0])
        self.assertEqual(out[1], 4)
        self.assertIn("bob@south.example", out[2])
        self.assertIn("Message-ID", out[2])
        self.assertTrue(out[3].startswith("only message 1"))
        self.assertTrue(out[4])
        self.assertIn("out of operation", out[5])
        self.assertEqual(out[6:], [True, True])

    def test_it_is_legible_on_a_phone(self):
        run = self.run_file(DEMOS / "possible-errors.yaml")
        out = self.drive(self.page(run), """
          await settle();
          out.push(document.documentElement.scrollWidth - innerWidth);
          for (const id of ['canvas', 'ladder', 'play', 'marks']) {
            const box = document.getElementById(id).getBoundingClientRect();
            out.push([id, box.width > 40, box.height > 20, box.left >= 0 && box.right <= innerWidth + 1,
                      box.top >= 0 && box.bottom <= innerHeight + 1]);
          }""", size="500,800")
        self.assertLessEqual(out[0], 0)
        for line in out[1:]:
            self.assertEqual(line[1:], [True] * 4, line)


class Contents(Page):
    def test_texts_cannot_break_out(self):
        run = self.run_file(DEMOS / "two-offices.yaml")
        edit(run, "UPDATE content SET octets = CAST(? AS BLOB)", "Subject: x\r\n\r\n" + BREAKING)
        edit(run, "UPDATE host SET label = ? WHERE id = 1", BREAKING)
        edit(run, "UPDATE event SET text = ? WHERE id = (SELECT min(event.id) FROM event JOIN kind ON kind.id = event.kind "
                  "WHERE kind.name = 'command.sent')", BREAKING)
        page = self.page(run)
        text = page.read_text(encoding="utf-8")
        self.assertEqual(text.count("<script"), 2)
        self.assertEqual(text.count("</script"), 2)
        out = self.drive(page, """
          await visit('#message=1&details');
          out.push(document.title, document.getElementById('details').textContent, document.scripts.length);""")
        self.assertNotEqual(out[0], "broken")
        self.assertIn("</script><script>document.title='broken'</script>", out[1])
        self.assertEqual(out[2], 4, "two of the page, and two of the test")

    def test_it_fetches_nothing_and_is_the_same_each_time(self):
        run = self.run_file(DEMOS / "possible-errors.yaml")
        page = self.page(run).read_text(encoding="utf-8")
        self.assertEqual(page, self.page(run).read_text(encoding="utf-8"))
        self.assertIn("default-src 'none'", page)
        without_data = re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.DOTALL)
        self.assertEqual(re.findall(r"https?://(?!www\.w3\.org/2000/svg)[^'\" ]*", without_data), [])

    def test_a_long_run_is_cut_and_says_so(self):
        run = self.run_file(DEMOS / "backbone.yaml")
        whole = self.page(run).stat().st_size
        page = self.page(run, "--events", 1000)
        self.assertLess(page.stat().st_size, whole / 3)
        out = self.drive(page, """
          out.push(document.getElementById('note').textContent, document.getElementById('note').hidden);
          key('End'); await settle(); out.push(state());""")
        self.assertRegex(out[0], r"dialogues are left out.*It ends at .* of 56")
        self.assertFalse(out[1])
        truth = self.truth(run, out[2]["time_ns"])
        for what in ("hosts", "delivered", "bounced", "open"):
            self.assertEqual(out[2][what], truth[what], what)

    def test_a_part_of_a_run_begins_as_the_run_was_then(self):
        run = self.run_file(DEMOS / "possible-errors.yaml")
        out = self.drive(self.page(run, "--from", "1h5m", "--to", "1h30m"), """
          key('Home'); await settle(); out.push(state()); await scrub(3950); out.push(state());
          key('End'); await settle(); out.push(state());""")
        self.assertEqual(out[0]["time_ns"], 3900e9)
        self.assertEqual(out[0]["delivered"], 1)
        self.assertEqual(out[2]["time_ns"], 5400e9)
        for state in out[1:]:
            self.assert_true(run, state)


if __name__ == "__main__":
    laboratory.main()
