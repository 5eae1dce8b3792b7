// man: prints the manual page, which is made from the verbs and the schema.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "apps/laconic/run/config.hpp"
#include "apps/laconic/verbs/command_tree.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "apps/laconic/version.hpp"
#include "framework/base/exit_code.hpp"
#include "framework/config/rows.hpp"

namespace laconic {
namespace {

// Returns a text of roff: its escape character, quotes and hyphens stand for themselves, and no
// line begins with a request.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' && (out.empty() || out.back() == '\n')) continue;
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out += std::string("\\&") + c;
    else if (c == '"')
      out += "\\(dq";
    else
      out += c;
  }
  return out;
}

std::string entry(const std::string& term, const std::string& text) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(term), text.empty() ? "\\&" : roff(text));
}

std::string command_page(const CommandText& command, const std::string& path) {
  std::string usage = "laconic " + path;
  for (const OptionText& option : command.options)
    if (!option.position.empty()) usage += " " + option.position;
  std::string page = fmt::format(".SS {}\n{}.\n", roff(usage), roff(command.help));
  for (const OptionText& option : command.options) {
    if (std::ranges::count(option.names, "--help") > 0) continue;  // every verb has it
    const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
    page += entry(names + option.position + (option.value.empty() || names.empty() ? "" : " ") +
                      (names.empty() ? "" : option.value),
                  option.help);
  }
  for (const CommandText& below : command.commands)
    page += command_page(below, fmt::format("{} {}", path, below.name));
  return page;
}

std::string keys_page() {
  Config config;
  config::Fields fields;
  config.describe(fields);
  const config::Keys keys(fields);
  std::string page;
  for (const config::Key* key : keys.all()) {
    if (key->is_group()) {
      page += entry(key->path, help_of(*key));
      continue;
    }
    for (const config::Row& row : config::rows(*key)) {
      std::string help = whole_help(*row.field);
      if (!row.field->unit.empty()) help += fmt::format(" [{}]", row.field->unit);
      if (const std::string when = used_when_text(row); !when.empty())
        help += fmt::format(" (used when {})", when);
      page += entry(key->path, help);
    }
  }
  return page;
}

std::string manual() {
  std::string page = fmt::format(
      ".TH LACONIC 1 \"\" \"laconic {}\" \"User Commands\"\n.SH NAME\n"
      "laconic \\- train where the network is what you wait for\n.SH SYNOPSIS\n"
      ".B laconic\n.I verb\n[\\fIargument\\fR ...]\n.br\n"
      ".B mpirun \\-n\n.I ranks\n.B laconic train\n.I config.yaml\n[\\fIgroup.key=value\\fR ...]\n"
      ".SH DESCRIPTION\n"
      "laconic trains what a configuration in YAML describes, on one or many ranks. It counts the\n"
      "bytes that it sends, and it continues an interrupted run bit for bit.\n.SH VERBS\n"
      "Each verb has \\fB\\-\\-help\\fR.\n",
      version::number);
  for (const CommandText& command : command_tree()) page += command_page(command, command.name);
  page +=
      ".SH CONFIGURATION\nEach key can stand in the file, or as \\fIgroup.key=value\\fR "
      "behind it.\n" +
      keys_page() + ".SH EXIT STATUS\n";
  for (const ExitCode code : exit_codes)
    page += entry(std::to_string(static_cast<int>(code)), exit_code_name(code));
  return page + ".SH SEE ALSO\n.BR mpirun (1)\n";
}

}  // namespace

void add_man(const Command& command, Action& action) {
  command.when_given([&action] {
    action = [] {
      std::fputs(manual().c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace laconic
