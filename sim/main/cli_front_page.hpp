// SPDX-License-Identifier: GPL-2.0-only
// What `mailroom` alone and `mailroom --help` print: what it is, the verbs, and the next thing to try here.
#pragma once

namespace CLI {
class App;
}

namespace mailroom::cli {

struct Invocation;

// The verbs are those that `app` has, under the group each was given, and the programs of handoffs() that are
// installed.
void print_front_page(const CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
