#include "framework/config/value.hpp"

#include <algorithm>
#include <cmath>

#include "framework/base/error.hpp"
#include "framework/base/suggest.hpp"
#include "framework/config/scalar.hpp"
#include "framework/config/variant.hpp"

namespace laconic::config {

namespace {

bool is_list(Field::Type type) {
  return type == Field::Type::integer_list || type == Field::Type::real_list ||
         type == Field::Type::text_list;
}

Field::Type item_type(Field::Type list) {
  return list == Field::Type::integer_list ? Field::Type::integer
         : list == Field::Type::real_list  ? Field::Type::real
                                           : Field::Type::text;
}

std::string range_text(const IntegerRange& range) {
  const bool low = range.min != std::numeric_limits<int64_t>::min();
  const bool high = range.max != std::numeric_limits<int64_t>::max();
  return (low ? fmt::format(" >= {}", range.min) : "") + (low && high ? " and" : "") +
         (high ? fmt::format(" <= {}", range.max) : "");
}

std::string range_text(const RealRange& range) {
  const bool low = std::isfinite(range.min);
  const bool high = std::isfinite(range.max);
  return (low ? fmt::format(" {} {}", range.exclusive_min ? ">" : ">=", range.min) : "") +
         (low && high ? " and" : "") +
         (high ? fmt::format(" {} {}", range.exclusive_max ? "<" : "<=", range.max) : "");
}

bool within(const IntegerRange& range, int64_t value) {
  return value >= range.min && value <= range.max;
}

bool within(const RealRange& range, double value) {
  return (range.exclusive_min ? value > range.min : value >= range.min) &&
         (range.exclusive_max ? value < range.max : value <= range.max);
}

// Returns the allowed single values of `type`. A list allows these values for each item.
std::string allowed_item(const Field& field, Field::Type type) {
  switch (type) {
    case Field::Type::integer:
      return "a whole number" + range_text(field.integer_range);
    case Field::Type::real:
      return "a number" + range_text(field.real_range);
    case Field::Type::flag:
      return "true or false";
    case Field::Type::choice:
      return "one of " + fmt::format("{}", fmt::join(field.allowed, ", "));
    case Field::Type::path:
      return "a file or folder";
    default:
      return "text";
  }
}

std::string node_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "no value";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a group of keys";
    case Node::Kind::scalar:
      break;
  }
  return node.quoted ? fmt::format("value \"{}\"", shown(node.text))
                     : fmt::format("value {}", shown(node.text));
}

std::string because(const std::string& advice) {
  return advice.empty() ? "" : ": " + advice;
}

// One number, flag or text.
std::optional<Value> read_item(const Field& field, Field::Type type, const Node& node,
                               const std::function<void(const std::string&)>& refuse) {
  if (node.kind == Node::Kind::null && type == Field::Type::text) {
    refuse(": write \"\" for an empty text");
    return std::nullopt;
  }
  if (node.kind != Node::Kind::scalar) {
    refuse(node.kind == Node::Kind::null ? ": delete the key for its default" : "");
    return std::nullopt;
  }
  const bool is_text =
      type == Field::Type::text || type == Field::Type::path || type == Field::Type::choice;
  if (node.quoted && !is_text) {
    refuse(" is text: remove the quotes");
    return std::nullopt;
  }
  const auto checked = [&](const auto& parsed, const auto& range) -> std::optional<Value> {
    if (parsed.value && within(range, *parsed.value)) return Value(*parsed.value);
    refuse(parsed.value ? " is out of range" : because(parsed.error));
    return std::nullopt;
  };
  switch (type) {
    case Field::Type::integer:
      return checked(parse_integer(node.text), field.integer_range);
    case Field::Type::real:
      return checked(parse_real(node.text), field.real_range);
    case Field::Type::flag: {
      const auto parsed = parse_flag(node.text);
      if (parsed.value) return Value(*parsed.value);
      refuse(because(parsed.error));
      return std::nullopt;
    }
    case Field::Type::path:
      if (node.text.starts_with('~')) {
        refuse(": ~ is not expanded; write the folder out");
        return std::nullopt;
      }
      if (node.text.starts_with('$')) {
        refuse(": variables are not expanded; on the command line the shell does it");
        return std::nullopt;
      }
      return Value(node.text);
    case Field::Type::choice:
      if (std::ranges::count(field.allowed, node.text) == 0) {
        refuse("");
        return std::nullopt;
      }
      return Value(node.text);
    default:
      return Value(node.text);
  }
}

