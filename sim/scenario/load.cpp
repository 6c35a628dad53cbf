// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/scenario/document.hpp"
#include "sim/scenario/fields.hpp"
#include "sim/scenario/read_control.hpp"
#include "sim/scenario/read_dns.hpp"
#include "sim/scenario/read_faults.hpp"
#include "sim/scenario/read_hosts.hpp"
#include "sim/scenario/read_queue.hpp"
#include "sim/scenario/read_retry.hpp"
#include "sim/scenario/read_topology.hpp"
#include "sim/scenario/read_traffic.hpp"
#include "topologies/analysis.hpp"

namespace mailroom::scenario {

namespace {

namespace fs = std::filesystem;

using Outcome = std::expected<Loaded, std::vector<Diagnostic>>;

// False if it is another version of the language, of which nothing more can be said.
bool is_version_1(const Value& root, Report& report) {
  const Value* version = root.find("mailroom");
  if (version != nullptr && version->text == "1") return true;
  if (version == nullptr) {
    report.mistake(root.at, "'mailroom: 1' is missing",
                   "begin the file with it: it is the version of the language");
    return true;
  }
  report.mistake(version->at,
                 fmt::format("mailroom: {} is a version that this program does not know", describe(*version)),
                 "it knows mailroom: 1");
  return false;
}

void read_head(const Fields& fields, const std::string& file, Scenario& scenario) {
  scenario.name = fs::path(file).stem().string();
  fields.text("name", scenario.name);
  fields.text("description", scenario.description);
  std::int64_t seed = static_cast<std::int64_t>(scenario.seed);
  fields.count("seed", seed, 0, INT64_MAX);
  scenario.seed = static_cast<std::uint64_t>(seed);
  fields.time("epoch", scenario.epoch_unix_s);
  fields.duration("duration", scenario.duration_ns, 1);
  if (const auto level = fields.choice("record"))
    scenario.record = std::array{"summary", "mail", "full", "packets"}[*level];
}

// Hosts that no path joins to the others: likely a forgotten link, but a scenario may want just that.
void warn_of_islands(const Scenario& scenario, const Topology& topology, const std::string& file,
                     Report& report) {
  const topology::Components components = topology::components(topology.graph);
  if (components.count() < 2) return;
  std::vector<std::size_t> hosts(components.count());
  const auto component = [&](const Host& host) { return components.of[topology.vertices.at(host.name)]; };
  for (const Host& host : scenario.hosts) ++hosts[component(host)];
  const auto main = static_cast<std::size_t>(std::ranges::max_element(hosts) - hosts.begin());
  const auto name = std::make_shared<std::string>(file);
  for (const Host& host : scenario.hosts)
    if (component(host) != main)
      report.warning({name, host.line, 0},
                     fmt::format("no path leads from {} to most other hosts", shown(host.name)),
                     "add a link to topology.links");
}

// Who asks to be told of delay, where no host ever tells.
void warn_of_silence(const Scenario& scenario, const std::string& file, Report& report) {
  const auto tells = [](const Host& host) { return host.retry.delay_warning_ns > 0; };
  if (std::ranges::any_of(scenario.hosts, tells)) return;
  const auto name = std::make_shared<std::string>(file);
  for (const Traffic& traffic : scenario.traffic)
    if (traffic.notify && traffic.notify->delay)
      report.warning({name, traffic.line, 0}, "'notify: delay', and no host warns of delay",
                     "set 'retry: {delay-warning: 4h}' for all hosts or for one");
}

Outcome interpret(std::string_view text, const ValuePtr& root, const std::string& file,
                  const fs::path& folder, const Overrides& overrides, Report& report) {
  if (root->kind != Value::Kind::map) {
    report.mistake(root->at, fmt::format("{} where a scenario is wanted", describe(*root)),
                   "begin with 'mailroom: 1', then topology, hosts, traffic");
    return std::unexpected(report.take_mistakes());
  }
  if (!is_version_1(*root, report)) return std::unexpected(report.take_mistakes());
  Loaded loaded;
  Scenario& scenario = loaded.scenario;
  const Fields fields(*root, object("scenario"), report);
  read_head(fields, file, scenario);
  Host initial;
  if (const Value* value = fields.find("retry")) read_retry(*value, initial.retry, report);
  if (const Value* value = fields.find("delivery")) read_delivery(*value, initial.delivery, report);
  if (const Value* value = fields.find("smtp")) read_smtp(*value, initial.smtp, report);
  Topology topology = read_topology(fields.find("topology"), root->at, folder, scenario.seed, report);
  Hosts hosts = read_hosts(fields.find("hosts"), topology, initial, report);
  scenario.dns = read_dns(fields.find("dns"), topology, hosts, report);
  read_traffic(fields.find("traffic"), hosts, folder, scenario, report);
  scenario.control = read_control(fields.find("control"), report);
  scenario.faults = read_faults(fields.find("faults"), topology, hosts, scenario.dns, report);
  if (report.count() > 0) return std::unexpected(report.take_mistakes());
  scenario.hosts = std::move(hosts.hosts);
  warn_of_islands(scenario, topology, file, report);
  warn_of_silence(scenario, file, report);
  scenario.topology = std::move(topology.graph);
  scenario.overrides = overrides;
  scenario.text = text;
  loaded.warnings = report.take_warnings();
  return loaded;
}

}  // namespace

Outcome load(const fs::path& path, const Overrides& overrides) {
  Report report;
  std::string text;
  const std::string file = path.string();
  if (!read_file(path, kMaxFileBytes, {std::make_shared<std::string>(file), 0, 0}, "a scenario file", report,
                 text))
    return std::unexpected(report.take_mistakes());
  return load_text(text, file, path.parent_path(), overrides);
}

Outcome load_text(std::string_view text, const std::string& file, const fs::path& folder,
                  const Overrides& overrides) {
  Report report;
  ValuePtr root = parse_document(text, {std::make_shared<std::string>(file), 0, 0}, report);
  if (root == nullptr) return std::unexpected(report.take_mistakes());
  for (const std::string& one : overrides) root = apply_override(root, one, report);
  return interpret(text, root, file, folder, overrides, report);
}

}  // namespace mailroom::scenario
