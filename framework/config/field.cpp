// Checks the declarations of a struct when they are added. A default outside its own range, or a
// name that is used twice, is a bug in laconic and not a mistake of the user. Such a value could
// not be printed and read back.
#include "framework/config/field.hpp"

#include <algorithm>
#include <cmath>

#include "framework/base/error.hpp"
#include "framework/config/variant.hpp"

namespace laconic::config {

namespace {

bool is_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_valid_default(const IntegerRange& range, int64_t value) {
  return value >= range.min && value <= range.max;
}

bool is_valid_default(const RealRange& range, double value) {
  return std::isfinite(value) && (range.exclusive_min ? value > range.min : value >= range.min) &&
         (range.exclusive_max ? value < range.max : value <= range.max);
}

// Returns whether one variant has an entry that declares `a` and another entry that declares `b`.
bool exclude_each_other(const Field& a, const Field& b) {
  return std::ranges::any_of(a.entry_of, [&](const Condition& mine) {
    return std::ranges::any_of(b.entry_of, [&](const Condition& other) {
      return mine.key == other.key && mine.values != other.values;
    });
  });
}

// Checks that a name is declared once. Exceptions are groups that several structs describe, and
// entries of a variant.
void check_apart(const Field& a, const Field& b) {
  if (a.name != b.name) return;
  const bool both_groups = a.type == Field::Type::group && b.type == Field::Type::group;
  if (both_groups) {
    if (exclude_each_other(a, b)) return;
    for (const Field& member : a.members)
      for (const Field& other : b.members) check_apart(member, other);
    return;
  }
  const bool both_leaves = a.type != Field::Type::group && b.type != Field::Type::group;
  LACONIC_CHECK(both_leaves && exclude_each_other(a, b), "key '{}' is declared twice", a.name);
}

// Makes the parts that every leaf has.
template <class T>
Field leaf(std::string name, Field::Type type, T& target, std::string help, std::string unit = "") {
  Field field;
  field.name = std::move(name);
  field.type = type;
  field.target = &target;
  field.help = std::move(help);
  field.unit = std::move(unit);
  return field;
}

}  // namespace

Field& Fields::add(Field field) {
  LACONIC_CHECK(is_name(field.name), "'{}' is no name of a key", field.name);
  for (const Field& other : fields_) check_apart(field, other);
  fields_.push_back(std::move(field));
  return fields_.back();
}

Field& Fields::add_group(std::string name, std::vector<Field> members, std::string help,
                         const Options* options) {
  Field field;
  field.name = std::move(name);
  field.type = Field::Type::group;
  field.help = std::move(help);
  field.members = std::move(members);
  field.options = options;
  return add(std::move(field));
}

Field& Fields::add_choice(std::string name, Field::Named target, std::vector<std::string> allowed,
                          std::string help) {
  const std::string preset = target.get();
  LACONIC_CHECK(std::ranges::count(allowed, preset) == 1,
                "default '{}' of '{}' is not one of its choices, once", preset, name);
  Field field;
  field.name = std::move(name);
  field.type = Field::Type::choice;
  field.target = std::move(target);
  field.help = std::move(help);
  field.allowed = std::move(allowed);
  return add(std::move(field));
}

Field& Fields::variant(std::string name, VariantBase& variant, std::string help) {
  std::vector<std::string> names, helps;
  for (const auto& alternative : variant.alternatives()) {
    names.push_back(alternative.name);
    helps.push_back(alternative.help);
  }
  const size_t at = fields_.size();
  Field& choice = add_choice(name,
                             {[&variant] { return variant.name(); },
                              [&variant](const std::string& text) { variant.select(text); }},
                             names, std::move(help));
  choice.variant = &variant;
  choice.allowed_help = std::move(helps);
  for (const auto& alternative : variant.alternatives()) {
    if (!alternative.options) continue;
    Fields inner;
    alternative.options->describe(inner);
    for (Field& field : inner.fields_) {
      field.entry_of.insert(field.entry_of.begin(), {name, {alternative.name}, names.size()});
      add(std::move(field));
    }
  }
  return fields_[at];
}

Field& Fields::integer(std::string name, int64_t& value, IntegerRange range) {
  LACONIC_CHECK(is_valid_default(range, value), "default {} of '{}' is out of its range", value,
                name);
  Field field = leaf(std::move(name), Field::Type::integer, value, range.help, range.unit);
  field.integer_range = std::move(range);
  return add(std::move(field));
}

Field& Fields::real(std::string name, double& value, RealRange range) {
  LACONIC_CHECK(is_valid_default(range, value), "default {} of '{}' is out of its range", value,
                name);
  Field field = leaf(std::move(name), Field::Type::real, value, range.help, range.unit);
  field.real_range = std::move(range);
  return add(std::move(field));
}

Field& Fields::flag(std::string name, bool& value, std::string help) {
  return add(leaf(std::move(name), Field::Type::flag, value, std::move(help)));
}

Field& Fields::text(std::string name, std::string& value, std::string help) {
  return add(leaf(std::move(name), Field::Type::text, value, std::move(help)));
}

Field& Fields::path(std::string name, std::string& value, std::string help) {
  return add(leaf(std::move(name), Field::Type::path, value, std::move(help)));
}

Field& Fields::choice(std::string name, std::string& value, std::vector<std::string> allowed,
                      std::string help) {
  return add_choice(
      std::move(name),
      {[&value] { return value; }, [&value](const std::string& text) { value = text; }},
      std::move(allowed), std::move(help));
}

Field& Fields::integers(std::string name, std::vector<int64_t>& value, IntegerRange each) {
  LACONIC_CHECK(std::ranges::all_of(value, [&](int64_t v) { return is_valid_default(each, v); }),
                "a default of '{}' is out of its range", name);
  Field field = leaf(std::move(name), Field::Type::integer_list, value, each.help, each.unit);
  field.integer_range = std::move(each);
  return add(std::move(field));
}

Field& Fields::reals(std::string name, std::vector<double>& value, RealRange each) {
  LACONIC_CHECK(std::ranges::all_of(value, [&](double v) { return is_valid_default(each, v); }),
                "a default of '{}' is out of its range", name);
  Field field = leaf(std::move(name), Field::Type::real_list, value, each.help, each.unit);
  field.real_range = std::move(each);
  return add(std::move(field));
}

Field& Fields::texts(std::string name, std::vector<std::string>& value, std::string help) {
  return add(leaf(std::move(name), Field::Type::text_list, value, std::move(help)));
}

}  // namespace laconic::config
