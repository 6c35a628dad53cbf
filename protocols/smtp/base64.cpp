// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/base64.hpp"

#include <nettle/base64.h>

#include <cstdint>

namespace mailroom::smtp {

std::string encode_base64(std::string_view octets) {
  std::string text(BASE64_ENCODE_RAW_LENGTH(octets.size()), '\0');
  nettle_base64_encode_raw(text.data(), octets.size(), reinterpret_cast<const std::uint8_t*>(octets.data()));
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string octets(BASE64_DECODE_LENGTH(text.size()), '\0');
  base64_decode_ctx context;
  nettle_base64_decode_init(&context);
  std::size_t size = octets.size();
  const bool good =
      nettle_base64_decode_update(&context, &size, reinterpret_cast<std::uint8_t*>(octets.data()),
                                  text.size(), text.data()) != 0 &&
      nettle_base64_decode_final(&context) != 0;
  if (!good) return std::nullopt;
  octets.resize(size);
  // The library skips blanks and takes what has bits left over; one text alone stands for these octets.
  if (encode_base64(octets) != text) return std::nullopt;
  return octets;
}

}  // namespace mailroom::smtp
