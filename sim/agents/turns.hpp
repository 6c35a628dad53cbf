// SPDX-License-Identifier: GPL-2.0-only
// The reply to ETRN (RFC 1985), by which a host that was away asks for the mail that waits for it. What it starts goes
// to the hosts that take mail for the domain, as always, and not over this connection: so nothing is given to who only
// says that it is somebody.
#pragma once

#include <string_view>

#include "protocols/smtp/reply.hpp"
#include "sim/agents/mta.hpp"

namespace mailroom::agents {

// `argument`: a domain, with '@' before it if those below it are meant too, or '#' and a queue. Has what waits for it
// tried at once. 253 with how many recipients that is; 250 where they are all in hand already, or held; 251: there are
// none; 458 for a queue, since there are none with names; 459 for a domain that this host does not relay for.
smtp::Reply answer_turn(Mta& mta, std::string_view argument, net::Address client);

}  // namespace mailroom::agents
