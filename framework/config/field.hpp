// How an option struct says what it can be told. A struct names its fields once, in describe(); the
// parser, the defaults, --help, the documentation, the JSON Schema, overrides and sweeps all read
// that one place. Nothing here knows YAML.
//
//   struct OptimizerOptions {
//     std::string kind = "adam";
//     double lr = 0.01;
//     void describe(Fields& f) {
//       f.choice("kind", kind, {"sgd", "adam"}, "update rule");
//       f.real("lr", lr, {.min = 0, .exclusive_min = true, .help = "learning rate"});
//       f.real("momentum", momentum, {.min = 0, .max = 1, .help = "heavy ball"}).only_when("kind",
//       {"sgd"});
//     }
//   };
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace laconic::config {

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

// One key: where its value lives, what it may be. Groups hold their members.
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
  using Target =
      std::variant<std::monostate, int64_t*, double*, bool*, std::string*, std::vector<int64_t>*,
                   std::vector<double>*, std::vector<std::string>*>;

  std::string name;
  Type type = Type::text;
  Target target;
  std::string help;
  std::string unit;
  IntegerRange integer_range;                 // integer, integer_list
  RealRange real_range;                       // real, real_list
  std::vector<std::string> allowed;           // choice
  std::string condition_key;                  // used only while the key `condition_key` ...
  std::vector<std::string> condition_values;  // ... has one of these values
  std::vector<Field> members;                 // group

  // `key` stands beside this one, or is the full path of a key elsewhere ("data.source.format").
  Field& only_when(std::string key, std::vector<std::string> values) {
    condition_key = std::move(key);
    condition_values = std::move(values);
    return *this;
  }
};

class Fields {
 public:
  Field& integer(std::string name, int64_t& value, IntegerRange range);
  Field& real(std::string name, double& value, RealRange range);
  Field& flag(std::string name, bool& value, std::string help);
  Field& text(std::string name, std::string& value, std::string help);
  // A file or folder; a relative one is taken from the folder of the YAML file that names it.
  Field& path(std::string name, std::string& value, std::string help);
  Field& choice(std::string name, std::string& value, std::vector<std::string> allowed,
                std::string help);
  Field& integers(std::string name, std::vector<int64_t>& value, IntegerRange each);
  Field& reals(std::string name, std::vector<double>& value, RealRange each);
  Field& texts(std::string name, std::vector<std::string>& value, std::string help);

  template <class Options>
  Field& group(std::string name, Options& options, std::string help) {
    Fields inner;
    options.describe(inner);
    return add_group(std::move(name), std::move(inner.fields_), std::move(help));
  }

  std::vector<Field>& list() { return fields_; }
  const std::vector<Field>& list() const { return fields_; }

 private:
  Field& add(Field field);
  Field& add_group(std::string name, std::vector<Field> members, std::string help);
  std::vector<Field> fields_;
};

}  // namespace laconic::config
