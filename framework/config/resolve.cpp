#include "framework/config/resolve.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unordered_map>

#include "framework/config/keys.hpp"
#include "framework/config/reader.hpp"
#include "framework/config/unknown_key.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

namespace {

// One place values come from.
struct Source {
  Origin::Kind kind;
  std::string where;             // of problems
  std::filesystem::path folder;  // of relative paths
};

class Resolver {
 public:
  explicit Resolver(const Fields& fields)
      : keys_(fields), selection_(keys_, [this](const Key& key, const Field& declared) {
          return value_of(key, declared);
        }) {}

  void read_file(const std::string& text, const std::string& name) {
    const Source source{Origin::file, name, std::filesystem::path(name).parent_path()};
    texts_.push_back({source, "", read_yaml(text, name)});
  }

  void read_assignment(Origin::Kind kind, const std::string& path, const std::string& text,
                       const std::string& where, const std::filesystem::path& folder) {
    texts_.push_back({{kind, where, folder}, path, read_yaml(text, where)});
  }

  void read_override(const std::string& assignment) {
    const std::string where = "command line: " + assignment;
    const size_t equals = assignment.find('=');
    if (equals == assignment.npos) {
      texts_.push_back({{Origin::override_, where, ""}, "", std::nullopt});
    } else {
      read_assignment(Origin::override_, assignment.substr(0, equals),
                      assignment.substr(equals + 1), where, "");
    }
  }

  Resolved finish() {
    for (const Text& text : texts_) {
      const Key* key = text.source.kind == Origin::file ? &keys_.root() : keys_.find(text.path);
      if (key && text.document && text.document->complete) note_choices(*text.document->root, *key);
    }
    for (const Text& text : texts_) read(text);
    if (!problems_.empty()) throw ConfigError(std::move(problems_));
    std::vector<Resolved::Entry> entries;
    for (const Key* key : keys_.all())
      if (!key->is_group()) entries.push_back(entry(*key));
    for (const Resolved::Entry& entry : entries)
      if (const Declaration* declaration = selection_.selected(*keys_.find(entry.path)))
        store(*declaration->field, entry.value);
    return {std::move(entries), std::move(notices_)};
  }

 private:
  struct Text {  // the file, or the value of the key `path`
    Source source;
    std::string path;
    std::optional<Document> document;  // none: an override without '='
  };
  struct Set {
    Value value;
    Origin origin;
  };

  // Notes the values that select entries of variants, from all sources. Mistakes are reported
  // later.
  void note_choices(const Node& node, const Key& key) {
    if (!key.is_group()) {
      if (node.kind == Node::Kind::scalar) choices_[&key] = node.text;
    } else if (node.kind == Node::Kind::scalar && key.short_form()) {
      choices_[key.short_form()] = node.text;
    } else if (node.kind == Node::Kind::map) {
      for (size_t i = 0; i < node.items.size(); ++i)
        if (const Key* member = key.find(node.keys[i].name)) note_choices(*node.items[i], *member);
    } else if (node.kind == Node::Kind::list && key.is_list()) {
      forget(choices_, key);
      for (size_t i = 0; i < node.items.size(); ++i)
        if (const Key* member = key.item(i)) note_choices(*node.items[i], *member);
    }
  }

  // Returns the value that is known so far. Values of variants are known before those of other
  // keys.
  Value value_of(const Key& key, const Field& declared) const {
    if (declared.variant) {
      const auto choice = choices_.find(&key);
      const bool known =
          choice != choices_.end() && std::ranges::count(declared.allowed, choice->second) > 0;
      return known ? Value(choice->second) : load(declared);
    }
    const auto set = set_.find(&key);
    return set != set_.end() ? set->second.value : preset(declared);
  }

  static Value preset(const Field& field) {
    Value value = load(field);
    place(value, field, std::filesystem::current_path());
    return value;
  }

  Resolved::Entry entry(const Key& key) {
    const Declaration& declaration = selection_.declaration(key);
    const std::string unmet = selection_.unmet(key);
    const auto set = set_.find(&key);
    const Value value = value_of(key, *declaration.field);
    Origin origin{Origin::default_value, "default", {}};
    if (set != set_.end()) {
      origin = set->second.origin;
      if (!unmet.empty())
        notices_.push_back(unused_text(origin.where, key.path, "only with " + unmet));
    }
    bool numeric = true;
    for (const Declaration* at = &declaration; at; at = at->group) numeric &= at->field->numeric;
    return {key.path,
            value,
            preset(*declaration.field),
            std::move(origin),
            unmet.empty(),
            numeric,
            declaration.field->type == Field::Type::path,
            key.above->short_form() == &key};
  }

  void read(const Text& text) {
    const auto& [source, path, document] = text;
    if (!document) return report(source, {}, "", "an override is written key.path=value");
    if (source.kind != Origin::file) return read_value_of(text);
    append(document->problems);
    if (!document->complete) return;
    const Node& root = *document->root;
    if (root.kind == Node::Kind::null) {
      notices_.push_back(
          fmt::format("{}: the file is empty; every key has its default", shown(source.where)));
    } else if (root.kind == Node::Kind::map) {
      apply(root, keys_.root(), source);
    } else {
      const bool space =
          root.kind == Node::Kind::scalar && root.text.find(':') != std::string::npos;
      report(source, root.at, "",
             fmt::format("the file must consist of lines \"key: value\"{}",
                         space ? "; is a space missing after ':'?" : ""));
    }
  }

