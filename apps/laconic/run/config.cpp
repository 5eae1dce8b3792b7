#include "apps/laconic/run/config.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "apps/laconic/run/method.hpp"
#include "framework/config/checks.hpp"
#include "framework/config/reader.hpp"
#include "framework/config/variant.hpp"

namespace laconic {
namespace {

// The sections that every run reads, in the order of the schema and of config.yaml.
constexpr Section common_sections[] = {
    {"run", "the run folder", config::make<RunOptions>, false},
    {"train", "how long, and what is best", config::make<MonitorOptions>},
    {"comm", "numbers between ranks", config::make<comm::ExchangeOptions>},
    {"checkpoint", "when state is saved", config::make<CheckpointOptions>, false},
    {"compute", "the processor of each rank", config::make<ComputeOptions>},
    {"observe", "what the run shows", config::make<ObserveOptions>, false},
};

// A section, and the methods that read it; no names: all do.
struct Read {
  Section section;
  std::vector<std::string> methods;
};

std::vector<Read> all_sections() {
  std::vector<Read> all;
  const auto place_of = [&](const Section& section) -> Read& {
    const auto known =
        std::ranges::find(all, section.make, [](const Read& read) { return read.section.make; });
    return known == all.end() ? all.emplace_back(section) : *known;
  };
  for (const Method& method : methods())
    for (const Section& section : method.sections)
      place_of(section).methods.emplace_back(method.name);
  for (const Section& section : common_sections) place_of(section).methods.clear();
  return all;
}

// Refuses the file of a sweep, which names the configuration that its trials start from.
void refuse_sweep(const std::string& text, const std::string& file) {
  const config::Document document = config::read_yaml(text, file);
  if (!document.complete || document.root->kind != config::Node::Kind::map) return;
  for (const config::Node::Key& key : document.root->keys)
    if (key.name == "base")
      throw config::ConfigError(
          {{file, key.at.line, key.at.col, "base",
            fmt::format("a sweep has this key; type: laconic sweep run {}", file)}});
}

}  // namespace

struct Config::Top : config::Options {
  std::string name = "run";
  int64_t seed = 1;
  struct MethodChoice : config::Options {
    config::Variant<Method> kind{methods().front().name, methods()};
    void describe(config::Fields& f) override {
      f.variant("kind", kind, "how the problem is solved");
    }
  } method;

  void describe(config::Fields& f) override {
    f.text("name", name,
           "names the run and its folder; if it is not given, the name of the configuration file "
           "without its ending")
        .changes_no_numbers();
    f.integer("seed", seed, {.min = 0, .help = "all randomness is a function of it"});
    f.group("method", method, "how the problem is solved; a name alone is short for kind");
  }
};

Config::Config() : top_(std::make_unique<Top>()) {
  for (const Read& read : all_sections()) sections_.push_back(read.section.make());
}
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;
Config::~Config() = default;

const std::string& Config::name() const {
  return top_->name;
}
int64_t Config::seed() const {
  return top_->seed;
}
const Method& Config::method() const {
  return top_->method.kind.entry();
}
const comm::ExchangeOptions& Config::comm() const {
  return get<comm::ExchangeOptions>();
}
comm::ExchangeOptions& Config::comm() {
  return get<comm::ExchangeOptions>();
}

config::Options* Config::method_options() {
  return top_->method.kind.options();
}

void Config::describe(config::Fields& fields) {
  top_->describe(fields);
  const std::vector<Read> all = all_sections();
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& [section, readers] = all[i];
    config::Field& group = fields.group(section.group, *sections_[i], section.help);
    if (!section.changes_numbers) group.changes_no_numbers();
    if (!readers.empty() && readers.size() < methods().size())
      group.only_when("method.kind", readers);
    if (section.problem != nullptr) group.only_when("problem.kind", {section.problem});
  }
}

Config load_config(const std::string& file, const std::vector<std::string>& overrides,
                   const config::SweepRow& row) {
  Config config;
  if (const std::string stem = std::filesystem::path(file).stem().string(); !stem.empty())
    config.top_->name = stem;
  config::Fields fields;
  config.describe(fields);
  const std::string text = config::load_text(file);
  refuse_sweep(text, file);
  config.resolved_ =
      std::make_unique<config::Resolved>(config::resolve(fields, text, file, overrides, row));
  std::vector<config::Problem> problems;
  std::vector<std::string> notices;
  const config::Checks checks(*config.resolved_, problems, "", &notices);
  config::check(fields, checks);
  if (config.name().empty() || config.name().find('/') != std::string::npos)
    checks.refuse("name", "must be a plain name, not empty, without '/'");
  if (config.method().check != nullptr) config.method().check(config, checks);
  if (checks.has_problems()) throw config::ConfigError(problems);
  config.resolved_->add_notices(notices);
  return config;
}

}  // namespace laconic
