// Declares the keys of an option struct. A struct declares each key once, in describe(). The
// parser, the defaults, --help, the documentation, the JSON Schema, overrides and sweeps all read
// this declaration. It does not depend on YAML.
//
//   struct OptimizerOptions {
//     Rule rule = Rule::adam;
//     double lr = 0.01;
//     double momentum = 0.9;
//     void describe(Fields& f) {
//       f.choice("kind", rule, {{"sgd", Rule::sgd}, {"adam", Rule::adam}}, "update rule");
//       f.real("lr", lr, {.min = 0, .exclusive_min = true, .help = "learning rate"});
//       f.real("momentum", momentum, {.min = 0, .max = 1, .help = "heavy ball"})
//           .only_when("kind", {"sgd"});
//     }
//   };
//
// Lifetime: a Fields points into the structs that it describes.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "framework/config/options.hpp"

namespace laconic::config {

class VariantBase;

struct IntegerRange {
  int64_t min = std::numeric_limits<int64_t>::min();
  int64_t max = std::numeric_limits<int64_t>::max();
  std::string help = {};
  std::string unit = {};
};

struct RealRange {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool exclusive_min = false;
  bool exclusive_max = false;
  std::string help = {};
  std::string unit = {};
};

// The largest number of steps that a key may have. The sum of two such numbers fits into 64 bits.
inline constexpr int64_t most_steps = 1LL << 40;

// A name in the YAML file and the value that it stands for.
template <class E>
struct Choice {
  const char* name;
  E value;
};

// Holds while the key `key` has one of `values`. `key` is the name of a key in the same group, or
// the full path of any key ("data.source.format").
struct Condition {
  std::string key;
  std::vector<std::string> values;
  size_t entries = 0;  // of the variant `key`; 0 for any other key
  bool operator==(const Condition&) const = default;
};

// One declaration of a key: the place of its value and the allowed values. A group owns its
// members.
struct Field {
  enum class Type {
    integer,
    real,
    flag,
    text,
    path,
    choice,
    integer_list,
    real_list,
    text_list,
    group
  };
  struct Named {  // a choice whose value is not a string
    std::function<std::string()> get;
    std::function<void(const std::string&)> set;
  };
  using Target =
      std::variant<std::monostate, int64_t*, double*, bool*, std::string*, std::vector<int64_t>*,
                   std::vector<double>*, std::vector<std::string>*, Named>;

  std::string name;
  Type type = Type::text;
  Target target;
  std::string help;
  std::string unit;
  IntegerRange integer_range;             // integer, integer_list
  RealRange real_range;                   // real, real_list
  std::vector<std::string> allowed;       // choice
  std::vector<std::string> allowed_help;  // variant: the help of each allowed name
  std::vector<Condition> conditions;      // the key is used only while all hold
  std::vector<Condition> entry_of;        // the entries of variants beside it that declare the key
  std::vector<Field> members;             // group
  bool numeric = true;                    // the key may change the numbers of a run
  std::vector<std::string> aliases;       // names of the key in other programs
  const Options* options = nullptr;       // group: the struct with its check()
  bool list = false;                      // group: may be written as a list
  const VariantBase* variant = nullptr;   // choice: the variant whose entry it selects

  // Adds a condition: the key is used only while `key` has one of `values`. All conditions must
  // hold. For a group, the condition applies to the members that this call of group() has added.
  Field& only_when(std::string key, std::vector<std::string> values) {
    conditions.push_back({std::move(key), std::move(values)});
    return *this;
  }

  // Declares that a user may write this group, whose members are "1", "2", ..., as a list of them.
  Field& is_list() {
    list = true;
    return *this;
  }

  // Sets the names of the key in other programs, in lower case. If a user types one of them, the
  // error message suggests this key.
  Field& also_called(std::vector<std::string> names) {
    aliases = std::move(names);
    return *this;
  }

  // Declares that the numbers of a run do not depend on this key, or on any key of this group. A
  // run may be resumed with another value.
  Field& changes_no_numbers() {
    numeric = false;
    return *this;
  }
};

class Fields {
 public:
  Field& integer(std::string name, int64_t& value, IntegerRange range);
  Field& real(std::string name, double& value, RealRange range);
  Field& flag(std::string name, bool& value, std::string help);
  Field& text(std::string name, std::string& value, std::string help);
  // Declares a file or folder. A relative path starts at the folder of the YAML file that contains
  // it.
  Field& path(std::string name, std::string& value, std::string help);
  Field& choice(std::string name, std::string& value, std::vector<std::string> allowed,
                std::string help);
  Field& integers(std::string name, std::vector<int64_t>& value, IntegerRange each);
  Field& reals(std::string name, std::vector<double>& value, RealRange each);
  // Declares a list of texts. A list of one may be written without brackets.
  Field& texts(std::string name, std::vector<std::string>& value, std::string help);

  template <class E>
  requires std::is_enum_v<E> Field& choice(std::string name, E& value,
                                           std::vector<Choice<std::type_identity_t<E>>> allowed,
                                           std::string help) {
    std::vector<std::string> names;
    for (const auto& choice : allowed) names.emplace_back(choice.name);
    const auto get = [&value, allowed]() -> std::string {
      for (const auto& choice : allowed)
        if (choice.value == value) return choice.name;
      return "";
    };
    const auto set = [&value, allowed](const std::string& text) {
      for (const auto& choice : allowed)
        if (choice.name == text) value = choice.value;
    };
    return add_choice(std::move(name), {get, set}, std::move(names), std::move(help));
  }

  // Declares a key that selects an entry of a list and, in the same group, the keys of every entry.
  // Entries may declare keys of the same name; the declaration of the selected entry counts. A user
  // may write the entry's name in place of the group ("method: ist") to set its first variant.
  Field& variant(std::string name, VariantBase& variant, std::string help);

  // Declares a group. Several structs may describe one group: a later call with the same name adds
  // members.
  template <class T>
  Field& group(std::string name, T& options, std::string help) {
    Fields inner;
    options.describe(inner);
    const Options* checked = nullptr;
    if constexpr (std::is_base_of_v<Options, T>) checked = &options;
    return add_group(std::move(name), std::move(inner.fields_), std::move(help), checked);
  }

  std::vector<Field>& list() { return fields_; }
  const std::vector<Field>& list() const { return fields_; }

 private:
  Field& add(Field field);
  Field& add_choice(std::string name, Field::Named target, std::vector<std::string> allowed,
                    std::string help);
  Field& add_group(std::string name, std::vector<Field> members, std::string help,
                   const Options* options);
  std::vector<Field> fields_;
};

}  // namespace laconic::config
