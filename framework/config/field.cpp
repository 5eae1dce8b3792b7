// The declarations of field.hpp. What a struct declares is checked here, once: a default outside
// its own range or a name used twice is a bug of ours, not of a user, and could not be printed and
// read back.
#include "framework/config/field.hpp"

#include <algorithm>
#include <cmath>

#include "framework/base/error.hpp"

namespace laconic::config {

namespace {

bool is_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool within(const IntegerRange& range, int64_t value) {
  return value >= range.min && value <= range.max;
}

bool within(const RealRange& range, double value) {
  return std::isfinite(value) && (range.exclusive_min ? value > range.min : value >= range.min) &&
         (range.exclusive_max ? value < range.max : value <= range.max);
}

// The parts common to every leaf.
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
  LACONIC_CHECK(std::ranges::none_of(fields_, [&](auto& f) { return f.name == field.name; }),
                "key '{}' is declared twice", field.name);
  fields_.push_back(std::move(field));
  return fields_.back();
}

Field& Fields::add_group(std::string name, std::vector<Field> members, std::string help) {
  Field field;
  field.name = std::move(name);
  field.type = Field::Type::group;
  field.help = std::move(help);
  field.members = std::move(members);
  return add(std::move(field));
}

Field& Fields::integer(std::string name, int64_t& value, IntegerRange range) {
  LACONIC_CHECK(within(range, value), "default {} of '{}' is out of its range", value, name);
  Field field = leaf(std::move(name), Field::Type::integer, value, range.help, range.unit);
  field.integer_range = std::move(range);
  return add(std::move(field));
}

Field& Fields::real(std::string name, double& value, RealRange range) {
  LACONIC_CHECK(within(range, value), "default {} of '{}' is out of its range", value, name);
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
  LACONIC_CHECK(std::ranges::count(allowed, value) == 1,
                "default '{}' of '{}' is not one of its choices, once", value, name);
  Field field = leaf(std::move(name), Field::Type::choice, value, std::move(help));
  field.allowed = std::move(allowed);
  return add(std::move(field));
}

Field& Fields::integers(std::string name, std::vector<int64_t>& value, IntegerRange each) {
  LACONIC_CHECK(std::ranges::all_of(value, [&](int64_t v) { return within(each, v); }),
                "a default of '{}' is out of its range", name);
  Field field = leaf(std::move(name), Field::Type::integer_list, value, each.help, each.unit);
  field.integer_range = std::move(each);
  return add(std::move(field));
}

Field& Fields::reals(std::string name, std::vector<double>& value, RealRange each) {
  LACONIC_CHECK(std::ranges::all_of(value, [&](double v) { return within(each, v); }),
                "a default of '{}' is out of its range", name);
  Field field = leaf(std::move(name), Field::Type::real_list, value, each.help, each.unit);
  field.real_range = std::move(each);
  return add(std::move(field));
}

Field& Fields::texts(std::string name, std::vector<std::string>& value, std::string help) {
  return add(leaf(std::move(name), Field::Type::text_list, value, std::move(help)));
}

}  // namespace laconic::config
