// SPDX-License-Identifier: GPL-2.0-only
// The JSON Schema (draft 7) and the reference tables, both made from the key table. The schema says no more
// than what an editor can check without the rest of the file: names, types and shapes. Scalars are checked as
// YAML 1.2 reads them.
#include <fmt/format.h>

#include <cassert>
#include <nlohmann/json.hpp>

#include "sim/scenario/keys.hpp"
#include "topologies/generate.hpp"

namespace mailroom::scenario {

namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view name) {
  return {{"$ref", fmt::format("#/definitions/{}", name)}};
}

Json scalar(Json types, std::string_view pattern, std::string_view meaning) {
  Json schema{{"description", meaning}, {"type", std::move(types)}};
  if (!pattern.empty()) schema["pattern"] = pattern;
  return schema;
}

Json one_or_many(const Json& item) {
  return {{"anyOf", {item, {{"type", "array"}, {"items", item}}}}};
}

// An object's value may be left empty ("relay:" alone): all defaults.
Json or_nothing(Json schema) {
  return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
}

std::string words_pattern(std::string_view words) {
  return fmt::format("^({})$", words);
}

Json shape(std::string_view name) {
  if (name == "pair")
    return {{"type", "array"}, {"items", reference("text")}, {"minItems", 2}, {"maxItems", 2}};
  if (name == "addresses") return one_or_many(reference("text"));
  if (name == "durations") return one_or_many(reference("duration"));
  if (name == "disk-or-size") return {{"anyOf", {reference("size"), or_nothing(reference("disk"))}}};
  if (name == "duration-or-off") return {{"anyOf", {reference("duration"), {{"const", "off"}}}}};
  if (name == "users")
    return {{"anyOf",
             {one_or_many(reference("text")),
              {{"type", "object"}, {"additionalProperties", or_nothing(reference("user"))}}}}};
  if (name == "aliases")
    return {{"type", "object"}, {"additionalProperties", one_or_many(reference("text"))}};
  if (name == "forward")
    return {
        {"anyOf", {reference("text"), {{"type", "object"}, {"additionalProperties", reference("text")}}}}};
  assert(name == "kind");
  Json kinds = Json::array();
  for (const topology::KindInfo& kind : topology::kinds()) kinds.push_back(kind.name);
  return {{"enum", kinds}};
}

Json type_schema(const Key& key) {
  switch (key.type) {
    case Type::text:
      return reference("text");
    case Type::flag:
      return {{"type", "boolean"}};
    case Type::count:
      return key.name == "mailroom" ? Json{{"const", 1}} : Json{{"type", "integer"}, {"minimum", 0}};
    case Type::duration:
      return reference("duration");
    case Type::rate:
      return reference("rate");
    case Type::size:
      return reference("size");
    case Type::packets:
      return reference("packets");
    case Type::share:
      return reference("share");
    case Type::time:
      return reference("time");
    case Type::choice:
      return {{"type", "string"}, {"pattern", words_pattern(key.of)}};
    case Type::texts:
      return one_or_many(reference("text"));
    case Type::object:
      return reference(key.of);
    case Type::list:
      return {{"type", "array"}, {"items", reference(key.of == "link" ? "link-item" : key.of)}};
    case Type::map:
      return {{"type", "object"}, {"additionalProperties", or_nothing(reference(key.of))}};
    case Type::shape:
      return shape(key.of);
  }
  return {};
}

// A key with nothing behind it is as good as none; only what is required must be there.
Json property(const Key& key) {
  std::string description(key.meaning);
  if (!key.fallback.empty()) description += fmt::format(" (default: {})", key.fallback);
  const bool is_required = key.fallback.starts_with("required");
  if (is_required) description = fmt::format("{} ({})", key.meaning, key.fallback);
  Json schema = type_schema(key);
  if (key.fallback != "required") schema = or_nothing(std::move(schema));
  if (schema.contains("$ref")) schema = {{"allOf", {schema}}};  // draft 7 ignores what stands beside a $ref
  schema["description"] = description;
  return schema;
}

Json object_schema(const Object& object) {
  Json properties = Json::object(), required = Json::array();
  for (const Key& key : object.keys) {
    properties[std::string(key.name)] = property(key);
    if (key.fallback == "required") required.push_back(key.name);
  }
  if (object.name == "generate") {
    for (const topology::KindInfo& kind : topology::kinds())
      for (const topology::ParameterInfo& parameter : kind.parameters)
        properties[std::string(parameter.name)] = {{"description", parameter.meaning}};
    for (const topology::ParameterInfo& parameter : topology::common_parameters())
      properties[std::string(parameter.name)] = {{"description", parameter.meaning}};
  }
  Json schema{{"description", object.meaning}, {"type", "object"}, {"properties", properties}};
  if (!required.empty()) schema["required"] = required;
  schema["additionalProperties"] = false;
  return schema;
}

