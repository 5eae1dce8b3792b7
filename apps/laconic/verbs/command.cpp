#include "apps/laconic/verbs/command.hpp"

#include <CLI/CLI.hpp>

namespace laconic {

Argument Argument::required() const {
  option_->required();
  return *this;
}

Argument Argument::show_default() const {
  option_->capture_default_str();
  return *this;
}

Argument Argument::split_at(char delimiter) const {
  option_->delimiter(delimiter);
  return *this;
}

Argument Argument::between(int lowest, int highest) const {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Argument Argument::one_of(const std::vector<std::string>& allowed) const {
  option_->check(CLI::IsMember(allowed));
  return *this;
}

template <class T>
Argument Command::option(const std::string& name, T& value, const std::string& help) const {
  return Argument(app_->add_option(name, value, help));
}

template Argument Command::option(const std::string&, double&, const std::string&) const;
template Argument Command::option(const std::string&, int&, const std::string&) const;
template Argument Command::option(const std::string&, int64_t&, const std::string&) const;
template Argument Command::option(const std::string&, std::string&, const std::string&) const;
template Argument Command::option(const std::string&, std::vector<int64_t>&,
                                  const std::string&) const;
template Argument Command::option(const std::string&, std::vector<std::string>&,
                                  const std::string&) const;

Argument Command::flag(const std::string& name, bool& value, const std::string& help) const {
  return Argument(app_->add_flag(name, value, help));
}

Command Command::subcommand(const std::string& name, const std::string& help) const {
  return Command(*app_->add_subcommand(name, help));
}

void Command::require_subcommand() const {
  app_->require_subcommand(1);
}

void Command::when_given(std::function<void()> then) const {
  app_->callback(std::move(then));
}

}  // namespace laconic
