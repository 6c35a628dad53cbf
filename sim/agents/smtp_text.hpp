// SPDX-License-Identifier: GPL-2.0-only
// Replies and paths as the text that events, queues and notifications hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/smtp/path.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailroom::agents {

// The lines of a reply as they go over the wire, without the codes, joined by LF; each with its enhanced
// code, if any.
std::string text_of(const smtp::Reply& reply);
// The same without enhanced codes.
std::string plain_text_of(const smtp::Reply& reply);

// A path without its angle brackets: "u@d", with a source route "@r1,@r2:u@d", empty for the null
// reverse-path.
std::string path_text(const smtp::Path& path);
// The new address in the text of a 251 or 551, "… <user@domain>" (RFC 5321 §3.4); nothing if there is none.
std::optional<std::string> new_address(std::string_view reply_text);
// The path of such a text, also one that only SMTPUTF8 can carry; nothing if it is none that could be sent.
std::optional<smtp::Path> path_of(std::string_view text);

}  // namespace mailroom::agents
