// SPDX-License-Identifier: GPL-2.0-only
// The ESMTP parameters of MAIL and RCPT (RFC 5321 §4.1.2) as they stand in a line, and what they mean: SIZE
// (RFC 1870), BODY (6152), RET, ENVID, NOTIFY, ORCPT (3461), SMTPUTF8 (6531), AUTH (4954 §5).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "protocols/smtp/dsn_parameters.hpp"
#include "protocols/smtp/extensions.hpp"

namespace mailroom::smtp {

// keyword in capitals.
struct Parameter {
  std::string keyword;
  std::optional<std::string> value;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

// The BODY parameter of MAIL (RFC 6152).
enum class Body : std::uint8_t { seven_bit, eight_bit };

// What the parameters of MAIL say.
struct MailParameters {
  std::optional<std::int64_t> size_octets;  // SIZE=
  Body body = Body::seven_bit;              // BODY=
  bool has_body = false;                    // BODY= was given
  bool smtputf8 = false;                    // SMTPUTF8: the envelope or the header has more than US-ASCII
  std::optional<Return> ret;                // RET=
  std::optional<std::string> envelope_id;   // ENVID=, decoded
  std::optional<std::string> submitter;     // AUTH=, decoded: who submitted it; "" for <>: not known
  friend bool operator==(const MailParameters&, const MailParameters&) = default;
};

// What those of RCPT say.
struct RcptParameters {
  std::optional<Notify> notify;                         // NOTIFY=
  std::optional<OriginalRecipient> original_recipient;  // ORCPT=
  bool any() const { return notify || original_recipient; }
  friend bool operator==(const RcptParameters&, const RcptParameters&) = default;
};

enum class ParameterFault : std::uint8_t {
  unknown,      // 555: not a parameter of what was offered
  bad_value,    // 501
  unsupported,  // 504: a known parameter with a value that is not implemented
  repeated,     // 501
};
std::expected<MailParameters, ParameterFault> mail_parameters(const std::vector<Parameter>& parameters,
                                                              const Extensions& offered);
// `smtputf8`: MAIL had SMTPUTF8.
std::expected<RcptParameters, ParameterFault> rcpt_parameters(const std::vector<Parameter>& parameters,
                                                              const Extensions& offered,
                                                              bool smtputf8 = false);

// As they follow the path, each with a space before it.
std::string to_string(const MailParameters& parameters);
std::string to_string(const RcptParameters& parameters);

}  // namespace mailroom::smtp
