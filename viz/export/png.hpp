// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace mailroom::viz {

// Writes rows from the top, four octets (RGBA) a pixel. False: the file could not be written.
bool write_png(const std::filesystem::path& path, std::span<const std::uint8_t> rgba, int width_px, int height_px);

}  // namespace mailroom::viz
