// SPDX-License-Identifier: GPL-2.0-only
// One message as paper: the envelope that SMTP knows beside the header that only people and user agents read, the
// trace that hosts wrote on it, and the parts of its body. Errors: those of reading.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

struct LetterField {
  std::string name{};
  std::string value{};  // unfolded, printable, its beginning
};

// One `Received:` field. What cannot be read has a problem and its raw text.
struct TraceStep {
  std::string from{};
  std::string by{};
  std::string with{};
  std::string id{};
  std::string for_path{};
  std::string date{};
  std::string problem{};
  std::string raw{};
  trace::HostId host{};  // that wrote it; 0: none of this name is in the run
};

struct LetterPart {
  int depth = 0;
  std::string type{};  // "text/plain"
  std::int64_t size_bytes = 0;
};

struct Letter {
  // Envelope: as its user agent, or the host that made it, gave it.
  bool has_envelope = false;
  std::string reverse_path{};  // empty: the null reverse-path of a notification
  std::vector<std::string> forward_paths{};

  std::vector<LetterField> fields{};  // the header, in order, at most kMostFields
  std::vector<TraceStep> trace{};     // in the order of travel: the first host's first
  std::string return_path{};          // written at final delivery; empty: none
  std::vector<LetterPart> parts{};
  std::int64_t header_bytes = 0;
  std::int64_t body_bytes = 0;

  std::string octets{};            // as it is stored, with the trace fields of the copy that is shown
  trace::CopyId shown{};           // the delivered copy whose trace it is; 0: the text alone
  std::vector<trace::HostId> way{};  // that it took up to the copy that is shown or asked for
};
inline constexpr std::size_t kMostFields = 100;

// `copy`: whose trace and way; 0: of the first that is delivered, or the first there is.
std::expected<Letter, trace::FileError> letter_of(trace::RunFileReader& reader, const trace::World& world,
                                                  trace::MessageId message, trace::CopyId copy);

// The hosts that were responsible, from where the message was composed to where this copy is.
std::vector<trace::HostId> way_of(const trace::World& world, trace::CopyId copy);

}  // namespace mailroom::viz
