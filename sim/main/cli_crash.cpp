// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "sim/main/cli.hpp"

namespace mailroom::cli {
namespace {

// Only async-signal-safe calls.
void end_as_our_bug(int) {
  static constexpr char kText[] =
      "mailroom: this is a bug in Mailroom, not a mistake of yours.\n"
      "Please send us the lines above, the command line, the output of 'mailroom --version', and the "
      "scenario or run "
      "file.\n";
  const ssize_t written = write(STDERR_FILENO, kText, sizeof kText - 1);
  static_cast<void>(written);  // there is no one left to tell
  _exit(kOurBug);
}

}  // namespace

void report_crashes_as_our_bugs() {
  std::signal(SIGABRT, end_as_our_bug);
#ifndef __SANITIZE_ADDRESS__  // which reports these itself, and better
  // On a stack of its own, so that a stack overflow is reported too.
  alignas(16) static char stack[64 * 1024];
  stack_t alternate{};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof stack;
  sigaltstack(&alternate, nullptr);
  struct sigaction action{};
  action.sa_handler = end_as_our_bug;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigaction(signal, &action, nullptr);
#endif
}

}  // namespace mailroom::cli