  void read_value_of(const Text& text) {
    const auto& [source, path, document] = text;
    const Key* key = keys_.find(path);
    if (key == nullptr) return report(source, {}, path, explain_unknown(path));
    for (const Problem& problem : document->problems)
      problems_.push_back({source.where, 0, 0, join(path, problem.path), problem.message});
    if (document->complete) set(*key, *document->root, {}, source);
  }

  // Only the first ones get advice: a file of another program may have any number.
  std::string explain_unknown(const std::string& path) {
    constexpr int most = 100;
    return ++unknown_ <= most ? unknown_key(keys_, path) : "unknown key";
  }

  void apply(const Node& map, const Key& group, const Source& source) {
    for (size_t i = 0; i < map.items.size(); ++i) {
      const auto& [name, at] = map.keys[i];
      if (const Key* key = group.find(name)) {
        set(*key, *map.items[i], at, source);
      } else {
        const std::string path = join(group.path, name);
        report(source, at, path, explain_unknown(path));
      }
    }
  }

  // A list takes the place of whatever its group was set to before.
  template <class Values>
  static void forget(Values& values, const Key& group) {
    for (const Key& key : group.below) {
      values.erase(&key);
      forget(values, key);
    }
  }

  // The items are the members "1", "2", ...
  void apply_list(const Node& list, const Key& group, const Source& source) {
    forget(set_, group);
    for (size_t i = 0; i < list.items.size(); ++i) {
      const Node& item = *list.items[i];
      if (const Key* key = group.item(i))
        set(*key, item, item.at, source);
      else
        return report(source, item.at, group.path,
                      fmt::format("{} items; allowed: up to {}", list.items.size(), i));
    }
  }

  void set(const Key& key, const Node& node, Position key_at, const Source& source) {
    if (key.is_group()) {
      if (node.kind == Node::Kind::map) return apply(node, key, source);
      if (node.kind == Node::Kind::null && source.kind == Origin::file) return;
      if (node.kind == Node::Kind::scalar && key.short_form())
        return set(*key.short_form(), node, key_at, source);
      if (node.kind == Node::Kind::list && key.is_list()) return apply_list(node, key, source);
      return report(source, node.at, key.path,
                    fmt::format("is a group of keys, not a value; allowed below it: {}",
                                fmt::join(key.names(), ", ")));
    }
    const Field& field = *selection_.declaration(key).field;
    auto value = read_value(field, node, [&](Position at, const auto& index, const auto& message) {
      report(source, at, key.path + index, message);
    });
    if (!value) return;
    place(*value, field, source.folder);
    const auto before = set_.find(&key);
    if (before != set_.end() && before->second.origin.kind == Origin::override_ &&
        source.kind == Origin::override_) {
      notices_.push_back(
          fmt::format("{} is given twice; the later, {}, counts", key.path, shown(source.where)));
    }
    Origin origin{source.kind, source.where, {source.where, 0, 0, key.path, ""}};
    if (source.kind == Origin::file) {
      origin.where = fmt::format("{}:{}:{}", source.where, key_at.line, key_at.col);
      origin.address = {source.where, key_at.line, key_at.col, key.path, ""};
    }
    set_[&key] = {std::move(*value), std::move(origin)};
  }

  // Paths are kept absolute.
  static void place(Value& value, const Field& field, const std::filesystem::path& folder) {
    if (field.type != Field::Type::path || value.get_ref<const std::string&>().empty()) return;
    const auto path = folder / value.get_ref<const std::string&>();
    value = std::filesystem::absolute(path).lexically_normal().string();
  }

  void report(const Source& source, Position at, const std::string& path,
              const std::string& message) {
    const bool lines = source.kind == Origin::file;
    problems_.push_back({source.where, lines ? at.line : 0, lines ? at.col : 0, path, message});
  }

  void append(const std::vector<Problem>& problems) {
    problems_.insert(problems_.end(), problems.begin(), problems.end());
  }

  Keys keys_;
  Selection selection_;
  std::vector<Text> texts_;                              // in the order in which they count
  std::unordered_map<const Key*, std::string> choices_;  // of variants, as written
  std::unordered_map<const Key*, Set> set_;
  std::vector<Problem> problems_;
  int unknown_ = 0;  // keys
  std::vector<std::string> notices_;
};

}  // namespace

std::string unused_text(const std::string& where, std::string_view path, std::string_view why) {
  return fmt::format("{}: {} is set but not used ({})", shown(where), path, why);
}

Resolved resolve(Fields& fields, const std::string& yaml_text, const std::string& file_name,
                 std::span<const std::string> overrides, const SweepRow& row) {
  Resolver resolver(fields);
  resolver.read_file(yaml_text, file_name);
  for (const auto& [path, text] : row) {
    resolver.read_assignment(Origin::sweep, path, text, fmt::format("sweep: {}={}", path, text),
                             std::filesystem::path(file_name).parent_path());
  }
  for (const auto& assignment : overrides) resolver.read_override(assignment);
  return resolver.finish();
}

}  // namespace laconic::config
