#include "framework/config/resolve.hpp"

#include <algorithm>
#include <filesystem>
#include <unordered_map>

#include "framework/config/reader.hpp"
#include "framework/config/suggest.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

namespace {

std::string join(const std::string& prefix, const std::string& name) {
  return prefix.empty() || name.empty() ? prefix + name : fmt::format("{}.{}", prefix, name);
}

// One place values come from.
struct Source {
  Origin::Kind kind;
  std::string where;             // of problems
  std::filesystem::path folder;  // of relative paths
};

class Resolver {
 public:
  explicit Resolver(Fields& fields) : fields_(fields) {
    collect(fields.list(), "", nullptr);
    for (Slot& slot : slots_) place(slot.entry.value, *slot.field, std::filesystem::current_path());
  }

  void read_file(const std::string& text, const std::string& name) {
    const Source source{Origin::file, name, std::filesystem::path(name).parent_path()};
    const Document document = read_yaml(text, name);
    append(document.problems);
    if (!document.complete) return;
    const Node& root = *document.root;
    if (root.kind == Node::Kind::null) {
      notices_.push_back(
          fmt::format("{}: the file is empty; every key has its default", shown(name)));
    } else if (root.kind == Node::Kind::map) {
      apply(root, fields_.list(), "", source);
    } else {
      const bool space =
          root.kind == Node::Kind::scalar && root.text.find(':') != std::string::npos;
      report(source, root.at, "",
             fmt::format("the file must consist of lines \"key: value\"{}",
                         space ? "; is a space missing after ':'?" : ""));
    }
  }

  void read_assignment(Origin::Kind kind, const std::string& path, const std::string& text,
                       const std::string& where, const std::filesystem::path& folder) {
    const Source source{kind, where, folder};
    const Field* field = find(path);
    if (field == nullptr) return report(source, {}, path, "unknown key" + advice(path));
    const Document document = read_yaml(text, where);
    for (const Problem& problem : document.problems) {
      problems_.push_back({where, 0, 0, join(path, problem.path), problem.message});
    }
    if (document.complete) set(*field, path, *document.root, {}, source);
  }

  void refuse(const std::string& where, const std::string& message) {
    problems_.push_back({where, 0, 0, "", message});
  }

  Resolved finish() {
    if (!problems_.empty()) throw ConfigError(std::move(problems_));
    std::vector<Resolved::Entry> entries;
    for (Slot& slot : slots_) {
      slot.entry.used = is_used(slot);
      if (!slot.entry.used && slot.entry.origin.kind != Origin::default_value) {
        notices_.push_back(fmt::format("{}: {} is set but not used ({})",
                                       shown(slot.entry.origin.where), slot.entry.path,
                                       unmet_condition(slot)));
      }
      entries.push_back(slot.entry);
    }
    for (const Slot& slot : slots_) store(*slot.field, slot.entry.value);
    return {std::move(entries), std::move(notices_)};
  }

 private:
  struct Slot {  // a key that holds a value
    const Field* field;
    Resolved::Entry entry;
  };

  void collect(const std::vector<Field>& members, const std::string& prefix, const Field* group) {
    for (const Field& field : members) {
      const std::string path = join(prefix, field.name);
      paths_.push_back(path);
      group_of_[&field] = group;
      if (field.type == Field::Type::group) {
        collect(field.members, path, &field);
      } else {
        slot_of_[path] = slots_.size();
        slots_.push_back({&field, {path, load(field), {Origin::default_value, "default", {}}}});
      }
    }
  }

  const std::vector<Field>& siblings(const Field* group) const {
    return group ? group->members : fields_.list();
  }

  const Field* find(const std::string& path) const {
    const std::vector<Field>* members = &fields_.list();
    const Field* field = nullptr;
    for (size_t start = 0; start <= path.size();) {
      const size_t end = std::min(path.find('.', start), path.size());
      const auto name = std::string_view(path).substr(start, end - start);
      const auto found = std::ranges::find(*members, name, &Field::name);
      if (found == members->end()) return nullptr;
      field = &*found;
      members = &field->members;
      start = end + 1;
    }
    return field;
  }

  void apply(const Node& map, const std::vector<Field>& members, const std::string& prefix,
             const Source& source) {
    for (size_t i = 0; i < map.items.size(); ++i) {
      const auto& key = map.keys[i];
      const std::string path = join(prefix, key.name);
      const auto field = std::ranges::find(members, key.name, &Field::name);
      if (field == members.end()) {
        report(source, key.at, path, "unknown key" + advice(path));
      } else {
        set(*field, path, *map.items[i], key.at, source);
      }
    }
  }

  void set(const Field& field, const std::string& path, const Node& node, Position key_at,
           const Source& source) {
    if (field.type == Field::Type::group) {
      if (node.kind == Node::Kind::map) return apply(node, field.members, path, source);
      if (node.kind == Node::Kind::null && source.kind == Origin::file) return;
      return report(source, node.at, path,
                    fmt::format("is a group of keys, not a value; allowed below it: {}",
                                names(field.members)));
    }
    auto value = read_value(field, node, [&](Position at, const auto& index, const auto& message) {
      report(source, at, path + index, message);
    });
    if (!value) return;
    place(*value, field, source.folder);
    Slot& slot = slots_[slot_of_.at(path)];
    Origin& origin = slot.entry.origin;
    if (origin.kind == Origin::override_ && source.kind == Origin::override_) {
      notices_.push_back(
          fmt::format("{} is given twice; the later, {}, counts", path, shown(source.where)));
    }
    slot.entry.value = std::move(*value);
    origin = {source.kind, source.where, {source.where, 0, 0, path, ""}};
    if (source.kind == Origin::file) {
      origin.where = fmt::format("{}:{}:{}", source.where, key_at.line, key_at.col);
      origin.address = {source.where, key_at.line, key_at.col, path, ""};
    }
  }

