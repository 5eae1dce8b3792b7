#include "apps/laconic/verbs/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "apps/laconic/verbs/verb.hpp"

namespace laconic {
namespace {

// Returns the words of "TEXT:{text,markdown,json}".
std::vector<std::string> allowed_in(const std::string& type) {
  std::vector<std::string> words;
  const size_t open = type.find('{'), close = type.rfind('}');
  if (open == type.npos || close == type.npos) return words;
  for (size_t start = open + 1; start <= close;) {
    const size_t end = std::min(type.find(',', start), close);
    words.push_back(type.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

OptionText text_of(const CLI::Option& option) {
  OptionText text;
  for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  const bool takes_value = option.get_items_expected_max() > 0;
  const std::string type = option.get_type_name();
  if (takes_value) text.value = type.substr(0, type.find_first_of(": "));
  if (text.names.empty()) text.position = option.get_name(true);
  text.allowed = allowed_in(type);
  text.help = option.get_description();
  return text;
}

CommandText text_of(const CLI::App& app) {
  CommandText text{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) text.options.push_back(text_of(*option));
  for (const CLI::App* command : app.get_subcommands({}))
    text.commands.push_back(text_of(*command));
  return text;
}

}  // namespace

bool CommandText::takes_keys() const {
  return std::ranges::any_of(options,
                             [](const OptionText& o) { return o.position == "overrides"; });
}

std::vector<CommandText> command_tree() {
  CLI::App app;
  Action action;
  for (const Verb& verb : verbs())
    verb.add(Command(*app.add_subcommand(verb.name, verb.help)), action);
  return text_of(app).commands;
}

}  // namespace laconic
