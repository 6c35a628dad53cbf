// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/export.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/main/cli.hpp"
#include "sim/main/cli_file.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {
namespace {

struct Format {
  std::string_view name;
  int (*write)(Run&, const ExportOptions&, Terminal&);
};
constexpr Format kFormats[] = {
    {"pcap", export_pcap},
    {"csv", export_csv},
    {"mbox", export_mbox},
    {"eml", export_eml},
};

// An option of another format.
std::string contradiction(const ExportOptions& options) {
  const bool is_pcap = options.format == "pcap";
  const bool is_mail = options.format == "mbox" || options.format == "eml";
  if (!is_pcap && (!options.link.empty() || !options.host.empty()))
    return "--link and --host go with 'export pcap'";
  if (!options.link.empty() && !options.host.empty()) return "give either --link or --host";
  if (!is_mail && !options.mailbox.empty()) return "--mailbox goes with 'export mbox' and 'export eml'";
  if (options.format != "csv" && options.table != "event") return "--table goes with 'export csv'";
  if (options.format == "eml" && options.out == "-")
    return "'export eml' writes a folder; give its name with --out";
  return {};
}

}  // namespace

int run_export(const ExportOptions& options, Terminal& terminal) {
  if (const std::string wrong = contradiction(options); !wrong.empty())
    return complain(terminal, kUsage, wrong);
  for (const Format& format : kFormats)
    if (format.name == options.format)
      return with_run(options.file, terminal, [&](Run& run) { return format.write(run, options, terminal); });
  return complain(
      terminal, kUsage,
      fmt::format("there is no format '{}'; write pcap, csv, mbox or eml", printable(options.format)));
}

int finish_export(OutputFile& file, const ExportOptions& options, const std::string& what,
                  Terminal& terminal) {
  if (const auto wrong = file.finish()) return complain(terminal, kUsage, *wrong);
  if (options.out != "-") fmt::print(terminal.out, "wrote {} to {}\n", what, printable(options.out));
  return kDone;
}

void add_export(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("export", "packets (pcap), tables (csv), mailboxes (mbox, eml) for other programs");
  verb->group(kLookGroup);
  const auto o = std::make_shared<ExportOptions>();
  verb->add_option("FORMAT", o->format, "pcap, csv, mbox or eml")->required();
  verb->add_option("RUN", o->file, "the run file (*.mailroom)")->required();
  verb->add_option("--out", o->out, "the file to write (- is standard output); of eml: a folder")
      ->required()
      ->type_name("FILE");
  verb->add_option("--link", o->link, "pcap: all frames sent on this link")->type_name("NAME");
  verb->add_option("--host", o->host, "pcap: all frames that this host or router sent and received")
      ->type_name("NAME");
  verb->add_option("--table", o->table, "csv: event (default), flight, copies or deliveries")
      ->type_name("TABLE");
  verb->add_option("--mailbox", o->mailbox, "mbox, eml: this mailbox only")->type_name("USER@DOMAIN");
  verb->add_option("--at", o->at, "mbox, eml: the mailboxes as they were then")->type_name("TIME");
  verb->add_flag("--force", o->force, "eml: overwrite files that are there");
  verb->footer(
      "\nA pcap holds every frame once, as the host that made it sent it, unless --link or --host is given.\n"
      "For example:\n"
      "  mailroom export pcap two-offices.mailroom --out two-offices.pcap\n"
      "  mailroom export csv two-offices.mailroom --table deliveries --out - | head\n"
      "  mailroom export eml two-offices.mailroom --out mail");
  verb->callback([o, &invocation] {
    invocation.act = [o, &invocation] { return run_export(*o, invocation.terminal); };
  });
}

}  // namespace mailroom::cli