// Returns the allowed names that the user of a choice may have meant.
std::vector<std::string> meant_by(const Field& field, const std::string& text) {
  if (field.variant != nullptr)
    for (const VariantBase::Alternative& alternative : field.variant->alternatives())
      for (const std::string& alias : alternative.aliases)
        if (edit_distance(alias, text, 0) == 0) return {alternative.name};
  return nearest_names(text, field.allowed, 1);
}

}  // namespace

const char* type_name(Field::Type type) {
  switch (type) {
    case Field::Type::integer:
      return "integer";
    case Field::Type::real:
      return "real";
    case Field::Type::flag:
      return "flag";
    case Field::Type::text:
      return "text";
    case Field::Type::path:
      return "path";
    case Field::Type::choice:
      return "choice";
    case Field::Type::integer_list:
      return "list of integers";
    case Field::Type::real_list:
      return "list of reals";
    case Field::Type::text_list:
      return "list of texts";
    case Field::Type::group:
      return "group";
  }
  return "";
}

std::string allowed_text(const Field& field) {
  if (field.type == Field::Type::group) return "a group of keys";
  if (is_list(field.type)) return "a list, each " + allowed_item(field, item_type(field.type));
  return allowed_item(field, field.type);
}

std::optional<Value> read_value(const Field& field, const Node& node, const Report& report) {
  const auto refuse = [&](const Node& bad, const std::string& index, const std::string& why) {
    std::string message = node_text(bad) + why + "; allowed: " + allowed_text(field);
    if (field.type == Field::Type::choice && bad.kind == Node::Kind::scalar) {
      message += did_you_mean(meant_by(field, bad.text));
    }
    report(bad.at, index, message);
  };
  if (!is_list(field.type)) {
    return read_item(field, field.type, node, [&](const auto& why) { refuse(node, "", why); });
  }
  if (field.type == Field::Type::text_list && node.kind == Node::Kind::scalar) {
    auto value = read_item(field, Field::Type::text, node,
                           [&](const auto& why) { refuse(node, "", why); });
    return value ? std::optional(Value::array({std::move(*value)})) : std::nullopt;
  }
  if (node.kind != Node::Kind::list) {
    refuse(node, "",
           node.kind == Node::Kind::scalar ? fmt::format(": write [{}]", shown(node.text)) : "");
    return std::nullopt;
  }
  Value list = Value::array();
  for (size_t i = 0; i < node.items.size(); ++i) {
    const Node& item = *node.items[i];
    auto value = read_item(field, item_type(field.type), item,
                           [&](const auto& why) { refuse(item, fmt::format("[{}]", i), why); });
    if (value) list.push_back(std::move(*value));
  }
  return list.size() == node.items.size() ? std::optional(std::move(list)) : std::nullopt;
}

Value load(const Field& field) {
  return std::visit(
      [&](const auto& target) -> Value {
        using T = std::remove_cvref_t<decltype(target)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          LACONIC_CHECK(false, "key '{}' has no place for its value", field.name);
        } else if constexpr (std::is_same_v<T, Field::Named>) {
          return Value(target.get());
        } else {
          return Value(*target);
        }
      },
      field.target);
}

void store(const Field& field, const Value& value) {
  std::visit(
      [&](const auto& target) {
        using T = std::remove_cvref_t<decltype(target)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          LACONIC_CHECK(false, "key '{}' has no place for its value", field.name);
        } else if constexpr (std::is_same_v<T, Field::Named>) {
          target.set(value.get_ref<const std::string&>());
        } else {
          *target = value.get<std::remove_pointer_t<T>>();
        }
      },
      field.target);
}

std::string print_value(const Value& value) {
  switch (value.type()) {
    case Value::value_t::boolean:
      return print_flag(value.get<bool>());
    case Value::value_t::number_float:
      return print_real(value.get<double>());
    case Value::value_t::string:
      return print_text(value.get_ref<const std::string&>());
    case Value::value_t::array: {
      std::string items;
      for (const auto& item : value) items += (items.empty() ? "" : ", ") + print_value(item);
      return "[" + items + "]";
    }
    default:
      return print_integer(value.get<int64_t>());
  }
}

}  // namespace laconic::config
