// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/main/cli.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {
namespace {

using Question = int (*)(Run&, const InspectOptions&, Terminal&);

// Which question is asked; the options see to it that it is one. In a listing of events, --message, --session
// and
// --host say which events.
Question question_of(const InspectOptions& options) {
  if (options.events) return inspect_events;
  if (options.sessions) return inspect_sessions;
  if (!options.message.empty()) return inspect_message;
  if (options.session) return inspect_session;
  if (options.why) return inspect_why;
  if (!options.mailbox.empty()) return inspect_mailbox;
  if (!options.host.empty()) return inspect_host;
  return inspect_summary;
}

// An option that the question does not look at.
std::optional<std::string> idle_option(const InspectOptions& options) {
  const bool is_listing = options.events;  // in it, --session and --host say which events
  const InspectOptions silent;
  if (!options.kinds.empty() && !options.events) return "--kind goes with --events";
  if (options.read && options.mailbox.empty()) return "--read goes with --mailbox";
  if (options.times && (!options.session || is_listing)) return "--times goes with --session";
  if (options.at != silent.at && ((options.host.empty() && options.mailbox.empty()) || is_listing))
    return is_listing ? "--at goes with --host or --mailbox; with --events, say --from and --until"
                      : "--at goes with --host or --mailbox";
  if (options.from != silent.from && !is_listing) return "--from goes with --events";
  if (options.until != silent.until && !is_listing) return "--until goes with --events";
  if (options.limit != silent.limit && !is_listing && !options.sessions)
    return "--limit goes with --events or --sessions";
  return std::nullopt;
}

// More than one question at once, or an option that goes with another question.
std::optional<std::string> contradiction(const InspectOptions& options) {
  if (options.events) {
    if (options.sessions || options.why || !options.mailbox.empty())
      return "--events goes with --kind, --message, --session, --host, --from, --until and --limit; ask the "
             "rest separately";
    return idle_option(options);
  }
  const int questions = (options.message.empty() ? 0 : 1) + (options.session ? 1 : 0) +
                        (options.sessions ? 1 : 0) + (options.why ? 1 : 0) +
                        (options.mailbox.empty() ? 0 : 1) + (options.host.empty() ? 0 : 1);
  if (questions > 1)
    return "one question at a time: give one of --message, --session, --why, --host, --mailbox";
  return idle_option(options);
}

}  // namespace

int run_inspect(const InspectOptions& options, Terminal& terminal) {
  if (const auto wrong = contradiction(options)) return complain(terminal, kUsage, *wrong);
  return with_run(options.file, terminal,
                  [&](Run& run) { return question_of(options)(run, options, terminal); });
}

void add_inspect(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("inspect", "deliveries, delays, bounces; a message's whole story; why it happened");
  verb->group(kLookGroup);
  const auto o = std::make_shared<InspectOptions>();
  verb->add_option("RUN", o->file, "the run file (*.mailroom)")->required();

  const char* questions = "Questions (none of them: the summary)";
  verb->add_option("--message", o->message, "the whole story of a message, hop by hop")
      ->type_name("NUMBER|MESSAGE-ID")
      ->group(questions);
  verb->add_flag("--sessions", o->sessions, "all sessions, a line each")->group(questions);
  verb->add_option("--session", o->session, "a dialogue, as C: and S: lines")
      ->type_name("NUMBER")
      ->group(questions);
  verb->add_option("--why", o->why, "the chain of causes of an event")->type_name("EVENT")->group(questions);
  verb->add_option("--host", o->host, "queue, mailboxes, sessions and disk of a host")
      ->type_name("NAME")
      ->group(questions);
  verb->add_option("--mailbox", o->mailbox, "what the user of a mailbox would read")
      ->type_name("USER@DOMAIN")
      ->group(questions);
  verb->add_flag("--events", o->events, "events, a line each, with their numbers")->group(questions);

  const char* more = "Details";
  verb->add_flag("--json", o->json, "print the answer as JSON")->group(more);
  verb->add_flag("--times", o->times, "with --session: the time of each line")->group(more);
  verb->add_option("--at", o->at, "with --host, --mailbox: when (12.5s, 1h30m, 0:01:30.5, end)")
      ->type_name("TIME")
      ->group(more);
  verb->add_option("--read", o->read, "with --mailbox: one message, complete")->type_name("UID")->group(more);
  verb->add_option("--kind", o->kinds, "with --events: of this kind (copy.deferred), or of a noun (copy)")
      ->type_name("KIND")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(more);
  verb->add_option("--from", o->from, "with --events: from this time")->type_name("TIME")->group(more);
  verb->add_option("--until", o->until, "with --events: up to this time")->type_name("TIME")->group(more);
  verb->add_option("--limit", o->limit, "with --events, --sessions: at most so many")
      ->check([](const std::string& text) {
        const bool is_count = text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
        return is_count ? std::string() : fmt::format("'{}' is no number of lines", printable(text));
      })
      ->type_name("N")
      ->group(more);
  verb->footer(
      "\nFor example:\n"
      "  mailroom inspect two-offices.mailroom\n"
      "  mailroom inspect two-offices.mailroom --message 1\n"
      "  mailroom inspect two-offices.mailroom --events --kind copy.deferred\n"
      "  mailroom inspect two-offices.mailroom --host mx1 --at 12.5s");
  verb->callback([o, &invocation] {
    invocation.act = [o, &invocation] { return run_inspect(*o, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
