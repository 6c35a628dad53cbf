// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/compose.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "protocols/message/date.hpp"
#include "protocols/message/fold.hpp"

namespace mailroom::message {
namespace {

std::optional<Mailbox> sender_of(const Draft& draft) {
  if (draft.sender) return draft.sender;
  // RFC 5322 §3.6.2: with more than one author, one must be named as the sender.
  if (draft.from.size() > 1) return draft.from.front();
  return std::nullopt;
}

std::string format_authors(const std::vector<Mailbox>& from) {
  return format(std::vector<Address>(from.begin(), from.end()));
}

// Adds each mailbox once. Mailboxes are the same when only the case of the domain differs.
class ForwardPaths {
 public:
  explicit ForwardPaths(std::vector<std::string>& out) : out_(out) {}

  void add(const std::vector<Address>& addresses) {
    for (const Mailbox& mailbox : mailboxes(addresses)) {
      std::string domain = mailbox.domain;
      for (char& c : domain) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      }
      if (seen_.emplace(mailbox.local_part, std::move(domain)).second) out_.push_back(addr_spec(mailbox));
    }
  }

 private:
  std::vector<std::string>& out_;
  std::set<std::pair<std::string, std::string>> seen_;
};

constexpr std::array<std::string_view, 7> kResentNames = {"Resent-Date",      "Resent-From", "Resent-Sender",
                                                          "Resent-To",        "Resent-Cc",   "Resent-Bcc",
                                                          "Resent-Message-ID"};

// RFC 5322 §3.6.6: each resending puts its block in front of the older ones, so the topmost is the newest. It
// ends where one of its names comes again or where a trace field follows.
std::vector<const Field*> topmost_resent_block(const Header& header) {
  std::vector<const Field*> block;
  for (const Field& field : header.fields()) {
    if (!block.empty() && (field.is("Received") || field.is("Return-Path"))) break;
    const auto is = [&](std::string_view name) { return field.is(name); };
    if (std::none_of(kResentNames.begin(), kResentNames.end(), is)) continue;
    const bool again =
        std::any_of(block.begin(), block.end(), [&](const Field* each) { return each->is(field.name()); });
    if (again) break;
    block.push_back(&field);
  }
  return block;
}

}  // namespace

std::string compose(const Draft& draft) {
  std::string out = format_field("Date", format_date_time(draft.unix_s));
  if (!draft.from.empty()) out += format_field("From", format_authors(draft.from));
  if (const auto sender = sender_of(draft)) out += format_field("Sender", format(*sender));
  if (!draft.to.empty()) out += format_field("To", format(draft.to));
  if (!draft.cc.empty()) out += format_field("Cc", format(draft.cc));
  if (!draft.message_id.empty()) out += format_field("Message-ID", draft.message_id);
  if (!draft.subject.empty()) out += format_field("Subject", draft.subject);
  for (const auto& [name, value] : draft.extra_fields) out += format_field(name, value);
  out += "\r\n";
  out += canonical(draft.text, FinalLineEnd::ensure);
  return out;
}

Envelope envelope_of(const Header& header) {
  std::vector<const Field*> fields = topmost_resent_block(header);
  const std::string prefix = fields.empty() ? "" : "Resent-";
  if (fields.empty()) {
    for (const Field& field : header.fields()) fields.push_back(&field);
  }

  Envelope envelope;
  ForwardPaths forward_paths(envelope.forward_paths);
  std::optional<std::string> author;
  std::optional<std::string> sender;
  for (const Field* field : fields) {
    const auto is = [&](std::string_view name) { return field->is(prefix + std::string(name)); };
    const bool is_recipients = is("To") || is("Cc") || is("Bcc");
    const bool is_originator = is("From") || is("Sender");
    if (!is_recipients && !is_originator) continue;
    // RFC 5322 §3.6.3: Bcc may have no addresses.
    if (is("Bcc") && field->unfolded().empty()) continue;
    const auto addresses = parse_address_list(field->value());
    if (!addresses) {
      envelope.errors.push_back({std::string(field->name()), addresses.error()});
      continue;
    }
    if (is_recipients) {
      forward_paths.add(*addresses);
    } else if (const auto originators = mailboxes(*addresses); !originators.empty()) {
      auto& originator = is("Sender") ? sender : author;
      if (!originator) originator = addr_spec(originators.front());
    }
  }
  envelope.reverse_path = sender ? *sender : author.value_or("");
  return envelope;
}

Envelope envelope_of(const Draft& draft) {
  Envelope envelope;
  if (const auto sender = sender_of(draft)) {
    envelope.reverse_path = addr_spec(*sender);
  } else if (!draft.from.empty()) {
    envelope.reverse_path = addr_spec(draft.from.front());
  }
  ForwardPaths forward_paths(envelope.forward_paths);
  forward_paths.add(draft.to);
  forward_paths.add(draft.cc);
  forward_paths.add(draft.bcc);
  return envelope;
}

}  // namespace mailroom::message
