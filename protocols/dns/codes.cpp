// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/codes.hpp"

#include <charconv>
#include <utility>

#include "protocols/dns/ascii.hpp"

namespace mailroom::dns {

namespace {

constexpr std::pair<Type, std::string_view> kTypes[] = {
    {Type::a, "A"},     {Type::ns, "NS"},     {Type::cname, "CNAME"}, {Type::soa, "SOA"},
    {Type::ptr, "PTR"}, {Type::mx, "MX"},     {Type::txt, "TXT"},     {Type::aaaa, "AAAA"},
    {Type::opt, "OPT"}, {Type::ixfr, "IXFR"}, {Type::axfr, "AXFR"},   {Type::any, "ANY"},
};
constexpr std::pair<Rcode, std::string_view> kRcodes[] = {
    {Rcode::no_error, "NOERROR"},    {Rcode::format_error, "FORMERR"},   {Rcode::server_failure, "SERVFAIL"},
    {Rcode::name_error, "NXDOMAIN"}, {Rcode::not_implemented, "NOTIMP"}, {Rcode::refused, "REFUSED"},
    {Rcode::bad_version, "BADVERS"},
};
constexpr std::pair<Opcode, std::string_view> kOpcodes[] = {
    {Opcode::query, "QUERY"},   {Opcode::iquery, "IQUERY"}, {Opcode::status, "STATUS"},
    {Opcode::notify, "NOTIFY"}, {Opcode::update, "UPDATE"},
};
constexpr std::pair<Class, std::string_view> kClasses[] = {
    {Class::in, "IN"}, {Class::ch, "CH"}, {Class::any, "ANY"}};

template <typename Code, std::size_t kCount>
std::string look_up(const std::pair<Code, std::string_view> (&names)[kCount], Code code,
                    const char* unnamed) {
  for (const auto& [known, text] : names)
    if (known == code) return std::string(text);
  return unnamed + std::to_string(std::to_underlying(code));
}

}  // namespace

std::string name(Type type) {
  return look_up(kTypes, type, "TYPE");
}

std::optional<Type> parse_type(std::string_view text) {
  for (const auto& [type, known] : kTypes)
    if (ascii::same(text, known)) return type;
  if (text.size() <= 4 || !ascii::same(text.substr(0, 4), "TYPE")) return std::nullopt;
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 4, text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Type{value};
}

std::string name(Class cls) {
  return look_up(kClasses, cls, "CLASS");
}
std::string name(Opcode opcode) {
  return look_up(kOpcodes, opcode, "OPCODE");
}
std::string name(Rcode rcode) {
  return look_up(kRcodes, rcode, "RCODE");
}

}  // namespace mailroom::dns
