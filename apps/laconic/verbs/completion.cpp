// completion: prints a script with which bash or zsh completes verbs, options, keys and values.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "apps/laconic/run/config.hpp"
#include "apps/laconic/verbs/command_tree.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "framework/config/keys.hpp"

namespace laconic {
namespace {

using Words = std::vector<std::string>;

// The branches of two `case` statements of the shell.
struct Branches {
  std::string of_verb;  // "'sweep run') flags='--jobs' ;;"
  std::string of_key;   // "*' optimizer.kind') values='adam sgd' ;;"
};

std::string joined(const Words& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

void add_command(const CommandText& command, const std::string& path, const std::string& keys,
                 Branches& branches) {
  Words verbs, flags;
  for (const CommandText& below : command.commands) verbs.push_back(below.name);
  for (const OptionText& option : command.options) {
    flags.insert(flags.end(), option.names.begin(), option.names.end());
    if (option.names.empty())
      verbs.insert(verbs.end(), option.allowed.begin(), option.allowed.end());
    else if (!option.allowed.empty())
      for (const std::string& name : option.names)
        branches.of_key +=
            fmt::format("    '{} {}') values='{}' ;;\n", path, name, joined(option.allowed));
  }
  branches.of_verb += fmt::format("    '{}') verbs='{}' flags='{}'{} ;;\n", path, joined(verbs),
                                  joined(flags), command.takes_keys() ? keys : "");
  for (const CommandText& below : command.commands)
    add_command(below, fmt::format("{} {}", path, below.name), keys, branches);
}

Words values_of(const config::Key& key) {
  Words values;
  for (const config::Declaration& declared : key.declared) {
    if (declared.field->type == config::Field::Type::flag) values = {"true", "false"};
    for (const std::string& value : declared.field->allowed)
      if (std::ranges::count(values, value) == 0) values.push_back(value);
  }
  return values;
}

// Returns a function of the shell. It sets verbs, flags, values and keys for $1, the verbs before
// the cursor ("sweep run"), and $2, the key or option whose value is wanted.
std::string lists() {
  Config config;
  config::Fields fields;
  config.describe(fields);
  const config::Keys schema(fields);
  Branches branches;
  Words keys, verbs;
  for (const config::Key* key : schema.all()) {
    if (key->is_group()) continue;
    keys.push_back(key->path + "=");
    if (const Words values = values_of(*key); !values.empty())
      branches.of_key += fmt::format("    *' {}') values='{}' ;;\n", key->path, joined(values));
  }
  for (const CommandText& command : command_tree()) {
    verbs.push_back(command.name);
    add_command(command, command.name, " keys=$all", branches);
  }
  return fmt::format(
      "_laconic_lists() {{\n  local all='{}'\n  verbs= flags= values= keys=\n  case $1 in\n"
      "    '') verbs='{}' flags='--help --version' ;;\n{}  esac\n  case \"$1 $2\" in\n{}  "
      "esac\n}}\n",
      joined(keys), joined(verbs), branches.of_verb, branches.of_key);
}

// bash splits words at '=': "key=value" arrives as three.
constexpr const char* bash = R"sh(_laconic() {
  local verbs flags values keys verb= rest=0 i
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  for ((i = 1; i < COMP_CWORD; ++i)); do
    _laconic_lists "$verb"
    if [[ " $verbs " == *" ${COMP_WORDS[i]} "* ]]; then verb+=${verb:+ }${COMP_WORDS[i]}
    elif [[ ${COMP_WORDS[i]} != -* ]]; then rest=1; fi
  done
  if [[ $word == = ]]; then word=
  elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  _laconic_lists "$verb" "$before"
  local offered=
  if [[ -n $values ]]; then offered=$values
  elif [[ $word == -* ]]; then offered=$flags
  elif ((!rest)) && [[ -n $verbs ]]; then offered=$verbs
  elif ((rest)) && [[ -n $keys ]]; then offered=$keys; compopt -o nospace 2>/dev/null; fi
  COMPREPLY=($(compgen -W "$offered" -- "$word"))  # none: -o default offers files
}
complete -o default -F _laconic laconic
)sh";

constexpr const char* zsh = R"sh(_laconic() {
  local verbs flags values keys verb= rest=0 w before=$words[CURRENT-1]
  for w in $words[2,CURRENT-1]; do
    _laconic_lists "$verb"
    if [[ " $verbs " == *" $w "* ]]; then verb+=${verb:+ }$w
    elif [[ $w != -* ]]; then rest=1; fi
  done
  if [[ $PREFIX == *=* ]]; then before=${PREFIX%%=*}; compset -P '*='; fi
  _laconic_lists "$verb" "$before"
  if [[ -n $values ]]; then compadd -- ${=values}
  elif [[ $PREFIX == -* ]]; then compadd -- ${=flags}
  elif ((!rest)) && [[ -n $verbs ]]; then compadd -- ${=verbs}
  elif ((rest)) && [[ -n $keys ]]; then compadd -S '' -- ${=keys}
  else _files; fi
}
if [[ $funcstack[1] == _laconic ]]; then _laconic "$@"; else compdef _laconic laconic; fi
)sh";

}  // namespace

void add_completion(const Command& command, Action& action) {
  auto shell = std::make_shared<std::string>();
  command.option("shell", *shell, "bash or zsh").required().one_of({"bash", "zsh"});
  command.when_given([=, &action] {
    action = [=] {
      const bool is_bash = *shell == "bash";
      std::fputs(is_bash ? "# bash completion of laconic\n" : "#compdef laconic\n", stdout);
      std::fputs(lists().c_str(), stdout);
      std::fputs(is_bash ? bash : zsh, stdout);
      return 0;
    };
  });
}

}  // namespace laconic
