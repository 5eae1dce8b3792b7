#include "apps/laconic/sweep/sweep_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>

#include "apps/laconic/sweep/draws.hpp"
#include "framework/base/error.hpp"
#include "framework/base/suggest.hpp"
#include "framework/config/scalar.hpp"
#include "framework/config/value.hpp"

namespace laconic::sweep {
namespace {

using config::Node;
using config::Position;
using Kind = Node::Kind;

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  void read(const Node& root, SweepFile& sweep) {
    if (root.kind != Kind::map)
      return report(root.at, "", "a sweep consists of lines \"key: value\"; base is required");
    const auto is_of_sweep = [](const Node::Key& key) {
      return std::ranges::count(std::array{"base", "grid", "list", "random"}, key.name) > 0;
    };
    if (!root.keys.empty() && std::ranges::none_of(root.keys, is_of_sweep))
      return report(root.at, "",
                    fmt::format("is no sweep, perhaps the configuration of a run; type: laconic "
                                "train {}; a sweep needs the key base (docs/sweeps.md)",
                                file_));
    config::Fields fields;
    sweep.options.describe(fields);
    read_keys(root, fields, "",
              [&](const std::string& key, const Node& node) {
                if (key == "grid") return read_grid(node), true;
                if (key == "list") return read_list(node), true;
                if (key == "random") return read_random(node), true;
                return false;
              },
              {"grid", "list", "random"});
    if (sweep.options.base.empty() && problems_.empty())
      report(root.at, "base", "required: the configuration that every trial starts from");
    multiply(root.at, sweep.rows);
  }

  void finish() {
    if (!problems_.empty()) throw config::ConfigError(std::move(problems_));
  }

  void append(const std::vector<config::Problem>& problems) {
    problems_.insert(problems_.end(), problems.begin(), problems.end());
  }

 private:
  // Reads the keys of `map`: stores those of `fields`, passes others to `other`, reports unknown
  // ones.
  template <class Other>
  void read_keys(const Node& map, config::Fields& fields, const std::string& prefix, Other other,
                 std::vector<std::string> known) {
    for (const config::Field& field : fields.list()) known.push_back(field.name);
    for (size_t i = 0; i < map.items.size(); ++i) {
      const std::string& name = map.keys[i].name;
      const std::string path = prefix + name;
      const auto field = std::ranges::find(fields.list(), name, &config::Field::name);
      if (field != fields.list().end()) {
        const auto value = config::read_value(
            *field, *map.items[i],
            [&](Position at, const std::string& index, const std::string& message) {
              report(at.line > 0 ? at : map.keys[i].at, path + index, message);
            });
        if (value) config::store(*field, *value);
      } else if (!other(name, *map.items[i])) {
        report(map.keys[i].at, path,
               fmt::format("unknown key{}; allowed: {}",
                           did_you_mean(nearest_names(name, known, 2)), fmt::join(known, ", ")));
      }
    }
  }

  // Returns a value as YAML text on one line; nothing if a mistake was reported.
  std::optional<std::string> text_of(const Node& node, const std::string& path) {
    if (node.kind == Kind::scalar) return node.quoted ? config::print_text(node.text) : node.text;
    if (node.kind != Kind::list) {
      report(node.at, path,
             node.kind == Kind::map ? "must be a value: name single keys, with dots"
                                    : "must be a value");
      return std::nullopt;
    }
    std::string items;
    for (const config::NodePtr& item : node.items) {
      if (item->kind != Kind::scalar) {
        report(item->at, path, "must be a value or a list of values");
        return std::nullopt;
      }
      const bool plain = !item->quoted && item->text.find_first_of(",[]{}") == std::string::npos;
      items += fmt::format("{}{}", items.empty() ? "" : ", ",
                           plain ? item->text : config::print_text(item->text));
    }
    return fmt::format("[{}]", items);
  }

