// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/host.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "sim/agents/zones.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/host_ports.hpp"
#include "sim/main/host_run.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/run_control.hpp"
#include "sim/main/run_loop.hpp"
#include "sim/main/run_progress.hpp"
#include "sim/net/loopback_listener.hpp"
#include "topologies/units.hpp"

namespace mailroom::cli {
namespace {

using run::ServicePort;

// Between looks at the clock, the run file and interrupts.
constexpr std::int64_t kTurnNs = 50'000'000;
// Descriptors beside those of connections from outside: files, listeners, connections to neighbours.
constexpr rlim_t kOtherDescriptors = 200;

// What the command line says, checked against the scenario.
struct Plan {
  run::HostRun::Options run;
  std::vector<ServicePort> own, others;
  std::int64_t length_ns = 0;  // 0: until it is interrupted
};
template <class Value>
using Said = std::expected<Value, std::string>;  // or a sentence for the user

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 10;
  const auto shown = static_cast<std::ptrdiff_t>(std::min(names.size(), kMost));
  return fmt::format("{}{}", fmt::join(names.begin(), names.begin() + shown, ", "), names.size() > kMost ? ", …" : "");
}

// What the nodes of a scenario offer.
class Services {
 public:
  explicit Services(const scenario::Scenario& scenario) : scenario_(scenario), nodes_(scenario) {
    if (scenario.dns.mode != scenario::Dns::Mode::servers) return;
    for (const auto& [node, zones] : agents::make_name_system(scenario).zones_at)
      if (!zones.empty()) name_servers_.insert(node);
  }

  Said<run::Offered> at(const std::string& host) const {
    if (!nodes_.id(host)) {
      const std::vector<std::string> names = nodes_.names();
      const std::string_view meant = nearest(host, names);
      const std::string what = fmt::format("there is no host '{}' in the scenario", printable(host));
      return std::unexpected(meant.empty() ? fmt::format("{}; its nodes are {}", what, some_of(names))
                                           : fmt::format("{}; did you mean '{}'?", what, meant));
    }
    const auto config = std::ranges::find(scenario_.hosts, host, &scenario::Host::name);
    const run::Offered offered{.config = config == scenario_.hosts.end() ? nullptr : &*config,
                               .has_zones = name_servers_.contains(host)};
    if (offered.config == nullptr && !offered.has_zones)
      return std::unexpected(fmt::format("{} is a router: no mail agent and no name server runs there", host));
    return offered;
  }
  net::Address address(const std::string& host) const { return nodes_.address(host); }

