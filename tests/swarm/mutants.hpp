// SPDX-License-Identifier: GPL-2.0-only
// Bugs that a mail system may have, planted at run time to see whether a swarm finds them.
#pragma once

namespace mailroom::swarm {

enum class Mutant {
  none,
  drops_retry_after_451,      // who was told 451 is never tried again
  deletes_before_250,         // a connection that is lost behind the text counts as confirmed
  forgets_recipient_at_restart,  // of the first message that waited when the host crashed
};

// Of this process, and of those that it makes from now on.
void plant(Mutant mutant);

}  // namespace mailroom::swarm
