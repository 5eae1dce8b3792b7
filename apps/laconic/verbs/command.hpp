// The interface between verbs and the command line library (CLI11): arguments bound to variables,
// sub-commands, and the action of a verb. The library takes seconds to compile, so only command.cpp,
// command_tree.cpp, mistyped.cpp and main.cpp include it.
// Ownership: these are handles; the CLI11 application owns the objects.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace laconic {

class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}
  Argument required() const;
  Argument show_default() const;
  Argument split_at(char delimiter) const;  // one word may contain several values
  Argument between(int lowest, int highest) const;
  Argument one_of(const std::vector<std::string>& allowed) const;

 private:
  CLI::Option* option_;
};

class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  // Adds an option: "name" by position; "--name" or "-n,--name" by name. T: int, int64_t, double,
  // std::string, or a vector of int64_t or of std::string.
  // Lifetime: `value` must live until the command line has been parsed.
  template <class T>
  Argument option(const std::string& name, T& value, const std::string& help) const;
  Argument flag(const std::string& name, bool& value, const std::string& help) const;
  Command subcommand(const std::string& name, const std::string& help) const;
  void require_subcommand() const;
  void when_given(std::function<void()> then) const;

 private:
  CLI::App* app_;
};

}  // namespace laconic
