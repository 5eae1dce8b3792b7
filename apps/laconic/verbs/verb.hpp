// The verbs of the command line: one file each, one list. A verb adds its own options to its
// sub-command and leaves an action behind that returns the exit code; errors leave it as
// exceptions.
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
  bool polls_signals = false;  // else a polite request to stop ends it at once
};
std::span<const Verb> verbs();

void add_train(const Command&, Action&);
void add_resume(const Command&, Action&);
void add_eval(const Command&, Action&);
void add_predict(const Command&, Action&);
void add_validate(const Command&, Action&);
void add_plan(const Command&, Action&);
void add_schema(const Command&, Action&);
void add_data(const Command&, Action&);
void add_inspect(const Command&, Action&);
void add_verify(const Command&, Action&);
void add_selftest(const Command&, Action&);
void add_bench(const Command&, Action&);
void add_summary(const Command&, Action&);
void add_sweep(const Command&, Action&);
void add_doctor(const Command&, Action&);
void add_report(const Command&, Action&);
void add_version(const Command&, Action&);

// FILE.yaml and the overrides behind it, shared by the verbs that read a configuration.
struct ConfigArguments {
  std::string file;
  std::vector<std::string> overrides;
  void add_to(const Command& command);
};

}  // namespace laconic