 private:
  const scenario::Scenario& scenario_;
  run::Nodes nodes_;
  std::set<std::string> name_servers_;
};

Said<std::vector<ServicePort>> neighbours_of(const HostOptions& options, const Services& services) {
  std::vector<ServicePort> all;
  if (options.neighbours.empty()) return all;
  const auto neighbours = run::parse_neighbours(options.neighbours);
  if (!neighbours) return std::unexpected("--to: " + neighbours.error());
  for (const run::Neighbour& neighbour : *neighbours) {
    const auto offered = services.at(neighbour.host);
    if (!offered) return std::unexpected("--to: " + offered.error());
    if (neighbour.host == options.host)
      return std::unexpected(fmt::format("--to: {} is this host itself; --port opens its ports", options.host));
    const auto ports = run::parse_ports(neighbour.ports, neighbour.host, *offered);
    if (!ports) return std::unexpected("--to: " + ports.error());
    if (ports->front().real == 0)
      return std::unexpected(fmt::format("--to: say at which port {} of {} is; 0 is none",
                                         run::name(ports->front().service), neighbour.host));
    all.push_back(ports->front());
  }
  return all;
}

Said<std::int64_t> nanoseconds(std::string_view option, const std::string& text) {
  if (text.empty()) return 0;
  const auto parsed = topology::parse_duration_ns(text);
  if (!parsed)
    return std::unexpected(fmt::format("{}: {}; {}", option, printable(parsed.error().wrong), parsed.error().right));
  return std::max<std::int64_t>(*parsed, 1);
}

Said<Plan> plan_of(const HostOptions& options, const scenario::Scenario& scenario) {
  const Services services(scenario);
  const auto offered = services.at(options.host);
  if (!offered) return std::unexpected(offered.error());
  Plan plan;
  plan.run.host = options.host;
  if (!options.ports.empty()) {
    auto own = run::parse_ports(options.ports, options.host, *offered);
    if (!own) return std::unexpected("--port: " + own.error());
    plan.own = std::move(*own);
  }
  auto others = neighbours_of(options, services);
  if (!others) return std::unexpected(others.error());
  plan.others = std::move(*others);
  if (!options.as.empty()) {
    if (const auto client = services.at(options.as); !client) return std::unexpected("--as: " + client.error());
    plan.run.outside = services.address(options.as);
  }
  const auto length = nanoseconds("--for", options.length);
  if (!length) return std::unexpected(length.error());
  plan.length_ns = *length;
  const auto idle = nanoseconds("--idle", options.idle);
  if (!idle) return std::unexpected(idle.error());
  plan.run.sockets.idle_ns = *idle;
  if (options.connections < 1) return std::unexpected("--connections: at least 1 is needed");
  if (scenario.record == "packets")
    return std::unexpected("level 'packets' needs simulated packets; --record full has all that happens here");
  return plan;
}

std::string why_not_open(const ServicePort& port, std::error_code error) {
  if (error == std::errc::address_in_use)
    return fmt::format("port {} of 127.0.0.1 is taken by another program; give {} another one, or 0 for a free one",
                       port.real, run::name(port.service));
  if (error == std::errc::permission_denied)
    return fmt::format("port {} is below 1024, which only root may open; take {} for {}, for example", port.real,
                       port.real + 2500, run::name(port.service));
  return fmt::format("cannot open port {} of 127.0.0.1: {}", port.real, error.message());
}

// Before an older run file is replaced.
std::optional<std::string> why_ports_cannot_be_had(const Plan& plan) {
  net::LoopbackLoop loop;
  std::vector<std::unique_ptr<net::LoopbackListener>> tried;
  for (const ServicePort& port : plan.own) {
    auto opened = net::LoopbackListener::open(loop, port.real, net::LoopbackGate::make({}), {});
    if (!opened) return why_not_open(port, opened.error());
    tried.push_back(std::move(*opened));
  }
  return std::nullopt;
}

// Connections from outside at a time: as many as are asked for, if the system lets us.
std::int64_t possible_connections(std::int64_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const auto with_others = static_cast<rlim_t>(wanted) + kOtherDescriptors;
  if (limit.rlim_cur < with_others) {
    limit.rlim_cur = std::min(with_others, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= with_others) return wanted;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(limit.rlim_cur) - static_cast<std::int64_t>(kOtherDescriptors));
}

// Opens the ports and says where: other programs read these lines. The reason if one cannot be had.
std::optional<std::string> open_ports(run::HostRun& host, const Plan& plan, nlohmann::json& detail,
                                      Terminal& terminal) {
  for (const ServicePort& port : plan.others) host.place(port);
  for (const ServicePort& port : plan.own) {
    const auto real = host.open(port);
    if (!real) return why_not_open(port, real.error());
    detail["listens"][std::string(run::name(port.service))] = *real;
    fmt::print(terminal.out, "{} of {} listens on 127.0.0.1:{}\n", run::name(port.service), port.host, *real);
  }
  if (plan.own.empty())
    fmt::print(terminal.out, "no port of {} is open: it only sends; --port smtp=2525 would open one\n", plan.run.host);
  return std::nullopt;
}

void tell_faults(const scenario::Scenario& scenario, Terminal& terminal) {
  if (scenario.faults.empty()) return;
  fmt::print(terminal.err, "note: {} of the scenario will not happen: here are no simulated links and hosts\n",
             counted(std::ssize(scenario.faults), "fault"));
}

void tell_names(const run::HostRun& host, const scenario::Scenario& scenario, Terminal& terminal) {
  if (scenario.dns.mode != scenario::Dns::Mode::servers) return;
  fmt::print(terminal.out, "{}\n",
             host.asks_name_servers()
                 ? "names are asked of the scenario's name servers"
                 : "names come from a table of the scenario's zones; --to NAME-SERVER:dns=PORT has them asked over the wire");
}

run::Why serve(run::HostRun& host, const Plan& plan, trace::RunFileWriter& writer, const run::WatchedSink& sink,
               run::Progress& progress) {
  for (;;) {
    const std::int64_t now_ns = host.now_ns();
    if (run::interrupted()) return run::Why::interrupted;
    if (writer.error()) return run::Why::disk_full;
    if (plan.length_ns > 0 && now_ns >= plan.length_ns) return run::Why::duration;
    host.run_for(plan.length_ns > 0 ? std::min(kTurnNs, plan.length_ns - now_ns) : kTurnNs);
    writer.maybe_commit();
    progress.show({.simulated_ns = now_ns,
                   .duration_ns = plan.length_ns,
                   .sent = host.sent(),
                   .planned = host.planned(),
                   .queued = host.queued(),
                   .events = sink.events()});
  }
}

// Runs the host into the run file. The reason, if it could not begin.
std::expected<run::Why, std::string> host_into(Setup& setup, const Plan& plan, run::Progress& progress,
                                               Terminal& terminal) {
  run::WatchedSink sink(*setup.writer);
  trace::Recorder recorder(sink, setup.level);
  run::HostRun host(setup.scenario, recorder, plan.run);
  nlohmann::json detail = {{"seed", setup.scenario.seed}, {"host", plan.run.host}};
  if (auto wrong = open_ports(host, plan, detail, terminal)) return std::unexpected(std::move(*wrong));
  tell_faults(setup.scenario, terminal);
  tell_names(host, setup.scenario, terminal);
  const std::string said = detail.dump();
  recorder.context.event = recorder.record({.kind = trace::Kind::run_began, .text = version(), .detail = said});
  host.start();
  recorder.context = {};
  terminal.out.flush();
  const run::Why why = serve(host, plan, *setup.writer, sink, progress);
  progress.clear();
  host.close();
  recorder.set_time(host.now_ns());
  recorder.record({.kind = trace::Kind::run_ended, .text = run::name(why)});
  return why;
}

// Whoever stops a server, or gives it a length, has what was asked for.
int tell_end(Setup& setup, run::Why why, Terminal& terminal) {
  return close_file(setup, why == run::Why::interrupted ? run::Why::duration : why, terminal);
}

}  // namespace

