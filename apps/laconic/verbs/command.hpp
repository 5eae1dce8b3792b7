// What a verb tells the command line library (CLI11): arguments bound to variables, sub-commands,
// and what happens when it was given. The library takes seconds to compile, so command.cpp and
// main.cpp see it and the verbs do not. Handles: the application owns what they stand for.
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
  Argument split_at(char delimiter) const;  // one word may hold several values
  Argument between(int lowest, int highest) const;
  Argument one_of(const std::vector<std::string>& allowed) const;

 private:
  CLI::Option* option_;
};

class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  // "name": by position; "--name" or "-n,--name": by name. T: int, int64_t, double, std::string or
  // a vector of int64_t or of std::string. `value` must live until the command line has been
  // parsed.
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
