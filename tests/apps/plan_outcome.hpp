// What `laconic plan` says to a configuration, as main() would see it, and nothing of what it
// prints.
#pragma once

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"

namespace laconic::test {

// While it lives, standard output leads nowhere and nothing is logged.
class Silence {
 public:
  Silence() : level_(spdlog::get_level()) {
    std::fflush(stdout);
    saved_ = dup(STDOUT_FILENO);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    close(nowhere);
    spdlog::set_level(spdlog::level::off);
  }
  ~Silence() {
    std::fflush(stdout);
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
    spdlog::set_level(level_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  spdlog::level::level_enum level_;
  int saved_ = -1;
};

struct PlanOutcome {
  ExitCode code = ExitCode::success;
  std::string message;
};

// Only an Error is an explanation: every other exception leaves this function.
inline PlanOutcome plan_outcome(const std::string& file,
                                const std::vector<std::string>& overrides) {
  const Silence silence;
  CLI::App app("test");
  Action action;
  const auto is_plan = [](const Verb& verb) { return std::string(verb.name) == "plan"; };
  std::ranges::find_if(verbs(), is_plan)->add(Command(*app.add_subcommand("plan", "")), action);
  std::vector<std::string> words(overrides.rbegin(),
                                 overrides.rend());  // CLI11 takes the last first
  words.push_back(file);
  words.emplace_back("plan");
  app.parse(words);
  try {
    return {static_cast<ExitCode>(action()), ""};
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
}

}  // namespace laconic::test
