// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_case.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/main/controller.hpp"
#include "sim/main/simulation.hpp"
#include "sim/main/swarm_sink.hpp"
#include "sim/scenario/load.hpp"

namespace mailroom::swarm {

namespace {

constexpr std::size_t kMostText = 20'000;

// --- in the child

// False: nothing is left to do before that time, or too much was done.
bool run_until(Simulation& simulation, std::int64_t time_ns, net::Random* slices) {
  while (slices != nullptr && simulation.now_ns() < time_ns - 1) {
    const std::int64_t until_ns = simulation.now_ns() + 1 + slices->exponential_ns(30'000'000'000);
    if (until_ns >= time_ns) break;
    if (simulation.run_until(until_ns) != net::Ns3Network::Stopped::time) return false;
  }
  return simulation.run_until(time_ns) == net::Ns3Network::Stopped::time;
}

void run(Simulation& simulation, control::Controller& controller, const scenario::Scenario& scenario,
         const CaseOptions& options) {
  net::Random random(scenario.seed, "swarm", "slices");
  net::Random* const slices = options.is_sliced ? &random : nullptr;
  controller.stay(!scenario.control.empty());
  for (const scenario::ControlLine& line : scenario.control) {
    if (!run_until(simulation, line.at_ns, slices)) return;
    static_cast<void>(controller.apply(line.text));  // a line that comes too late is refused: whom it is for has gone
  }
  controller.stay(false);
  run_until(simulation, scenario.duration_ns, slices);
}

std::string violations_of(const trace::Accounts& accounts) {
  std::string text;
  for (const trace::Violation& one : accounts.violations)
    if (text.size() < kMostText) text += fmt::format("event {}: {}\n", one.event.value, one.text);
  return text;
}

const std::string& scenario_name_of(const scenario::Scenario& scenario, trace::HostId host) {
  return scenario.topology[static_cast<topology::Vertex>(host.value - 1)].name;
}

Verdict verdict_on(const std::string& yaml, const CaseOptions& options) {
  auto loaded = scenario::load_text(yaml, "swarm.yaml", ".");
  if (!loaded) return {.result = Verdict::Result::refused, .text = scenario::to_string(loaded.error())};
  const scenario::Scenario& scenario = loaded->scenario;
  bool is_idle = false;
  Simulation* stoppable = nullptr;
  SwarmSink sink(options.most_events, [&stoppable] {
    if (stoppable != nullptr) stoppable->stop();
  });
  trace::Recorder recorder(sink, trace::Level::full);
  {
    Simulation simulation(scenario, recorder);
    stoppable = &simulation;
    recorder.context.event = recorder.record({.kind = trace::Kind::run_began});
    simulation.start();
    recorder.context = {};
    control::Controller controller(simulation, scenario, recorder);
    run(simulation, controller, scenario, options);
    simulation.close();
    recorder.set_time(simulation.now_ns());
    is_idle = simulation.now_ns() < scenario.duration_ns - 1 && sink.events() < options.most_events;
    recorder.record({.kind = trace::Kind::run_ended, .text = is_idle ? "idle" : "duration"});
  }
  Verdict verdict{.hash = sink.hash(), .events = sink.events(), .marks = sink.marks()};
  trace::Accounts accounts = sink.finish();
  if (is_idle)
    for (const auto& [host, count] : sink.stuck())
      accounts.violations.push_back(
          {{}, fmt::format("nothing is left to do, and {} copies wait at host {} for ever", count, scenario_name_of(scenario, host))});
  if (!accounts.duplicates.empty()) verdict.marks["case handed over twice"] += std::ssize(accounts.duplicates);
  if (!accounts.violations.empty()) {
    verdict.result = Verdict::Result::violated;
    verdict.text = violations_of(accounts);
  } else if (sink.events() >= options.most_events) {
    verdict.result = Verdict::Result::endless;
    verdict.text = fmt::format("more than {} events", options.most_events);
  }
  return verdict;
}

[[noreturn]] void be_child(int out, const std::string& yaml, const CaseOptions& options) {
  for (const int number : {SIGABRT, SIGSEGV, SIGTERM, SIGINT}) std::signal(number, SIG_DFL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  dup2(out, STDERR_FILENO);  // what an assert says stands behind nothing, or in place of the verdict
  const Verdict verdict = verdict_on(yaml, options);
  const std::string said = nlohmann::json{{"result", static_cast<int>(verdict.result)},
                                          {"text", verdict.text},
                                          {"hash", verdict.hash},
                                          {"events", verdict.events},
                                          {"marks", verdict.marks}}
                               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (std::size_t at = 0; at < said.size();) {
    const ssize_t written = write(out, said.data() + at, said.size() - at);
    if (written <= 0) _exit(1);
    at += static_cast<std::size_t>(written);
  }
  _exit(0);
}

// --- in the parent

// What the child says, until it is over; nothing if that takes too long.
std::optional<std::string> hear(int in, int most_seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(most_seconds);
  std::string said;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    pollfd watched{in, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(left.count())) <= 0) continue;
    char octets[65536];
    const ssize_t count = read(in, octets, sizeof octets);
    if (count <= 0) return said;
    said.append(octets, static_cast<std::size_t>(count));
  }
}

Verdict read_verdict(const std::string& said) {
  const auto json = nlohmann::json::parse(said, nullptr, false);
  if (!json.is_object()) return {.result = Verdict::Result::crashed, .text = said.substr(0, kMostText)};
  return {.result = static_cast<Verdict::Result>(json["result"].get<int>()),
          .text = json["text"],
          .hash = json["hash"],
          .events = json["events"],
          .marks = json["marks"]};
}

}  // namespace

std::string_view name(Verdict::Result result) {
  constexpr std::string_view kNames[] = {"fine", "refused", "mail was lost or doubled", "crashed", "endless"};
  return kNames[static_cast<std::size_t>(result)];
}

Verdict try_scenario(const std::string& yaml, const CaseOptions& options) {
  int ends[2];
  if (pipe(ends) != 0) return {.result = Verdict::Result::crashed, .text = "no pipe"};
  const pid_t child = fork();
  if (child < 0) return {.result = Verdict::Result::crashed, .text = "no process could be started"};
  if (child == 0) {
    close(ends[0]);
    be_child(ends[1], yaml, options);
  }
  close(ends[1]);
  const auto said = hear(ends[0], options.most_seconds);
  close(ends[0]);
  if (!said) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (!said)
    return {.result = Verdict::Result::endless, .text = fmt::format("more than {} seconds", options.most_seconds)};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return read_verdict(*said);
  return {.result = Verdict::Result::crashed, .text = said->substr(0, kMostText)};
}

}  // namespace mailroom::swarm
