// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/serve.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>

#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/outside.hpp"
#include "sim/main/serve_loop.hpp"
#include "topologies/units.hpp"

namespace mailroom::cli {
namespace {

// HOST:PORT[=LOCALPORT].
struct Pair {
  control::Place place;
  std::uint16_t local = 0;  // 0: a free one
};

std::expected<Pair, std::string> pair_of(std::string_view text, const scenario::Scenario& scenario) {
  const std::size_t equals = text.find('=');
  auto place = control::place_in(scenario, text.substr(0, equals));
  if (!place) return std::unexpected(std::move(place.error()));
  Pair pair{std::move(*place), 0};
  if (equals == std::string_view::npos) return pair;
  const std::string_view local = text.substr(equals + 1);
  const auto [end, error] = std::from_chars(local.data(), local.data() + local.size(), pair.local);
  if (error != std::errc{} || end != local.data() + local.size())
    return std::unexpected(
        fmt::format("'{}' is no port of 127.0.0.1; write HOST:PORT=2525, or HOST:PORT for a free one", text));
  return pair;
}

std::expected<std::vector<Pair>, std::string> pairs_of(const std::vector<std::string>& options,
                                                       const scenario::Scenario& scenario) {
  std::vector<Pair> pairs;
  for (const std::string& option : options)
    for (std::size_t at = 0; at <= option.size();) {
      const std::size_t end = std::min(option.find(',', at), option.size());
      auto pair = pair_of(std::string_view(option).substr(at, end - at), scenario);
      if (!pair) return std::unexpected(std::move(pair.error()));
      pairs.push_back(std::move(*pair));
      at = end + 1;
    }
  return pairs;
}

struct Plan {
  std::vector<Pair> doors, ways_out;
  Bridge::Limits limits;
  ServeLoop::Options loop;
};

std::expected<Plan, std::string> plan_of(const ServeOptions& options, const scenario::Scenario& scenario) {
  Plan plan;
  auto doors = pairs_of(options.open, scenario);
  if (!doors) return std::unexpected("--open: " + doors.error());
  auto ways_out = pairs_of(options.connect, scenario);
  if (!ways_out) return std::unexpected("--connect: " + ways_out.error());
  for (const Pair& pair : *ways_out)
    if (pair.local == 0)
      return std::unexpected(fmt::format("--connect: at which port of 127.0.0.1 is the server? Write {}=2525",
                                         control::to_string(pair.place)));
  if (doors->empty() && ways_out->empty())
    return std::unexpected("what is to be open? Write for example --open HOST:smtp");
  if (!options.from.empty())
    if (auto wrong = control::objection_to_host(scenario, options.from))
      return std::unexpected("--from: " + *wrong);
  const auto pace = run::parse_pace(options.pace);
  if (!pace || !*pace) return std::unexpected(fmt::format("'{}' is no pace; write 1x or 10x", options.pace));
  plan.loop.pace = **pace;
  if (!options.duration.empty()) {
    const auto duration = parse_time(options.duration, 0);
    if (!duration) return std::unexpected("--for: " + duration.error());
    plan.loop.duration_ns = *duration;
  }
  const auto idle = parse_time(options.idle, 0);
  if (!idle) return std::unexpected("--idle: " + idle.error());
  const auto octets = topology::parse_size_bytes(options.connection_octets);
  if (!octets)
    return std::unexpected(
        fmt::format("--connection-octets: {}; {}", octets.error().wrong, octets.error().right));
  if (options.connections < 1) return std::unexpected("--connections: at least 1");
  plan.limits = {.connections = options.connections, .octets_per_connection = *octets, .idle_ns = *idle};
  plan.doors = std::move(*doors);
  plan.ways_out = std::move(*ways_out);
  return plan;
}

// A descriptor for each connection.
void allow_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

bool has_datagrams(const scenario::Scenario& scenario, const control::Place& place) {
  for (const control::Service& service : control::services_at(scenario, place.host))
    if (service.port == place.port) return service.has_datagrams;
  return false;
}

// Opens what is to be open, and says where. A sentence if it cannot be.
std::optional<std::string> open_all(const Plan& plan, const ServeOptions& options,
                                    const scenario::Scenario& scenario, Bridge& bridge, Terminal& terminal) {
  for (const Pair& pair : plan.ways_out) {
    if (auto wrong = bridge.lead_out(pair.place, pair.local))
      return fmt::format("--connect: {}; is there a receiver of its own? 'receiver: false' takes it away",
                         *wrong);
    fmt::print(terminal.out, "{} leads to 127.0.0.1:{}\n", control::to_string(pair.place), pair.local);
  }
  for (const Pair& pair : plan.doors) {
    const std::string seat =
        options.from.empty() ? control::seat_before(scenario, pair.place.host) : options.from;
    const bool with_datagrams = has_datagrams(scenario, pair.place);
    const auto port = bridge.open(pair.place, seat, pair.local, with_datagrams);
    if (!port) return "--open: " + port.error();
    fmt::print(terminal.out, "{} is open at 127.0.0.1:{}{}; who comes in sits at {}\n",
               control::to_string(pair.place), *port, with_datagrams ? " (TCP and UDP)" : "", seat);
  }
  terminal.out.flush();
  return std::nullopt;
}

void suggest(const ServeOptions& options, const Setup& setup, Terminal& terminal) {
  const std::string out = printable(setup.out.string());
  print_suggestions(terminal, {{fmt::format("mailroom inspect {}", out), "what became of the mail"},
                               {fmt::format("mailroom inspect {} --sessions", out), "all dialogues"},
                               {fmt::format("mailroom run {} --replay {}", printable(options.file), out),
                                "the same again"}});
}

}  // namespace

int run_serve(ServeOptions options, Terminal& terminal) {
  auto scenario = load_scenario(options, terminal);
  if (!scenario) return scenario.error();
  const auto plan = plan_of(options, *scenario);
  if (!plan) return complain(terminal, kUsage, printable(plan.error()));
  auto setup = set_up(options, std::move(*scenario), terminal);
  if (!setup) return setup.error();
  run::watch_interrupts();
  allow_descriptors();
  UnderWay under_way(*setup);
  Bridge bridge(under_way.controller, plan->limits);
  const auto wrong = open_all(*plan, options, setup->scenario, bridge, terminal);
  ServeLoop loop(under_way, bridge, plan->loop, terminal);
  const run::Why why = wrong ? run::Why::quit : loop.run();
  under_way.end(why);
  if (wrong) {
    static_cast<void>(setup->writer->finish());
    std::error_code ignored;
    std::filesystem::remove(setup->out, ignored);
    return complain(terminal, kUsage, printable(*wrong));
  }
  const int exit_code = close_file(*setup, terminal);
  fmt::print(terminal.out, "\n{} connections in {} of simulated time at {}x; {}.\nEverything is in {}.\n",
             grouped(bridge.total()), duration(under_way.simulation.now_ns()), plan->loop.pace, loop.pacing(),
             printable(setup->out.string()));
  suggest(options, *setup, terminal);
  return exit_code;
}

void add_serve(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("serve", "let real mail programs take part, through ports of 127.0.0.1");
  verb->group(kSimulateGroup);
  const auto options = std::make_shared<ServeOptions>();
  options->suffix = "-serve";
  add_setup_options(*verb, *options);
  verb->add_option("--open", options->open,
                   "ports of simulated hosts that real clients reach at 127.0.0.1: mx1:smtp=2525,mx1:dns;\n"
                   "without =LOCALPORT at a free one, which is printed")
      ->type_name("HOST:PORT[=LOCALPORT],...")
      ->allow_extra_args(false);
  verb->add_option("--connect", options->connect,
                   "ports of simulated hosts behind which a real server stands: mx9:25=2526")
      ->type_name("HOST:PORT=LOCALPORT,...")
      ->allow_extra_args(false);
  verb->add_option(
          "--from", options->from,
          "the simulated host where real clients sit (default: the nearest other one with a user agent)")
      ->type_name("HOST");
  verb->add_option("--pace", options->pace, "simulated seconds a second: 1x, 10x")->type_name("PACE");
  verb->add_option("--for", options->duration,
                   "end after so much simulated time: 5m (default: Ctrl-C, or 'quit')")
      ->type_name("TIME");
  verb->add_option("--connections", options->connections,
                   "from outside at a time; others wait (default 2000)")
      ->type_name("N");
  verb->add_option("--connection-octets", options->connection_octets,
                   "a connection that sends more is reset (default 64MiB)")
      ->type_name("SIZE");
  verb->add_option("--idle", options->idle,
                   "a connection on which nothing moves for so long is reset (default 10m)")
      ->type_name("TIME");
  verb->footer(
      "\nLines on standard input are obeyed: pause, resume, pace 10x, quit, and control lines "
      "(docs/LIVE.md).\n"
      "What happened is in the run file, and 'mailroom run --replay' repeats it without the real programs.\n"
      "Exit code: 0 done; 1 the disk was full; 2 a mistake.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_serve(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