  // Paths are kept absolute.
  static void place(Value& value, const Field& field, const std::filesystem::path& folder) {
    if (field.type != Field::Type::path || value.get_ref<const std::string&>().empty()) return;
    const auto path = folder / value.get_ref<const std::string&>();
    value = std::filesystem::absolute(path).lexically_normal().string();
  }

  // The key that the condition of `field` names.
  const Field& condition(const Field& field, const Field* group) const {
    const auto& members = siblings(group);
    const auto beside = std::ranges::find(members, field.condition_key, &Field::name);
    const Field* key = beside != members.end() ? &*beside : find(field.condition_key);
    LACONIC_CHECK(key != nullptr && key->type != Field::Type::group,
                  "'{}' is only used with '{}', which is no key beside it and no full path",
                  field.name, field.condition_key);
    return *key;
  }

  // Does the condition of `field` hold, and that of the key it names, and so on? `hops` guards
  // against conditions that go in a circle.
  bool holds(const Field& field, const Field* group, size_t hops = 0) const {
    if (field.condition_key.empty()) return true;
    const Field& key = condition(field, group);
    LACONIC_CHECK(hops < slots_.size(), "the condition of '{}' depends on itself", field.name);
    const auto slot = std::ranges::find(slots_, &key, &Slot::field);
    const Value& value = slot->entry.value;
    const auto text = value.is_string() ? value.get<std::string>() : print_value(value);
    return std::ranges::count(field.condition_values, text) > 0 &&
           holds(key, group_of_.at(&key), hops + 1);
  }

  bool is_used(const Slot& slot) const { return first_unmet(slot) == nullptr; }

  // The key itself or the innermost group around it whose condition does not hold.
  const Field* first_unmet(const Slot& slot) const {
    for (const Field* field = slot.field; field; field = group_of_.at(field)) {
      if (!holds(*field, group_of_.at(field))) return field;
    }
    return nullptr;
  }

  std::string unmet_condition(const Slot& slot) const {
    const Field* field = first_unmet(slot);
    return fmt::format("only with {}: {}", field->condition_key,
                       fmt::join(field->condition_values, " | "));
  }

  // What may have been meant by the unknown key `path`: names near it at its level, the same name
  // elsewhere.
  std::string advice(const std::string& path) const {
    if (find(path)) return "; dots are for the command line: write one key below the other";
    const size_t dot = path.rfind('.');
    const std::string prefix = dot == path.npos ? "" : path.substr(0, dot);
    const std::string name = path.substr(dot == path.npos ? 0 : dot + 1);
    std::vector<std::string> level, elsewhere;
    for (const auto& candidate : paths_) {
      const size_t cut = candidate.rfind('.');
      const auto last = std::string_view(candidate).substr(cut == candidate.npos ? 0 : cut + 1);
      if ((cut == candidate.npos ? "" : candidate.substr(0, cut)) == prefix) {
        level.emplace_back(last);
      } else if (edit_distance(last, name, 0) == 0) {
        elsewhere.push_back(candidate);
      }
    }
    std::vector<std::string> meant;
    for (const auto& near : nearest_names(name, level, 2)) meant.push_back(join(prefix, near));
    for (size_t i = 0; i < std::min<size_t>(elsewhere.size(), 3); ++i)
      meant.push_back(elsewhere[i]);
    const Field* group = prefix.empty() ? nullptr : find(prefix);
    const bool known_level = prefix.empty() || group;
    if (meant.empty() && !known_level) meant = nearest_names(path, paths_, 2);
    if (!meant.empty() || !known_level) return did_you_mean(meant);
    return "; allowed: " + names(siblings(group));
  }

  static std::string names(const std::vector<Field>& members) {
    std::vector<std::string> all;
    for (const Field& field : members) all.push_back(field.name);
    return fmt::format("{}", fmt::join(all, ", "));
  }

  void report(const Source& source, Position at, const std::string& path,
              const std::string& message) {
    const bool lines = source.kind == Origin::file;
    problems_.push_back({source.where, lines ? at.line : 0, lines ? at.col : 0, path, message});
  }

  void append(const std::vector<Problem>& problems) {
    problems_.insert(problems_.end(), problems.begin(), problems.end());
  }

  const Fields& fields_;
  std::vector<std::string> paths_;  // of all keys and groups
  std::vector<Slot> slots_;         // of all keys, in the order of the schema
  std::unordered_map<std::string, size_t> slot_of_;
  std::unordered_map<const Field*, const Field*> group_of_;  // null at the top
  std::vector<Problem> problems_;
  std::vector<std::string> notices_;
};

}  // namespace

Resolved resolve(Fields& fields, const std::string& yaml_text, const std::string& file_name,
                 std::span<const std::string> overrides, const SweepRow& row) {
  Resolver resolver(fields);
  resolver.read_file(yaml_text, file_name);
  for (const auto& [path, text] : row) {
    resolver.read_assignment(Origin::sweep, path, text, fmt::format("sweep: {}={}", path, text),
                             std::filesystem::path(file_name).parent_path());
  }
  for (const auto& assignment : overrides) {
    const std::string where = "command line: " + assignment;
    const size_t equals = assignment.find('=');
    if (equals == assignment.npos) {
      resolver.refuse(where, "an override is written key.path=value");
    } else {
      resolver.read_assignment(Origin::override_, assignment.substr(0, equals),
                               assignment.substr(equals + 1), where, "");
    }
  }
  return resolver.finish();
}

}  // namespace laconic::config
