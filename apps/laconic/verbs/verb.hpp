// The verbs of the command line: one file each, one list. A verb adds its own options to its
// sub-command and leaves an action behind that returns the exit code; errors leave it as
// exceptions.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace laconic {

using Action = std::function<int()>;

struct Verb {
  const char* name;
  const char* help;
  void (*add)(CLI::App& command, Action& action);
};
std::span<const Verb> verbs();

void add_train(CLI::App&, Action&);
void add_resume(CLI::App&, Action&);
void add_eval(CLI::App&, Action&);
void add_predict(CLI::App&, Action&);
void add_validate(CLI::App&, Action&);
void add_plan(CLI::App&, Action&);
void add_schema(CLI::App&, Action&);
void add_data(CLI::App&, Action&);
void add_inspect(CLI::App&, Action&);
void add_verify(CLI::App&, Action&);
void add_selftest(CLI::App&, Action&);
void add_bench(CLI::App&, Action&);
void add_summary(CLI::App&, Action&);
void add_version(CLI::App&, Action&);

// FILE.yaml and the overrides behind it, shared by the verbs that read a configuration.
struct ConfigArguments {
  std::string file;
  std::vector<std::string> overrides;
  void add_to(CLI::App& command);
};

}  // namespace laconic
