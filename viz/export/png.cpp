// SPDX-License-Identifier: GPL-2.0-only
#include "viz/export/png.hpp"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

namespace mailroom::viz {

bool write_png(const std::filesystem::path& path, std::span<const std::uint8_t> rgba, int width_px, int height_px) {
  return stbi_write_png(path.c_str(), width_px, height_px, 4, rgba.data(), width_px * 4) != 0;
}

}  // namespace mailroom::viz
