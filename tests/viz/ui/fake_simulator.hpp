// SPDX-License-Identifier: GPL-2.0-only
// A shell script in the place of the simulator: it "makes" a run file that is there already, and answers lines as the
// simulator does. What it was asked is kept in the files `orders` (its arguments) and `told` (lines) of its folder; if there
// is a file `mistakes`, it complains with that, and does nothing.
#pragma once

#include <filesystem>

namespace mailroom::tests {

// Puts the script and the run (`run`) into a folder; windows that are opened from now on use it.
void use_fake_simulator(const std::filesystem::path& folder);
void use_real_simulator();

}  // namespace mailroom::tests
