// SPDX-License-Identifier: GPL-2.0-only
// The verb `export`: a run file's packets, tables and mailboxes in the formats of other programs.
#pragma once

#include <string>

#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {

class Run;
class OutputFile;

struct ExportOptions {
  std::string format;           // pcap, csv, mbox, eml
  std::string file;             // the run
  std::string out;              // a file ("-": standard output); of eml: a folder
  std::string link;             // pcap: what was sent on this link
  std::string host;             // pcap: what this host sent and received
  std::string table = "event";  // csv: event, flight, copies, deliveries
  std::string mailbox;          // mbox, eml: only this one
  std::string at = "end";       // mbox, eml: as the mailboxes were then
  bool force = false;           // eml: overwrite
};

// kDone, or kUsage after a complaint (and then there is no new file, but for an eml folder whose disk is
// full).
int run_export(const ExportOptions& options, Terminal& terminal);

// One format a file. What was written, in words: "412 frames"; the complaint as error.
int export_pcap(Run& run, const ExportOptions& options, Terminal& terminal);
int export_csv(Run& run, const ExportOptions& options, Terminal& terminal);
int export_mbox(Run& run, const ExportOptions& options, Terminal& terminal);
int export_eml(Run& run, const ExportOptions& options, Terminal& terminal);

// Ends the file and says what was written, unless that went to standard output. The exit code.
int finish_export(OutputFile& file, const ExportOptions& options, const std::string& what,
                  Terminal& terminal);

}  // namespace mailroom::cli
