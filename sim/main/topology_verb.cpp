// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/topology_verb.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <expected>
#include <memory>
#include <optional>

#include "sim/main/cli.hpp"
#include "sim/main/cli_file.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/scenario/load.hpp"
#include "topologies/delays.hpp"
#include "topologies/generate.hpp"
#include "topologies/layout.hpp"
#include "topologies/print.hpp"
#include "topologies/read.hpp"
#include "topologies/write.hpp"

namespace mailroom::cli {
namespace {

struct Named {
  topology::Graph graph;
  std::string name;
};
// What is wrong was printed; this is the exit code.
using Outcome = std::expected<Named, int>;

Outcome read_scenario(const std::string& file, Terminal& terminal) {
  const auto loaded = scenario::load(file);
  if (loaded) return Named{.graph = loaded->scenario.topology, .name = loaded->scenario.name};
  for (const auto& diagnostic : loaded.error())
    fmt::print(terminal.err, "{}\n", printable(to_string(diagnostic)));
  return std::unexpected(kUsage);
}

Outcome read_map(const std::string& file, Terminal& terminal) {
  auto read = topology::read_file(file);
  const auto& diagnostics = read ? read->warnings : read.error();
  for (const auto& diagnostic : diagnostics)
    fmt::print(terminal.err, "{} {}\n",
               read ? dyed(terminal, Ink::warn, "warning:") : dyed(terminal, Ink::bad, "mistake:"),
               printable(to_string(diagnostic)));
  if (!read) return std::unexpected(kUsage);
  std::string name = read->name.empty() ? std::filesystem::path(file).stem().string() : read->name;
  return Named{.graph = std::move(read->graph), .name = std::move(name)};
}

std::string kinds_text() {
  std::string text;
  for (const topology::KindInfo& kind : topology::kinds()) {
    std::string parameters;
    for (const topology::ParameterInfo& parameter : kind.parameters)
      parameters +=
          fmt::format(" {}{}{}", parameter.name, parameter.initial.empty() ? "" : "=", parameter.initial);
    text += fmt::format("  {:<15} {}\n                 {}\n", kind.name, kind.meaning, parameters);
  }
  text += "  every kind:";
  for (const topology::ParameterInfo& parameter : topology::common_parameters())
    text += fmt::format(" {}{}{}", parameter.name, parameter.initial.empty() ? "" : "=", parameter.initial);
  return text + " seed=1";
}

struct Rule {
  std::string kind;
  topology::Parameters parameters;
  std::uint64_t seed = 1;
};
// "kind=waxman,nodes=20,seed=7"; the error is what to complain of.
std::expected<Rule, std::string> parse_rule(std::string_view text) {
  Rule rule;
  bool is_first = true;
  while (is_first || !text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos && is_first) {
      rule.kind = item;
    } else if (equals == std::string_view::npos || equals == 0) {
      return std::unexpected(fmt::format("'{}' in --generate is not KEY=VALUE; write for example {}",
                                         printable(item), "--generate kind=waxman,nodes=20,seed=7"));
    } else if (item.substr(0, equals) == "kind") {
      rule.kind = item.substr(equals + 1);
    } else if (item.substr(0, equals) == "seed") {
      const std::string_view digits = item.substr(equals + 1);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rule.seed);
      if (error != std::errc() || end != digits.data() + digits.size())
        return std::unexpected(
            fmt::format("the seed '{}' is not a whole number; write for example seed=7", printable(digits)));
    } else {
      const std::string key(item.substr(0, equals));
      if (!rule.parameters.emplace(key, item.substr(equals + 1)).second)
        return std::unexpected(
            fmt::format("'{}' is given twice in --generate; give it once", printable(key)));
    }
    is_first = false;
  }
  return rule;
}

Outcome generate(const std::string& text, Terminal& terminal) {
  const auto rule = parse_rule(text);
  if (!rule) return std::unexpected(complain(terminal, kUsage, rule.error()));
  auto graph = topology::generate(rule->kind, rule->parameters, rule->seed);
  if (graph) return Named{.graph = std::move(*graph), .name = rule->kind};
  for (const topology::ParameterError& error : graph.error())
    complain(terminal, kUsage,
             printable(fmt::format("--generate{}{}: {}; {}", error.parameter.empty() ? "" : " ",
                                   error.parameter, error.wrong, error.right)));
  fmt::print(terminal.err, "The kinds and their parameters:\n{}\n", kinds_text());
  return std::unexpected(kUsage);
}

Outcome graph_of(const TopologyOptions& options, Terminal& terminal) {
  if (options.file.empty() == options.generate.empty())
    return std::unexpected(complain(terminal, kUsage,
                                    "give either a FILE (GraphML, DOT or a scenario) or --generate KIND; "
                                    "'mailroom topology --help' lists the kinds"));
  if (!options.generate.empty()) return generate(options.generate, terminal);
  const std::string extension = std::filesystem::path(options.file).extension().string();
  if (extension == ".yaml" || extension == ".yml") return read_scenario(options.file, terminal);
  return read_map(options.file, terminal);
}

}  // namespace

int run_topology(const TopologyOptions& options, Terminal& terminal) {
  Outcome outcome = graph_of(options, terminal);
  if (!outcome) return outcome.error();
  topology::Graph& graph = outcome->graph;

  if (options.json) {
    terminal.out
        << topology::summary_json(graph, outcome->name).dump(2, ' ', false, Json::error_handler_t::replace)
        << '\n';
  } else {
    terminal.out << printable(topology::print_summary(graph, outcome->name, !options.brief), true);
  }
  if (options.out.empty()) return kDone;
  topology::layout(graph);
  if (const auto wrong = write_file(options.out, topology::write_graphml(graph, outcome->name)))
    return complain(terminal, kUsage, *wrong);
  if (!options.json) fmt::print(terminal.out, "\nwrote {}\n", options.out);
  return kDone;
}

void add_topology(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("topology", "a network's nodes, links, rates and single points of failure");
  verb->group(kPrepareGroup);
  const auto options = std::make_shared<TopologyOptions>();
  verb->add_option("FILE", options->file, "a map (GraphML, DOT) or a scenario (.yaml)");
  verb->add_option("--generate", options->generate, "make a network by rule instead of reading one")
      ->type_name("kind=KIND,KEY=VALUE,...");
  verb->add_option("--out", options->out, "also write it, with coordinates, as GraphML")
      ->type_name("FILE.graphml");
  verb->add_flag("--brief", options->brief, "figures only, no row for every node and link");
  verb->add_flag("--json", options->json, "print it as JSON");
  verb->footer("\nKinds of --generate and their parameters:\n" + kinds_text() +
               "\n\nFor example: mailroom topology --generate kind=waxman,nodes=20,seed=7 --out net.graphml");
  verb->callback([options, &invocation] {
    invocation.act = [options, &invocation] { return run_topology(*options, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
