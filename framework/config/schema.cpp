#include "framework/config/schema.hpp"

#include "framework/base/error.hpp"
#include "framework/base/suggest.hpp"
#include "framework/config/rows.hpp"
#include "framework/config/value.hpp"

namespace laconic::config {

namespace {

// `text` inside of a Markdown table.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  return escaped;
}

void append_row(std::string& text, const Row& row, const std::string& type,
                const std::string& preset, const std::string& allowed, const std::string& help) {
  text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", row.field->name, type, preset,
                      cell(allowed), cell(row.field->unit), cell(used_when_text(row)), cell(help));
}

void append_table(std::string& text, const Key& group) {
  text +=
      "| key | type | default | allowed | unit | used when | |\n|---|---|---|---|---|---|---|\n";
  for (const Key& key : group.below) {
    const std::vector<Row> all = rows(key);
    if (key.is_group()) {
      append_row(text, all.size() == 1 ? all[0] : Row{all[0].field, {}}, "group", "", "",
                 help_of(key));
      continue;
    }
    for (const Row& row : all)
      append_row(text, row, type_name(row.field->type),
                 fmt::format("`{}`", cell(print_value(load(*row.field)))), allowed_text(*row.field),
                 whole_help(*row.field));
  }
}

void append_groups(std::string& text, const Key& above) {
  for (const Key& key : above.below) {
    if (!key.is_group()) continue;
    text += fmt::format("\n## {}\n\n", key.path);
    if (const std::string help = help_of(key); !help.empty()) text += help + "\n\n";
    if (const auto condition = group_condition(key); !condition.empty())
      text += fmt::format("Used when `{}`.\n\n", condition);
    append_table(text, key);
    append_groups(text, key);
  }
}

void append_help(std::string& text, const Key& key) {
  for (const Row& row : key.is_group() ? std::vector<Row>() : rows(key)) {
    const Field& field = *row.field;
    text += fmt::format("{}  ({}; default {}; {}{})\n", key.path, type_name(field.type),
                        print_value(load(field)), allowed_text(field),
                        field.unit.empty() ? "" : "; in " + field.unit);
    if (!field.help.empty()) text += "    " + field.help + "\n";
    for (const std::string& line : entries_of(field)) text += "    " + line + "\n";
    if (const auto when = used_when_text(row); !when.empty())
      text += "    used when " + when + "\n";
  }
  if (key.is_group()) {
    text += key.path + "\n";
    if (const auto help = help_of(key); !help.empty()) text += "    " + help + "\n";
    if (const auto when = group_condition(key); !when.empty())
      text += "    used when " + when + "\n";
  }
  for (const Key& member : key.below) append_help(text, member);
}

}  // namespace

std::string markdown(const Fields& fields, const std::string& title) {
  const Keys keys(fields);
  std::string text = fmt::format("# {}\n\n", title);
  append_table(text, keys.root());
  append_groups(text, keys.root());
  return text;
}

std::string help_text(const Fields& fields, const std::string& path) {
  const Keys keys(fields);
  std::string text;
  if (path.empty()) {
    for (const Key& key : keys.root().below) append_help(text, key);
  } else if (const Key* key = keys.find(path)) {
    append_help(text, *key);
  } else {
    std::vector<std::string> paths;
    for (const Key* each : keys.all()) paths.push_back(each->path);
    fail(ExitCode::usage, "there is no key '{}'{}", shown(path),
         did_you_mean(nearest_names(path, paths)));
  }
  return text;
}

}  // namespace laconic::config
