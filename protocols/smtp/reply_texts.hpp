// SPDX-License-Identifier: GPL-2.0-only
// Every reply that our receivers give, in one table: code, enhanced code, and the text in two profiles.
// `lecture` has the words of the lecture's example session; where the lecture is silent both are the same.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocols/smtp/reply.hpp"

namespace mailroom::smtp {

enum class TextProfile : std::uint8_t { modern, lecture };

enum class Say : std::uint8_t {
#define SAY(id, code, subject, detail, modern, lecture) id,
#include "protocols/smtp/reply_texts.def"
#undef SAY
};

// `domain` is the receiver's own: it stands where the table has <domain>. All have an enhanced code except
// those that RFC 2034 §4 leaves without (greeting, replies to HELO and EHLO, 354); the session drops it where
// it was not negotiated.
Reply say(Say what, TextProfile profile, std::string_view domain);

}  // namespace mailroom::smtp
