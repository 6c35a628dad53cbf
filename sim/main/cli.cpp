// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>

#include "sim/main/cli_front_page.hpp"
#include "sim/main/cli_handoff.hpp"

namespace mailroom::cli {
namespace {

// Edits (insertions, deletions, substitutions) from one word to another.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[to.size()];
}

std::vector<std::string> verb_names(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  for (const Handoff& handoff : handoffs()) names.emplace_back(handoff.verb);
  return names;
}

int complain_of_unknown_verb(CLI::App& app, Terminal& terminal, const std::string& word) {
  const std::vector<std::string> names = verb_names(app);
  const std::string_view meant = nearest(word, names);
  if (!meant.empty())
    return complain(terminal, kUsage,
                    fmt::format("there is no verb '{}'; did you mean '{}'?", printable(word), meant));
  return complain(terminal, kUsage,
                  fmt::format("there is no verb '{}'; 'mailroom --help' lists the verbs", printable(word)));
}

// "--jsn" is no option of the verb: which one was meant?
std::string suggestion_for(const CLI::App& verb, const std::vector<std::string>& arguments) {
  std::vector<std::string> options;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  for (const std::string& argument : arguments) {
    if (!argument.starts_with("--") || argument.size() < 3) continue;
    const std::string name = argument.substr(0, argument.find('='));
    if (std::ranges::find(options, name) != options.end()) continue;
    const std::string_view meant = nearest(name, options);
    if (!meant.empty()) return fmt::format("did you mean {}? ", meant);
  }
  return {};
}

// CLI11's help in our layout: the whole command in the usage, one empty line where it leaves several.
std::string help_of(const CLI::App& app, const CLI::App* verb) {
  std::string help = verb != nullptr ? verb->help() : app.help();
  const std::string usage = "Usage: ";
  if (const std::size_t at = help.find(usage); at != std::string::npos && verb != nullptr)
    help.replace(at, usage.size(), "usage: mailroom ");
  for (std::size_t at = help.find("\n\n\n"); at != std::string::npos; at = help.find("\n\n\n", at))
    help.erase(at, 1);
  return help;
}

// CLI11 reads -1 as the largest unsigned number; what it says then is of no use to a person.
void check_seeds(CLI::App& app) {
  const auto wrong_with = [](const std::string& text) {
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? std::string()
                     : fmt::format("'{}' is no seed: a seed is a whole number from 0 on", text);
  };
  for (CLI::App* verb : app.get_subcommands({}))
    if (CLI::Option* seed = verb->get_option_no_throw("--seed")) seed->check(wrong_with, "");
}

int parse_and_act(CLI::App& app, std::vector<std::string> arguments, Invocation& invocation) {
  const std::string verb_name = arguments.front();
  const CLI::App* verb = verb_named(app, verb_name);
  if (verb == nullptr && !verb_name.starts_with("-"))
    return complain_of_unknown_verb(app, invocation.terminal, verb_name);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 takes them
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    invocation.terminal.out << help_of(app, verb);
    return kDone;
  } catch (const CLI::ParseError& error) {
    std::string what = error.what();
    while (!what.empty() && (what.back() == '\n' || what.back() == '.')) what.pop_back();
    const std::string hint = verb != nullptr ? suggestion_for(*verb, arguments) : std::string();
    return complain(invocation.terminal, kUsage,
                    fmt::format("{}; {}'mailroom {}--help' shows the usage", printable(what), hint,
                                verb != nullptr ? verb_name + " " : ""));
  }
  return invocation.act();
}

}  // namespace

std::string_view version() {
  return MAILROOM_VERSION;
}

int complain(Terminal& terminal, int exit_code, std::string_view text) {
  fmt::print(terminal.err, "{} {}\n", dyed(terminal, Ink::strong, "mailroom:"), text);
  return exit_code;
}

int report_our_bug(Terminal& terminal, std::string_view what) {
  terminal.out.flush();
  fmt::print(terminal.err,
             "mailroom: this is a bug in Mailroom, not a mistake of yours: {}\n"
             "Please send us this message, the command line, the output of 'mailroom --version', and the "
             "scenario or "
             "run file.\n",
             printable(what));
  return kOurBug;
}

const CLI::App* verb_named(const CLI::App& app, std::string_view name) {
  const auto verbs = app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == name; });
  return verbs.empty() ? nullptr : verbs.front();
}

std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance =
        candidate.starts_with(word) && word.size() > 1 ? 1 : edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

int run_program(std::vector<std::string> arguments, std::filesystem::path program, Terminal& terminal,
                std::span<const AddVerb> verbs) {
  try {
    Invocation invocation{.terminal = terminal, .program = std::move(program), .act = {}};
    CLI::App app("A laboratory for Internet mail", "mailroom");
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    for (const AddVerb add : verbs) add(app, invocation);
    check_seeds(app);

    if (!arguments.empty() && arguments.front() == "help") {  // help VERB = VERB --help
      arguments.erase(arguments.begin());
      if (!arguments.empty()) arguments.emplace_back("--help");
    }
    if (arguments.empty() || arguments.front() == "--help" || arguments.front() == "-h") {
      print_front_page(app, invocation);
      return kDone;
    }
    if (arguments.front() == "--version") {
      fmt::print(terminal.out, "mailroom {}\n", version());
      return kDone;
    }
    for (const Handoff& handoff : handoffs())
      if (arguments.front() == handoff.verb) return hand_off(handoff, arguments, invocation);
    return parse_and_act(app, std::move(arguments), invocation);
  } catch (const std::exception& error) {
    return report_our_bug(terminal, error.what());
  }
}

}  // namespace mailroom::cli
