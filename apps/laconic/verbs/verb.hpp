// The verbs of the command line. Each is one file, and all are in one list. A verb adds its options
// to its sub-command and sets an action, which returns the exit code or throws an error.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/laconic/verbs/command.hpp"

namespace laconic {

using Action = std::function<int()>;

struct Verb {
  const char* name;
  const char* help;
  void (*add)(const Command& command, Action& action);
  bool computes = false;       // with several threads
  bool polls_signals = false;  // false: a signal to stop ends it at once
};
std::span<const Verb> verbs();

void add_train(const Command&, Action&);
void add_resume(const Command&, Action&);
void add_eval(const Command&, Action&);
void add_predict(const Command&, Action&);
void add_export(const Command&, Action&);
void add_validate(const Command&, Action&);
void add_plan(const Command&, Action&);
void add_schema(const Command&, Action&);
void add_data(const Command&, Action&);
void add_inspect(const Command&, Action&);
void add_verify(const Command&, Action&);
void add_selftest(const Command&, Action&);
void add_bench(const Command&, Action&);
void add_compare(const Command&, Action&);
void add_summary(const Command&, Action&);
void add_sweep(const Command&, Action&);
void add_doctor(const Command&, Action&);
void add_report(const Command&, Action&);
void add_completion(const Command&, Action&);
void add_man(const Command&, Action&);
void add_version(const Command&, Action&);

// The arguments of verbs that read a configuration: FILE.yaml and the overrides after it.
struct ConfigArguments {
  std::string file;
  std::vector<std::string> overrides;
  void add_to(const Command& command);
};

}  // namespace laconic
