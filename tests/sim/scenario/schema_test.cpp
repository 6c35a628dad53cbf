// SPDX-License-Identifier: GPL-2.0-only
// The shipped JSON Schema and the reference in docs/SCENARIO.md say what the loader does. They are made from
// its key table; `MAILROOM_UPDATE=1 ctest -R ScenarioSchema` writes them anew. A JSON Schema validator that
// others wrote judges the rest.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/scenario/document.hpp"
#include "sim/scenario/keys.hpp"
#include "tests/sim/scenario/support.hpp"
#include "tests/support/temporary_folder.hpp"
#include "topologies/generate.hpp"

namespace mailroom::scenario {

namespace {

using Json = nlohmann::ordered_json;

const std::filesystem::path kSchema = source_dir() / "sim/scenario/scenario.schema.json";
const std::filesystem::path kDocs = source_dir() / "docs/SCENARIO.md";
const std::filesystem::path kEveryKey = source_dir() / "tests/sim/scenario/files/every-key.yaml";

bool updates() {
  return std::getenv("MAILROOM_UPDATE") != nullptr;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// As a YAML 1.2 reader types it; every value here is unquoted.
Json json_of(const Value& value) {
  Json json;
  if (value.kind == Value::Kind::scalar) {
    const Json number = Json::parse(value.text, nullptr, false);
    return number.is_number() || number.is_boolean() ? number : Json(value.text);
  }
  if (value.kind == Value::Kind::list) json = Json::array();
  if (value.kind == Value::Kind::map) json = Json::object();
  for (const ValuePtr& item : value.items) json.push_back(json_of(*item));
  for (const Value::Entry& entry : value.entries) json[entry.key] = json_of(*entry.value);
  return json;
}

// What python3-jsonschema says of each document: "good" or "bad"; nothing if it is not installed.
std::vector<std::string> judged(const Json& documents) {
  // A build by hand may lack the judge; the project's own test run installs it.
  if (std::system("python3 -W ignore -c 'import jsonschema' 2>/dev/null") != 0) return {};
  const tests::TemporaryFolder folder;
  const std::filesystem::path file = folder / "documents.json";
  write(file, documents.dump());
  const std::string command = "python3 -W ignore " + (source_dir() / "tests/sim/scenario/judge.py").string() +
                              " " + kSchema.string() + " " + file.string();
  std::FILE* pipe = popen(command.c_str(), "r");
  std::vector<std::string> verdicts;
  char line[64];
  while (std::fgets(line, sizeof line, pipe) != nullptr)
    verdicts.emplace_back(line, std::string_view(line).find('\n'));
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(verdicts.size(), documents.size());
  return verdicts;
}

ValuePtr parse(const std::string& text) {
  Report report;
  ValuePtr value = parse_document(text, {}, report);
  EXPECT_EQ(report.count(), 0u) << to_string(report.take_mistakes());
  return value;
}

// The texts, each with whether the loader takes it; the judge must agree.
void expect_agreement(const std::vector<std::pair<std::string, bool>>& cases) {
  Json documents = Json::array();
  for (const auto& [text, is_good] : cases) {
    const std::string told = mistakes_of(text);
    EXPECT_EQ(told.empty(), is_good) << text << told;
    documents.push_back(json_of(*parse(text)));
  }
  const std::vector<std::string> verdicts = judged(documents);
  if (verdicts.empty()) GTEST_SKIP() << "python3-jsonschema is not installed";
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    EXPECT_EQ(verdicts[i], cases[i].second ? "good" : "bad") << cases[i].first;
}

// Paths of --set to every value below `value` whose object is known, with the table's key.
struct KeyPlace {
  std::string path;
  const Key* key;
};

void collect(const Value& value, const Object& object, const std::string& path, std::vector<KeyPlace>& places) {
  for (const Value::Entry& entry : value.entries) {
    const Key* key = object.find(entry.key);
    if (key == nullptr) continue;  // a parameter of generate
    const std::string here = path + entry.key;
    places.push_back({here, key});
    const Value& inner = *entry.value;
    const bool is_users = key->of == "users";
    if (key->type == Type::object) collect(inner, mailroom::scenario::object(key->of), here + ".", places);
    if (key->type == Type::map || is_users)
      for (const Value::Entry& one : inner.entries)
        collect(*one.value, mailroom::scenario::object(is_users ? "user" : key->of),
                here + ".\"" + one.key + "\".", places);
    if (key->of == "disk-or-size") collect(inner, mailroom::scenario::object("disk"), here + ".", places);
    if (key->type == Type::list)
      for (std::size_t i = 0; i < inner.items.size(); ++i)
        collect(*inner.items[i], mailroom::scenario::object(key->of), here + "." + std::to_string(i) + ".",
                places);
  }
}

}  // namespace

TEST(ScenarioSchema, IsShippedAsTheKeyTableMakesIt) {
  if (updates()) write(kSchema, json_schema());
  EXPECT_EQ(file_text(kSchema), json_schema()) << "MAILROOM_UPDATE=1 writes it anew";
}

TEST(ScenarioSchema, HasEveryKeyOfTheTable) {
  const Json schema = Json::parse(file_text(kSchema));
  for (const Object& one : objects()) {
    const Json& definition =
        one.name == "scenario" ? schema : schema.at("definitions").at(std::string(one.name));
    std::set<std::string> expected, found;
    for (const Key& key : one.keys) expected.emplace(key.name);
    if (one.name == "generate") {
      for (const topology::KindInfo& kind : topology::kinds())
        for (const topology::ParameterInfo& parameter : kind.parameters) expected.emplace(parameter.name);
      for (const topology::ParameterInfo& parameter : topology::common_parameters())
        expected.emplace(parameter.name);
    }
    for (const auto& property : definition.at("properties").items()) found.insert(property.key());
    EXPECT_EQ(found, expected) << one.name;
    EXPECT_EQ(definition.at("additionalProperties"), false) << one.name;
  }
}

TEST(ScenarioSchema, DocsHoldTheReferenceThatTheTableMakes) {
  const std::string begin = "<!-- reference: made from sim/scenario/keys.cpp -->\n",
                    end = "<!-- end of reference -->\n";
  std::string docs = file_text(kDocs);
  const std::size_t from = docs.find(begin), to = docs.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  if (updates()) {
    docs.replace(from + begin.size(), to - from - begin.size(), reference_markdown());
    write(kDocs, docs);
  }
  const std::string now = file_text(kDocs);
  EXPECT_EQ(now.substr(from + begin.size(), now.find(end) - from - begin.size()), reference_markdown())
      << "MAILROOM_UPDATE=1 writes it anew";
}

TEST(ScenarioSchema, DocsShowWhatTheLoaderReads) {
  const std::string docs = file_text(kDocs), fence = "```yaml\n";
  int complete = 0, parts = 0;
  for (std::size_t at = docs.find(fence); at != std::string::npos; at = docs.find(fence, at + 1)) {
    const std::string example =
        docs.substr(at + fence.size(), docs.find("```\n", at + fence.size()) - at - fence.size());
    const bool is_complete = example.starts_with("mailroom: 1\n");
    const std::string told = mistakes_of(is_complete ? example : "mailroom: 1\n" + example);
    ++(is_complete ? complete : parts);
    if (is_complete)
      EXPECT_EQ(told, "") << example;
    else  // hosts without their network and the like are missing only
      for (const char* fault : {"unknown", "has no parameter", "not YAML", "is not a", "for '", "wanted"})
        EXPECT_THAT(told, Not(testing::HasSubstr(fault))) << example;
  }
  EXPECT_EQ(complete, 1);
  EXPECT_GE(parts, 5);
}

TEST(ScenarioSchema, RefusesWhatTheLoaderRefusesAtEveryKey) {
  const std::string text = file_text(kEveryKey);
  ASSERT_EQ(mistakes_of(text), "");
  const ValuePtr root = parse(text);
  std::vector<KeyPlace> places;
  collect(*root, object("scenario"), "", places);
  std::set<const Key*> used;
  for (const KeyPlace& place : places) used.insert(place.key);
  for (const Object& one : objects())
    for (const Key& key : one.keys)
      EXPECT_TRUE(used.contains(&key)) << "every-key.yaml lacks " << one.name << "." << key.name;

  Json documents = Json::array({json_of(*root)});
  std::vector<std::string> overrides = {""};
  for (const KeyPlace& place : places) {
    // A map of anything is what aliases are.
    overrides.push_back(place.path + (place.key->of == "aliases" ? "=[surely, wrong]" : "={surely: [wrong]}"));
    if (place.key->type == Type::object) overrides.push_back(place.path + ".surelywrong=1");
    if (place.key->type != Type::text && place.key->type != Type::texts && place.key->of != "users" &&
        place.key->of != "addresses" && place.key->of != "forward")
      overrides.push_back(place.path + "=surely wrong");
  }
  for (std::size_t i = 1; i < overrides.size(); ++i) {
    EXPECT_NE(mistakes_of(text, {overrides[i]}), "") << overrides[i];
    Report report;
    documents.push_back(json_of(*apply_override(root, overrides[i], report)));
    EXPECT_EQ(report.count(), 0u);
  }
  const std::vector<std::string> verdicts = judged(documents);
  if (verdicts.empty()) GTEST_SKIP() << "python3-jsonschema is not installed";
  EXPECT_EQ(verdicts[0], "good");
  for (std::size_t i = 1; i < verdicts.size(); ++i) EXPECT_EQ(verdicts[i], "bad") << overrides[i];
}

TEST(ScenarioSchema, JudgesStructureAsTheLoaderDoes) {
  const std::string head = "mailroom: 1\ntopology: {links: [a -- b]}\n";
  const auto with = [&](const std::string& more) { return head + more + "\n"; };
  const auto links = [](const std::string& link) {
    return "mailroom: 1\ntopology: {links: [c -- d, " + link + "]}\n";
  };
  expect_agreement({
      {head, true},
      {"mailroom: 2\ntopology: {links: [a -- b]}\n", false},
      {"mailroom: 1\n", false},
      {"topology: {links: [a -- b]}\n", false},
      {with("name:"), true},
      {with("name: 7"), true},
      {with("seed: x"), false},
      {with("seed: 1.5"), false},
      {with("epoch: 2000-01-01"), true},
      {with("epoch: noon"), false},
      {with("record: packets"), true},
      {with("record: frames"), false},
      {with("hosts:"), true},
      {with("hosts: {a:}"), true},
      {with("hosts: {a: {domains: a.example, users: [u, 7]}}"), true},
      {with("hosts: {a: {domains: [a.example], users: {u: , v: {quota: 7}}}}"), true},
      {with("hosts: {a: {domains: [[a.example]]}}"), false},
      {with("hosts: [a]"), false},
      {with("hosts: {a: {forward: b}, b: {}}"), true},
      {with("hosts: {a: {forward: {x.example: b}}, b: {}}"), true},
      {with("hosts: {a: {forward: [b]}, b: {}}"), false},
      {with("hosts: {a: {domains: a.example, aliases: {i: u, j: [u, v@b.example]}}}"), true},
      {with("hosts: {a: {domains: a.example, aliases: {i: {u: v}}}}"), false},
      {with("hosts: {a: {domains: a.example, aliases: [i]}}"), false},
      {with("hosts: {a: {domains: a.example, lists: {s: {members: [u], owner: 7}}}}"), true},
      {with("hosts: {a: {domains: a.example, lists: {s: {owner: u}}}}"), false},
      {with("hosts: {a: {domains: a.example, lists: {s: [u, v]}}}"), false},
      {with("hosts: {a: {receiver: 1}}"), false},
      {with("hosts: {a: {port: high}}"), false},
      {with("retry: {intervals: 1m}"), true},
      {with("retry: {intervals: [1m, 1h 30m]}"), true},
      {with("retry: {intervals: [1]}"), false},
      {with("duration: 0.5h"), true},
      {with("duration: 5"), false},
      {with("duration: soon"), false},
      {links("a -- b -- c: {rate: 2.5Gbps, loss: 0.001, queue: 50p}"), true},
      {links("a -- b -- c: {rate: 2.5Gbps, loss: 1e-6, queue: 50}"), true},
      {links("a -- b:"), true},
      {links("a-b"), false},
      {links("{between: [a, b], name: x}"), true},
      {links("{between: [a, b, c]}"), false},
      {links("{rate: 1Mbps}"), false},
      {links("a -- b: {rate: 64}"), false},
      {links("a -- b: {loss: 2}"), false},
      {links("a -- b: {loss: 0.1%}"), true},
      {links("a -- b: {queue: none}"), false},
      {"mailroom: 1\ntopology: {generate: {kind: line, nodes: 3, rate: 1Mbps}}\n", true},
      {"mailroom: 1\ntopology: {generate: {kind: lines}}\n", false},
      {"mailroom: 1\ntopology: {generate: {kind: line, knots: 3}}\n", false},
      {"mailroom: 1\ntopology: {lans: [{name: l, hosts: [a, b]}]}\n", true},
      {"mailroom: 1\ntopology: {lans: [{name: l}]}\n", false},
  });
}

}  // namespace mailroom::scenario
