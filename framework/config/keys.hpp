// The keys of a schema by name. Several structs, or several entries of a variant, may declare the
// same name; here these declarations are one key. The resolver, the checks and the documentation
// read this table.
//
// Lifetime: points into the Fields that it was made from, which must not change.
#pragma once

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/field.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

struct Key;

struct Declaration {
  const Field* field;
  const Key* key;
  const Declaration* group;  // the declaration of the group around it; null at the top
};

// A key or a group. It has at least one declaration, except the key of the whole schema.
struct Key {
  std::string name;
  std::string path;
  const Key* above = nullptr;
  std::list<Declaration> declared;
  std::list<Key> below;  // in the order of their first declarations

  bool is_group() const { return above == nullptr || first().type == Field::Type::group; }
  const Field& first() const { return *declared.front().field; }
  bool is_list() const { return above != nullptr && first().list; }  // may be written as a list
  const Key* find(std::string_view member) const;                    // null if there is none
  const Key* item(size_t i) const { return find(std::to_string(i + 1)); }  // of a list, from 0
  // Returns the key that is set by a scalar in place of this group; null if there is none.
  const Key* short_form() const;
  std::vector<std::string> names() const;  // names of the keys below
};

class Keys {
 public:
  explicit Keys(const Fields& fields);
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  const Key& root() const { return root_; }
  const Key* find(std::string_view path) const;  // null if there is none
  std::vector<const Key*> all() const;           // every key and group, a group before its members
  const Key& of(const Condition&, const Key&) const;  // the key that a condition of a key names

 private:
  Key root_;
};

// Selects the declarations that are used with the present values of the keys.
class Selection {
 public:
  // Returns the value of a key, read by this declaration.
  using ValueOf = std::function<Value(const Key&, const Field& declared)>;

  Selection(const Keys& keys, ValueOf value_of) : keys_(keys), value_of_(std::move(value_of)) {}

  // Returns the declaration whose entries are all selected; null if there is none.
  const Declaration* selected(const Key& key) const;
  // Returns the declaration that validates values of the key: the selected one, else the first.
  const Declaration& declaration(const Key& key) const;
  // Returns the condition that does not hold ("kind: gcn | sage"); empty if the key is used.
  std::string unmet(const Key& key) const;
  bool is_used(const Declaration& declaration) const;

 private:
  bool entries_selected(const Declaration&) const;  // its own, not those of the groups around it
  bool is_selected(const Declaration&) const;
  bool has_value(const Condition&, const Key& key) const;
  std::string unmet(const Declaration&, int depth) const;

  const Keys& keys_;
  ValueOf value_of_;
};

std::string join(std::string_view prefix,
                 std::string_view name);                     // "optimizer", "lr": optimizer.lr
std::vector<std::string> components(std::string_view path);  // the inverse
// Returns "kind: gcn | sage". An empty value is printed as "".
std::string condition_text(const Condition& condition);

}  // namespace laconic::config
