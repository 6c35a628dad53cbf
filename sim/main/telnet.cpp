// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/telnet.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/outside.hpp"
#include "sim/main/run_progress.hpp"
#include "sim/main/telnet_session.hpp"

namespace mailroom::cli {
namespace {

// Who connects to whom; a sentence if the person named what there is not.
std::expected<control::Connect, std::string> connect_of(const TelnetOptions& options,
                                                        const scenario::Scenario& scenario) {
  if (auto wrong = control::objection_to_host(scenario, options.host))
    return std::unexpected(std::move(*wrong));
  const auto port = control::port_at(scenario, options.host, options.port);
  if (!port) return std::unexpected(port.error());
  const std::string from = options.from.empty() ? control::seat_before(scenario, options.host) : options.from;
  if (auto wrong = control::objection_to_host(scenario, from)) return std::unexpected("--from: " + *wrong);
  return control::Connect{{1, 0}, from, {options.host, *port}};
}

bool is_smtp(const scenario::Scenario& scenario, const control::Place& place) {
  for (const control::Service& service : control::services_at(scenario, place.host))
    if (service.port == place.port) return service.name != "dns";
  return true;
}

void tell_end(const TelnetSession& session, const scenario::Scenario& scenario,
              const control::Connect& connect, std::int64_t now_ns, TelnetScreen& screen) {
  if (!session.end()) return;
  const control::Place& to = connect.to;
  if (session.was_established()) {
    screen.note(fmt::format("Connection to {} {} at {}.", to.host,
                            *session.end() == net::End::closed ? "closed" : net::name(*session.end()),
                            clock(now_ns)));
    return;
  }
  screen.note(fmt::format("No connection to port {} of {}: {} at {}. What listens there: {}.", to.port,
                          to.host, net::name(*session.end()), clock(now_ns),
                          control::services_text(scenario, to.host)));
}

// Everything that the session set going, and the scenario's own mail, comes to its end.
run::Why run_on(UnderWay& under_way, const scenario::Scenario& scenario, TelnetScreen& screen,
                Terminal& terminal) {
  screen.note(scenario.duration_ns > 0 ? "The simulation runs on to its end."
                                       : "The simulation runs on until no mail is under way.");
  run::Progress progress(terminal.err, isatty(STDERR_FILENO) != 0 ? run::Show::bar : run::Show::nothing,
                         terminal.width);
  run::Loop loop(under_way.simulation, under_way.controller, under_way.sink,
                 {.duration_ns = scenario.duration_ns}, progress, terminal.err,
                 [&under_way] { return under_way.keep_writing(); });
  const run::Why why = loop.run();
  progress.clear();
  return why;
}

void suggest(const TelnetOptions& options, const Setup& setup, const TelnetSession& session,
             Terminal& terminal) {
  const std::string out = printable(setup.out.string());
  fmt::print(terminal.out, "\nThe session is in {}.\n", out);
  std::vector<Suggestion> next;
  if (session.was_established())
    next.push_back({fmt::format("mailroom inspect {} --session {} --times", out, session.session().value),
                    "the dialogue, with its times"});
  next.push_back({fmt::format("mailroom inspect {}", out), "what became of the mail"});
  next.push_back(
      {fmt::format("mailroom run {} --replay {}", printable(options.file), out), "the same again"});
  print_suggestions(terminal, next);
}

}  // namespace

int run_telnet(TelnetOptions options, Terminal& terminal) {
  const bool stands = options.clock == "stands";
  if (!stands && options.clock != "runs")
    return complain(terminal, kUsage,
                    fmt::format("'{}' is nothing that a clock does; write --clock stands or --clock runs",
                                printable(options.clock)));
  const auto pace = run::parse_pace(options.pace);
  if (!pace || !*pace)
    return complain(terminal, kUsage,
                    fmt::format("'{}' is no pace; write 1x or 10x", printable(options.pace)));
  auto scenario = load_scenario(options, terminal);
  if (!scenario) return scenario.error();
  const auto connect = connect_of(options, *scenario);
  if (!connect) return complain(terminal, kUsage, printable(connect.error()));
  auto setup = set_up(options, std::move(*scenario), terminal);
  if (!setup) return setup.error();
  run::watch_interrupts();
  TelnetScreen screen(terminal);
  UnderWay under_way(*setup);
  TelnetSession session(under_way,
                        {.connect = *connect,
                         .is_smtp = is_smtp(setup->scenario, connect->to),
                         .pace = stands ? std::nullopt : *pace,
                         .duration_ns = setup->scenario.duration_ns},
                        screen);
  screen.note(fmt::format("Trying port {} of {} from {}. {} Ctrl-] or the end of input closes.",
                          connect->to.port, connect->to.host, connect->from,
                          stands ? "Time stands still while you type." : "Time runs."));
  std::optional<run::Why> why = session.run();
  tell_end(session, setup->scenario, *connect, under_way.simulation.now_ns(), screen);
  if (!why) why = run_on(under_way, setup->scenario, screen, terminal);
  under_way.end(*why);
  const int exit_code = close_file(*setup, *why, terminal);
  suggest(options, *setup, session, terminal);
  if (exit_code != kDone) return exit_code;
  return session.was_established() ? kDone : kFoundWrong;
}

void add_telnet(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("telnet", "type SMTP by hand to a simulated host");
  verb->group(kSimulateGroup);
  const auto options = std::make_shared<TelnetOptions>();
  options->suffix = "-telnet";
  add_setup_options(*verb, *options);
  verb->add_option("HOST", options->host, "the simulated host to talk to")->required();
  verb->add_option("PORT", options->port, "a port there: 25, or smtp, submission, dns")->required();
  verb->add_option("--from", options->from,
                   "the simulated host to sit at (default: the nearest other one with a user agent)")
      ->type_name("HOST");
  verb->add_option("--clock", options->clock,
                   "stands: simulated time moves as far as each reply needs; runs: as time does here")
      ->type_name("stands|runs");
  verb->add_option("--pace", options->pace, "of a clock that runs: 1x, 10x")->type_name("PACE");
  verb->footer(
      "\nType a command and press Enter: HELO me.example, MAIL FROM:<…>, RCPT TO:<…>, DATA, QUIT. From a "
      "pipe, the\n"
      "dialogue is printed with C: and S:. The session is in the run file, and 'mailroom run --replay' "
      "repeats it.\n"
      "Exit code: 0 done; 1 there was no connection; 2 a mistake.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_telnet(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