  // Returns false, after a report, if the key must not be set or another part sets it.
  bool claim(const config::Node::Key& key, const char* part) {
    if (key.name == "run.dir" || key.name == "run.if_exists" || key.name == "run") {
      report(key.at, key.name, "every trial has a run folder of its own, in the sweep's");
      return false;
    }
    const auto [found, is_new] = owners_.emplace(key.name, part);
    if (is_new || found->second == part) return true;
    report(key.at, key.name, fmt::format("is in {} already", found->second));
    return false;
  }

  bool expect(const Node& node, Kind kind, const std::string& path, const char* what) {
    if (node.kind == kind && !node.items.empty()) return true;
    report(node.at, path, fmt::format("must be {}", what));
    return false;
  }

  void read_grid(const Node& node) {
    if (!expect(node, Kind::map, "grid", "lines \"key: [value, value, ...]\"")) return;
    for (size_t i = 0; i < node.items.size(); ++i) {
      const std::string& path = node.keys[i].name;
      const Node& values = *node.items[i];
      if (!claim(node.keys[i], "grid") ||
          !expect(values, Kind::list, path, "a list of values: [value, value, ...]"))
        continue;
      std::vector<Row> axis;
      for (const config::NodePtr& value : values.items)
        if (const auto text = text_of(*value, path)) axis.push_back({{path, *text, value->at}});
      axes_.push_back(std::move(axis));
    }
  }

  void read_list(const Node& node) {
    if (!expect(node, Kind::list, "list", "a list of rows: - {key: value, ...}")) return;
    std::vector<Row> axis;
    for (const config::NodePtr& item : node.items) {
      if (item->kind != Kind::map) {
        report(item->at, "list", "must be a row: {key: value, ...}");
        continue;
      }
      Row row;
      for (size_t i = 0; i < item->items.size(); ++i)
        if (claim(item->keys[i], "list"))
          if (const auto text = text_of(*item->items[i], item->keys[i].name))
            row.push_back({item->keys[i].name, *text, item->items[i]->at});
      axis.push_back(std::move(row));
    }
    axes_.push_back(std::move(axis));
  }

  void read_random(const Node& node) {
    if (!expect(node, Kind::map, "random", "lines trials, seed and keys")) return;
    RandomOptions options;
    config::Fields fields;
    options.describe(fields);
    struct Key {
      config::Node::Key key;
      Draw draw;
    };
    std::vector<Key> keys;
    read_keys(node, fields, "random.",
              [&](const std::string& name, const Node& map) {
                if (name != "keys") return false;
                if (!expect(map, Kind::map, "random.keys", "lines \"key: {uniform: [low, high]}\""))
                  return true;
                for (size_t i = 0; i < map.items.size(); ++i)
                  if (claim(map.keys[i], "random"))
                    keys.push_back({map.keys[i], read_draw(*map.items[i], map.keys[i].name)});
                return true;
              },
              {"keys"});
    if (keys.empty()) report(node.at, "random.keys", "required: what is drawn");
    if (!problems_.empty() || options.trials > max_trials) return too_many(node.at, options.trials);
    std::vector<Row> axis(options.trials);
    for (int64_t row = 0; row < options.trials; ++row)
      for (const auto& [key, draw] : keys)
        axis[row].push_back({key.name, draw.value(options.seed, key.name, row), key.at});
    axes_.push_back(std::move(axis));
  }

