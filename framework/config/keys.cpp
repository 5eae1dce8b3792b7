#include "framework/config/keys.hpp"

#include <algorithm>

#include "framework/base/error.hpp"
#include "framework/config/rows.hpp"

namespace laconic::config {

namespace {

// A longer chain means that a condition depends on itself, which is a bug in laconic.
constexpr int longest_chain = 64;

void add_members(Key& above, const std::vector<Field>& members, const Declaration* group) {
  for (const Field& field : members) {
    auto key = std::ranges::find(above.below, field.name, &Key::name);
    if (key == above.below.end()) {
      key = above.below.insert(key, Key{field.name, join(above.path, field.name), &above, {}, {}});
    }
    key->declared.push_back({&field, &*key, group});
    add_members(*key, field.members, &key->declared.back());
  }
}

void append(std::vector<const Key*>& keys, const Key& above) {
  for (const Key& key : above.below) {
    keys.push_back(&key);
    append(keys, key);
  }
}

}  // namespace

const Key* Key::find(std::string_view member) const {
  const auto found = std::ranges::find(below, member, &Key::name);
  return found == below.end() ? nullptr : &*found;
}

const Key* Key::short_form() const {
  const auto found = std::ranges::find_if(below, [](const Key& key) {
    return key.first().variant != nullptr && key.first().entry_of.empty();
  });
  return found == below.end() ? nullptr : &*found;
}

std::vector<std::string> Key::names() const {
  std::vector<std::string> names;
  for (const Key& key : below) names.push_back(key.name);
  return names;
}

Keys::Keys(const Fields& fields) {
  add_members(root_, fields.list(), nullptr);
}

const Key* Keys::find(std::string_view path) const {
  const Key* key = &root_;
  for (const std::string& name : components(path)) {
    key = key->find(name);
    if (key == nullptr) break;
  }
  return key;
}

std::vector<const Key*> Keys::all() const {
  std::vector<const Key*> keys;
  append(keys, root_);
  return keys;
}

const Key& Keys::of(const Condition& condition, const Key& key) const {
  const Key* beside = key.above->find(condition.key);
  const Key* named = beside ? beside : find(condition.key);
  LACONIC_CHECK(named != nullptr && !named->is_group(),
                "'{}' is only used with '{}', which is no key beside it and no full path", key.name,
                condition.key);
  return *named;
}

const Declaration* Selection::selected(const Key& key) const {
  const auto found = std::ranges::find_if(
      key.declared, [&](const Declaration& declaration) { return is_selected(declaration); });
  return found == key.declared.end() ? nullptr : &*found;
}

const Declaration& Selection::declaration(const Key& key) const {
  const Declaration* found = selected(key);
  return found ? *found : key.declared.front();
}

bool Selection::has_value(const Condition& condition, const Key& key) const {
  const Key& named = keys_.of(condition, key);
  const Value value = value_of_(named, *declaration(named).field);
  const auto text = value.is_string() ? value.get<std::string>() : print_value(value);
  return std::ranges::count(condition.values, text) > 0;
}

bool Selection::entries_selected(const Declaration& declaration) const {
  return std::ranges::all_of(declaration.field->entry_of, [&](const Condition& condition) {
    return has_value(condition, *declaration.key);
  });
}

bool Selection::is_selected(const Declaration& declaration) const {
  return entries_selected(declaration) && (!declaration.group || is_selected(*declaration.group));
}

bool Selection::is_used(const Declaration& declaration) const {
  return unmet(declaration, 0).empty();
}

std::string Selection::unmet(const Key& key) const {
  if (const Declaration* declaration = selected(key)) return unmet(*declaration, 0);
  // The innermost level at which no entry that is selected declares the key or a group around it.
  std::vector<const Declaration*> level;
  for (const Declaration& declaration : key.declared) level.push_back(&declaration);
  const auto is_met = [&](const Declaration* d) { return entries_selected(*d); };
  while (std::ranges::any_of(level, is_met)) {
    std::erase_if(level, [&](const Declaration* d) { return !is_met(d) || !d->group; });
    for (const Declaration*& declaration : level) declaration = declaration->group;
  }
  std::string text;
  for (const Row& row : rows(level)) text += (text.empty() ? "" : ", or ") + used_when_text(row);
  return text;
}

std::string Selection::unmet(const Declaration& declaration, int depth) const {
  LACONIC_CHECK(depth < longest_chain, "the condition of '{}' depends on itself",
                declaration.key->path);
  for (const Declaration* at = &declaration; at; at = at->group) {
    std::vector<Condition> conditions = at->field->entry_of;
    conditions.insert(conditions.end(), at->field->conditions.begin(), at->field->conditions.end());
    for (const Condition& condition : conditions) {
      if (!has_value(condition, *at->key)) return condition_text(condition);
      const Key& named = keys_.of(condition, *at->key);
      const Declaration* on = selected(named);
      const std::string why = on ? unmet(*on, depth + 1) : unmet(named);
      if (!why.empty()) return why;
    }
  }
  return "";
}

std::string join(std::string_view prefix, std::string_view name) {
  const bool dot = !prefix.empty() && !name.empty();
  return fmt::format("{}{}{}", prefix, dot ? "." : "", name);
}

std::vector<std::string> components(std::string_view path) {
  std::vector<std::string> names;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('.', start), path.size());
    names.emplace_back(path.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

std::string condition_text(const Condition& condition) {
  std::vector<std::string> values;
  for (const std::string& value : condition.values)
    values.push_back(value.empty() ? "\"\"" : value);
  return fmt::format("{}: {}", condition.key, fmt::join(values, " | "));
}

}  // namespace laconic::config
