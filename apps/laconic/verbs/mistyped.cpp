#include "apps/laconic/verbs/mistyped.hpp"

#include <CLI/CLI.hpp>

#include "apps/laconic/run/config.hpp"
#include "framework/base/suggest.hpp"
#include "framework/config/unknown_key.hpp"

namespace laconic {
namespace {

using Names = std::vector<std::string>;

Names verbs_of(const CLI::App& app) {
  Names names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  return names;
}

Names options_of(const CLI::App& app) {
  Names names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string unknown_verb(const CLI::App& app, const std::string& word) {
  const Names all = verbs_of(app), near = nearest_names(word, all);
  return fmt::format("{}: unknown verb{}", word,
                     near.empty() ? fmt::format("; allowed: {}", fmt::join(all, ", "))
                                  : did_you_mean(near));
}

// Returns the advice for a key of the configuration that was typed like an option, with dashes.
std::string dashed_key(const std::string& word, const std::string& next) {
  const size_t equals = word.find('=');
  const std::string key = word.substr(0, equals).substr(word.find_first_not_of('-'));
  const std::string value = equals != word.npos                     ? word.substr(equals + 1)
                            : next.empty() || next.starts_with('-') ? "VALUE"
                                                                    : next;
  Config config;
  config::Fields fields;
  config.describe(fields);
  const config::Keys keys(fields);
  if (keys.find(key) != nullptr)
    return fmt::format("{}: a key is given without dashes; write {}={}", word, key, value);
  return fmt::format("{}: no option, and as {}={} an {}", word, key, value,
                     config::unknown_key(keys, key));
}

std::string unknown_option(const CLI::App& app, const std::string& word, const std::string& next) {
  const std::string name = word.substr(0, word.find('='));
  const Names all = options_of(app), near = nearest_names(name, all);
  const size_t letters = word.find_first_not_of('-');
  if (!near.empty()) return fmt::format("{}: unknown option{}", name, did_you_mean(near));
  if (letters != word.npos && app.get_option_no_throw("overrides") != nullptr)
    return dashed_key(word, next);
  return fmt::format("{}: unknown option; allowed: {}", name, fmt::join(all, ", "));
}

bool has_option(const CLI::App& app, const std::string& word) {
  if (!word.starts_with("--"))
    return std::ranges::any_of(app.get_options(), [&](const CLI::Option* option) {
      return option->check_sname(word.substr(1, 1));
    });
  const std::string name = word.substr(2, word.find('=') - 2);
  return std::ranges::any_of(app.get_options(),
                             [&](const CLI::Option* option) { return option->check_lname(name); });
}

}  // namespace

std::string mistyped(const CLI::App& app, std::span<const char* const> words) {
  const CLI::App* at = &app;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i], next = i + 1 < words.size() ? words[i + 1] : "";
    if (word == "--") return "";
    if (word.starts_with('-') && word.size() > 1) {
      if (!has_option(*at, word)) return unknown_option(*at, word, next);
    } else if (const Names verbs = verbs_of(*at); !verbs.empty()) {
      if (std::ranges::count(verbs, word) == 0) return unknown_verb(*at, word);
      at = at->get_subcommand(word);
    }
  }
  return "";
}

}  // namespace laconic
