// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/xtext.hpp"

namespace mailroom::smtp {
namespace {

using Value = std::optional<std::string>;
using Fault = std::optional<ParameterFault>;

Fault read_size(const Value& value, MailParameters& meaning) {
  // RFC 1870 §3 (4): 1 to 20 digits. One that no int64 holds is larger than any limit all the same.
  if (meaning.size_octets) return ParameterFault::repeated;
  if (!value || value->size() > 20 || !std::ranges::all_of(*value, ascii::is_digit))
    return ParameterFault::bad_value;
  std::int64_t size = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), size);
  meaning.size_octets = error == std::errc() ? size : std::numeric_limits<std::int64_t>::max();
  return std::nullopt;
}

Fault read_body(const Value& value, MailParameters& meaning) {
  if (meaning.has_body) return ParameterFault::repeated;
  if (!value) return ParameterFault::bad_value;
  const bool eight = ascii::same(*value, "8BITMIME");
  if (!eight && !ascii::same(*value, "7BIT")) return ParameterFault::unsupported;
  meaning.has_body = true;
  meaning.body = eight ? Body::eight_bit : Body::seven_bit;
  return std::nullopt;
}

Fault read_smtputf8(const Value& value, MailParameters& meaning) {
  if (value) return ParameterFault::bad_value;  // RFC 6531 §3.1 (4): it has none
  if (std::exchange(meaning.smtputf8, true)) return ParameterFault::repeated;
  return std::nullopt;
}

// What a function of one text says about a value that must be there, once.
template <class Meaning, class Parse>
Fault read(const Value& value, std::optional<Meaning>& target, Parse parse) {
  if (target) return ParameterFault::repeated;
  if (!value) return ParameterFault::bad_value;
  target = parse(*value);
  return target ? Fault() : ParameterFault::bad_value;
}

// RFC 4954 §5: "<>", or a mailbox as xtext.
std::optional<std::string> parse_submitter(const std::string& text) {
  return text == "<>" ? std::optional<std::string>("") : decode_xtext(text);
}

}  // namespace

std::expected<MailParameters, ParameterFault> mail_parameters(const std::vector<Parameter>& parameters,
                                                              const Extensions& offered) {
  MailParameters meaning;
  for (const auto& [keyword, value] : parameters) {
    Fault fault = ParameterFault::unknown;
    if (offered.size && keyword == "SIZE") {
      fault = read_size(value, meaning);
    } else if (offered.eight_bit_mime && keyword == "BODY") {
      fault = read_body(value, meaning);
    } else if (offered.smtputf8 && keyword == "SMTPUTF8") {
      fault = read_smtputf8(value, meaning);
    } else if (offered.dsn && keyword == "RET") {
      fault = read(value, meaning.ret, parse_return);
    } else if (offered.dsn && keyword == "ENVID") {
      fault = read(value, meaning.envelope_id, parse_envelope_id);
    } else if (offered.auth.any() && keyword == "AUTH") {
      fault = read(value, meaning.submitter, parse_submitter);
    }
    if (fault) return std::unexpected(*fault);
  }
  return meaning;
}

std::expected<RcptParameters, ParameterFault> rcpt_parameters(const std::vector<Parameter>& parameters,
                                                              const Extensions& offered, bool smtputf8) {
  RcptParameters meaning;
  const auto parse_orcpt = [smtputf8](const std::string& text) {
    return parse_original_recipient(text, smtputf8);
  };
  for (const auto& [keyword, value] : parameters) {
    Fault fault = ParameterFault::unknown;
    if (offered.dsn && keyword == "NOTIFY") {
      fault = read(value, meaning.notify, parse_notify);
    } else if (offered.dsn && keyword == "ORCPT") {
      fault = read(value, meaning.original_recipient, parse_orcpt);
    }
    if (fault) return std::unexpected(*fault);
  }
  return meaning;
}

std::string to_string(const MailParameters& parameters) {
  std::string text;
  if (parameters.size_octets) text.append(" SIZE=").append(std::to_string(*parameters.size_octets));
  if (parameters.has_body) text += parameters.body == Body::eight_bit ? " BODY=8BITMIME" : " BODY=7BIT";
  if (parameters.smtputf8) text += " SMTPUTF8";
  if (parameters.ret) text.append(" RET=").append(to_string(*parameters.ret));
  if (parameters.envelope_id) text.append(" ENVID=").append(encode_xtext(*parameters.envelope_id));
  if (parameters.submitter)
    text.append(" AUTH=").append(parameters.submitter->empty() ? "<>" : encode_xtext(*parameters.submitter));
  return text;
}

std::string to_string(const RcptParameters& parameters) {
  std::string text;
  if (parameters.notify) text.append(" NOTIFY=").append(to_string(*parameters.notify));
  if (parameters.original_recipient) text.append(" ORCPT=").append(to_string(*parameters.original_recipient));
  return text;
}

}  // namespace mailroom::smtp