  Draw read_draw(const Node& node, const std::string& path) {
    static const std::map<std::string, Draw::Kind> kinds = {
        {"uniform", Draw::Kind::uniform},
        {"log_uniform", Draw::Kind::log_uniform},
        {"integer", Draw::Kind::integer},
        {"choice", Draw::Kind::choice}};
    Draw draw;
    const auto refuse = [&](const Node& where, const char* message) {
      report(where.at, path, message);
      return draw;
    };
    if (node.kind != Kind::map || node.items.size() != 1 || !kinds.contains(node.keys[0].name))
      return refuse(node,
                    "must be one of {uniform: [low, high]}, {log_uniform: [low, high]}, "
                    "{integer: [lowest, highest]}, {choice: [value, ...]}");
    draw.kind = kinds.at(node.keys[0].name);
    const Node& values = *node.items[0];
    if (values.kind != Kind::list || values.items.empty()) return refuse(values, "must be a list");
    if (draw.kind == Draw::Kind::choice) {
      for (const config::NodePtr& value : values.items)
        if (auto text = text_of(*value, path)) draw.choices.push_back(std::move(*text));
      return draw;
    }
    if (values.items.size() != 2) return refuse(values, "must be [low, high]");
    if (draw.kind == Draw::Kind::integer) {
      const auto low = config::parse_integer(values.items[0]->text),
                 high = config::parse_integer(values.items[1]->text);
      if (!low.value || !high.value || *low.value >= *high.value)
        return refuse(values, "must be two whole numbers, the lower first");
      draw.lowest = *low.value;
      draw.highest = *high.value;
      return draw;
    }
    const auto low = config::parse_real(values.items[0]->text),
               high = config::parse_real(values.items[1]->text);
    if (!low.value || !high.value || *low.value >= *high.value)
      return refuse(values, "must be two numbers, the lower first");
    if (draw.kind == Draw::Kind::log_uniform && *low.value <= 0)
      return refuse(values, "must be two numbers above 0");
    draw.low = *low.value;
    draw.high = *high.value;
    return draw;
  }

  void too_many(Position at, int64_t trials) {
    if (trials > max_trials)
      report(at, "", fmt::format("{} trials or more; allowed: {}", trials, max_trials));
  }

  // Writes the product of all axes; the last one is the fastest.
  void multiply(Position at, std::vector<Row>& rows) {
    rows = {{}};
    for (const std::vector<Row>& axis : axes_) {
      const auto product = std::ssize(rows) * std::ssize(axis);
      if (product > max_trials) return too_many(at, product);
      std::vector<Row> next;
      for (const Row& row : rows)
        for (const Row& more : axis) {
          next.push_back(row);
          next.back().insert(next.back().end(), more.begin(), more.end());
        }
      rows = std::move(next);
    }
  }

  void report(Position at, const std::string& path, const std::string& message) {
    problems_.push_back({file_, at.line, at.col, path, message});
  }

  const std::string& file_;
  std::vector<config::Problem> problems_;
  std::map<std::string, std::string> owners_;  // key -> the part that sets it
  std::vector<std::vector<Row>> axes_;
};

}  // namespace

void SweepOptions::describe(config::Fields& f) {
  f.text("name", name, "names the sweep and its folder");
  f.path("base", base, "the configuration that every trial starts from");
  f.path("folder", folder, "sweep folder; empty = runs/<name>");
  f.text("launch", launch,
         "what stands before the executable on this machine, e.g. mpirun -n 2; {index} is the "
         "trial, {slot} its place among those that run now");
  f.integer("jobs", jobs, {.min = 1, .max = 1024, .help = "trials at a time on this machine"});
}

void RandomOptions::describe(config::Fields& f) {
  f.integer("trials", trials, {.min = 1, .help = "rows drawn"});
  f.integer("seed", seed, {.min = 0, .help = "all draws are a function of it"});
}

SweepFile read_sweep(const std::string& text, const std::string& file) {
  SweepFile sweep;
  sweep.file = file;
  Reader reader(file);
  const config::Document document = config::read_yaml(text, file);
  reader.append(document.problems);
  if (document.complete) reader.read(*document.root, sweep);
  reader.finish();
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  const auto absolute = [](const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal().string();
  };
  SweepOptions& options = sweep.options;
  options.base = absolute(folder / options.base);
  options.folder = absolute(options.folder.empty() ? std::filesystem::path("runs") / options.name
                                                   : folder / options.folder);
  return sweep;
}

}  // namespace laconic::sweep