int run_host(HostOptions options, Terminal& terminal) {
  auto scenario = load_scenario(options, terminal);
  if (!scenario) return scenario.error();
  // What real programs read must be true.
  scenario->epoch_unix_s = std::chrono::duration_cast<std::chrono::seconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  auto plan = plan_of(options, *scenario);
  if (!plan) return complain(terminal, kUsage, plan.error());
  plan->run.limits.at_a_time = possible_connections(options.connections);
  if (plan->run.limits.at_a_time < options.connections)
    fmt::print(terminal.err, "note: {} connections at a time: the system allows no more open files (ulimit -n)\n",
               plan->run.limits.at_a_time);
  if (const auto wrong = why_ports_cannot_be_had(*plan)) return complain(terminal, kUsage, *wrong);
  options.suffix = "-" + options.host;
  const auto id = run::Nodes(*scenario).id(options.host);
  auto setup = set_up(options, std::move(*scenario), terminal, [&](trace::RunHeader& header) {
    header.only_host = *id;
    header.network_version = "sockets of 127.0.0.1";
  });
  if (!setup) return setup.error();
  run::watch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);
  const run::Show show = options.quiet || isatty(STDERR_FILENO) == 0 ? run::Show::nothing : run::Show::bar;
  run::Progress progress(terminal.err, show, terminal.width);
  const auto why = host_into(*setup, *plan, progress, terminal);
  if (!why) return complain(terminal, kUsage, why.error());
  const int exit_code = tell_end(*setup, *why, terminal);
  if (options.quiet) return exit_code;
  const int told = run_inspect({.file = setup->out.string()}, terminal);
  return exit_code != kDone ? exit_code : told;
}

void add_host(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("host", "run one host of a scenario as a real server on 127.0.0.1");
  verb->group(kSimulateGroup);
  const auto options = std::make_shared<HostOptions>();
  options->suffix = "-HOST";
  add_setup_options(*verb, *options);
  verb->add_option("HOST", options->host, "a mail host or name server of the scenario")->required();
  verb->add_option("--port", options->ports,
                   "which services are open at which ports: smtp=2525,submission=2587,dns=5353;\n0 takes a free port")
      ->type_name("SERVICE=PORT,…");
  verb->add_option("--to", options->neighbours,
                   "where other hosts are: mx2:smtp=2526,ns1:dns=5354; whoever is not named is unreachable")
      ->type_name("HOST:SERVICE=PORT,…");
  verb->add_option("--as", options->as,
                   "who connects counts as this host of the scenario (default: a stranger at 127.0.0.1)")
      ->type_name("HOST");
  verb->add_option("--for", options->length, "end after so long: 10s (default: at Ctrl-C)")->type_name("TIME");
  verb->add_option("--connections", options->connections, "from outside, at a time; others wait")
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--idle", options->idle, "cut connections on which nothing moves for so long")
      ->type_name("TIME")
      ->capture_default_str();
  verb->add_flag("--quiet", options->quiet, "print neither progress nor summary");
  verb->footer(
      "\nEverything is in real time, and bound to 127.0.0.1 alone. Ctrl-C ends it and leaves a complete run file.\n"
      "Exit code: 0 done; 1 the disk was full (the run file has what came before); 2 a mistake.");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_host(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
