// Reads the value of a field from a tree, checks it, and copies it to and from the option struct. A
// value is JSON of the field's type: whole number, number, true/false, text, or a list of these.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "framework/config/field.hpp"
#include "framework/config/reader.hpp"

namespace laconic::config {

using Value = nlohmann::json;

const char* type_name(Field::Type type);  // "integer", "list of reals", ...

// Returns the allowed values as the end of a sentence: "a number > 0 and <= 1", "one of sgd, adam".
std::string allowed_text(const Field& field);

// A callback for each mistake: its position, its index in a list ("[2]", or ""), and the message.
using Report =
    std::function<void(Position at, const std::string& index, const std::string& message)>;

// Returns the value of `node`, or nothing after at least one call of `report`.
std::optional<Value> read_value(const Field& field, const Node& node, const Report& report);

Value load(const Field& field);                // reads the option struct
void store(const Field& field, const Value&);  // writes the option struct

// Returns YAML on one line: 1, 0.5, true, adam, "two words", [1, 2].
std::string print_value(const Value& value);

}  // namespace laconic::config
