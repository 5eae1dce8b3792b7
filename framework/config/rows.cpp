#include "framework/config/rows.hpp"

#include <algorithm>
#include <optional>

namespace laconic::config {

namespace {

// Returns whether both fields look the same to a reader, except for the conditions of use.
bool look_equal(const Field& a, const Field& b) {
  const auto& [a_min, a_max, a_help, a_unit] = a.integer_range;
  const auto& [b_min, b_max, b_help, b_unit] = b.integer_range;
  const RealRange &r = a.real_range, &s = b.real_range;
  return a.type == b.type && a.help == b.help && a.unit == b.unit && a.allowed == b.allowed &&
         a_min == b_min && a_max == b_max && r.min == s.min && r.max == s.max &&
         r.exclusive_min == s.exclusive_min && r.exclusive_max == s.exclusive_max &&
         (a.type == Field::Type::group || load(a) == load(b));
}

// Returns the conditions of a group with full paths, as its members must print them.
std::vector<Condition> at_full_path(std::vector<Condition> conditions, const Key& group) {
  for (Condition& condition : conditions)
    if (group.above->find(condition.key)) condition.key = join(group.above->path, condition.key);
  return conditions;
}

// Returns the conditions of a declaration. If its group has several declarations, the conditions of
// the group come first.
std::vector<Condition> conditions_of(const Declaration& declaration) {
  std::vector<Condition> all;
  const Key& group = *declaration.key->above;
  if (group.declared.size() > 1) all = at_full_path(conditions_of(*declaration.group), group);
  const Field& field = *declaration.field;
  all.insert(all.end(), field.entry_of.begin(), field.entry_of.end());
  all.insert(all.end(), field.conditions.begin(), field.conditions.end());
  return all;
}

// Removes the conditions that are already shown at the group.
void drop_shared(std::vector<Row>& members, const Key& group) {
  if (group.declared.size() < 2) return;
  const std::vector<Row> of_group = rows(group);
  if (of_group.size() > 1) return;
  const std::vector<Condition> shared = at_full_path(of_group[0].used_when, group);
  for (Row& row : members) {
    const auto end = std::ranges::mismatch(row.used_when, shared).in1;
    if (end - row.used_when.begin() == std::ssize(shared))
      row.used_when.erase(row.used_when.begin(), end);
  }
}

// Returns both lists as one, if they differ at most in the entries of one variant. A condition that
// every entry meets is dropped.
std::optional<std::vector<Condition>> united(std::vector<Condition> a,
                                             const std::vector<Condition>& b) {
  if (a == b) return a;
  if (a.size() != b.size()) return std::nullopt;
  const auto [mine, other] = std::ranges::mismatch(a, b);
  const bool rest_equal = std::equal(mine + 1, a.end(), other + 1);
  if (!rest_equal || mine->key != other->key || mine->entries == 0) return std::nullopt;
  mine->values.insert(mine->values.end(), other->values.begin(), other->values.end());
  if (mine->values.size() == mine->entries) a.erase(mine);
  return a;
}

// Unites one pair of rows. Returns false if there is no such pair.
bool unite_two(std::vector<Row>& rows) {
  for (size_t i = 0; i < rows.size(); ++i)
    for (size_t j = i + 1; j < rows.size(); ++j) {
      if (!look_equal(*rows[i].field, *rows[j].field)) continue;
      auto both = united(rows[i].used_when, rows[j].used_when);
      if (!both) continue;
      rows[i].used_when = std::move(*both);
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(j));
      return true;
    }
  return false;
}

}  // namespace

std::vector<Row> rows(const std::vector<const Declaration*>& declarations) {
  std::vector<Row> rows;
  for (const Declaration* declaration : declarations)
    rows.push_back({declaration->field, conditions_of(*declaration)});
  while (unite_two(rows)) {
  }
  if (!rows.empty()) drop_shared(rows, *declarations[0]->key->above);
  return rows;
}

std::vector<Row> rows(const Key& key) {
  std::vector<const Declaration*> all;
  for (const Declaration& declaration : key.declared) all.push_back(&declaration);
  return rows(all);
}

std::string used_when_text(const Row& row) {
  std::string text;
  for (const Condition& condition : row.used_when)
    text += (text.empty() ? "" : " and ") + condition_text(condition);
  return text;
}

std::string help_of(const Key& key) {
  for (const Declaration& declaration : key.declared)
    if (!declaration.field->help.empty()) return declaration.field->help;
  return "";
}

std::string group_condition(const Key& group) {
  const std::vector<Row> all = rows(group);
  if (all.size() > 1) return "";
  Row row = all[0];
  for (Condition& condition : row.used_when)
    if (group.above->find(condition.key)) condition.key = join(group.above->path, condition.key);
  return used_when_text(row);
}

std::vector<std::string> entries_of(const Field& field) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < field.allowed_help.size(); ++i)
    lines.push_back(fmt::format("{}: {}", field.allowed[i], field.allowed_help[i]));
  return lines;
}

std::string whole_help(const Field& field) {
  std::string text = field.help;
  for (const std::string& line : entries_of(field)) text += (text.empty() ? "" : "; ") + line;
  return text;
}

}  // namespace laconic::config