Json link_item() {
  Json attributes = object_schema(object("link"));
  attributes["properties"].erase("between");
  const std::string chain = " -- ";
  return {{"description", "{between: [a, b], …}, or 'a -- b', or 'a -- b -- c: {…}'"},
          {"anyOf",
           {{{"type", "string"}, {"pattern", chain}},
            {{"allOf", {reference("link")}}, {"required", {"between"}}},
            {{"type", "object"},
             {"minProperties", 1},
             {"maxProperties", 1},
             {"patternProperties", {{chain, or_nothing(attributes)}}},
             {"additionalProperties", false}}}}};
}

void add_scalars(Json& definitions) {
  definitions["text"] = scalar({"string", "number", "boolean"}, "", "a text");
  definitions["duration"] =
      scalar({"string", "integer"}, R"(^\s*([0-9.]+\s*[a-zµ]+\s*)+$|^0$)", "40ms, 1.5s, 1h30m");
  definitions["duration"]["maximum"] = 0;
  definitions["duration"]["minimum"] = 0;
  definitions["rate"] = scalar("string", R"(^\s*[0-9.]+\s*[A-Za-z/]+\s*$)", "64kbps, 10Mbps, 2.5Gbps");
  definitions["size"] =
      scalar({"string", "integer"}, R"(^\s*[0-9.]+\s*[A-Za-z]*\s*$)", "20kB, 10MB; a bare number is octets");
  definitions["size"]["minimum"] = 0;
  definitions["packets"] = scalar({"string", "integer"}, R"(^\s*[0-9]+\s*(p|packets?)?\s*$)", "50, 50p");
  definitions["packets"]["minimum"] = 1;
  definitions["share"] =
      scalar({"string", "number"}, R"(^\s*[0-9.]+([eE]-?[0-9]+)?\s*%?\s*$)", "0.1%, 0.001");
  definitions["share"]["minimum"] = 0;
  definitions["share"]["maximum"] = 1;
  definitions["time"] = scalar("string", R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$)",
                               "2000-01-01T12:00:00Z");
}

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string type_name(const Key& key) {
  switch (key.type) {
    case Type::text:
      return "text";
    case Type::flag:
      return "true or false";
    case Type::count:
      return "number";
    case Type::duration:
      return "duration";
    case Type::rate:
      return "rate";
    case Type::size:
      return "size";
    case Type::packets:
      return "packets";
    case Type::share:
      return "probability";
    case Type::time:
      return "time";
    case Type::choice: {
      std::string words;
      for (const char c : key.of) words += c == '|' ? std::string(", ") : std::string(1, c);
      return "one of: " + words;
    }
    case Type::texts:
      return "text, or list of texts";
    case Type::object:
      return fmt::format("map: [{0}](#{0})", key.of);
    case Type::list:
      return fmt::format("list of [{0}](#{0})", key.of);
    case Type::map:
      return fmt::format("map of names to [{0}](#{0})", key.of);
    case Type::shape:
      break;
  }
  if (key.of == "pair") return "list of two nodes";
  if (key.of == "addresses") return "[set of addresses](#sets-of-addresses)";
  if (key.of == "durations") return "duration, or list of durations";
  if (key.of == "disk-or-size") return "size, or map: [disk](#disk)";
  if (key.of == "duration-or-off") return "duration, or off";
  if (key.of == "users") return "list of names, or map of names to [user](#user)";
  if (key.of == "aliases") return "map of names to addresses or names, or to lists of them";
  if (key.of == "forward") return "next hop, or map of domains to next hops";
  assert(key.of == "kind");
  return "one of those below";
}

std::string parameter_rows(std::span<const topology::ParameterInfo> parameters) {
  std::string rows;
  for (const topology::ParameterInfo& one : parameters)
    rows += fmt::format("{} `{}` ({}{}{})", rows.empty() ? "" : ",", one.name, one.meaning,
                        one.initial.empty() ? "" : "; default ", one.initial);
  return rows;
}

}  // namespace

std::string json_schema() {
  Json schema = object_schema(object("scenario"));
  Json whole{{"$schema", "http://json-schema.org/draft-07/schema#"},
             {"$comment", "Made from sim/scenario/keys.cpp; a test compares them."},
             {"title", "Mailroom scenario"}};
  whole.update(schema);
  Json definitions = Json::object();
  add_scalars(definitions);
  for (const Object& one : objects())
    if (one.name != "scenario") definitions[std::string(one.name)] = object_schema(one);
  definitions["link-item"] = link_item();
  whole["definitions"] = definitions;
  return whole.dump(2) + "\n";
}

std::string reference_markdown() {
  std::string text;
  for (const Object& one : objects()) {
    text += fmt::format("### {}\n{}\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n", one.name,
                        one.meaning);
    for (const Key& key : one.keys)
      text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, cell(type_name(key)), cell(key.fallback),
                          cell(key.meaning));
    if (one.name == "generate") {
      text += "\nParameters by kind:\n\n";
      for (const topology::KindInfo& kind : topology::kinds())
        text += fmt::format("- `{}`: {}.{}\n", kind.name, kind.meaning, parameter_rows(kind.parameters));
      text += fmt::format("- every kind:{}\n", parameter_rows(topology::common_parameters()));
    }
    text += "\n";
  }
  return text;
}

}  // namespace mailroom::scenario
