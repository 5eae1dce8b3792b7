// A method solves a problem. It is one file under methods/ and one line of methods/list.cpp. Each
// executable has its own list.
#pragma once

#include <memory>
#include <span>

#include "apps/laconic/run/learner.hpp"
#include "framework/config/options.hpp"

namespace laconic {

// Keys of one group of the configuration that one struct describes. Several may share a group.
struct Section {
  const char* group;
  const char* help;
  config::MakeOptions make;
  bool changes_numbers = true;  // false: its keys leave results alone, so a resume may change them
  const char* problem = nullptr;  // the problem.kind that it belongs to; null: to all, or any
};

struct Method {
  const char* name;
  const char* help;
  config::MakeOptions make_options;   // its own keys, beside method.kind; null: there are none
  std::span<const Section> sections;  // that it reads beside those of every run
  // Reports mistakes between several sections; null: there is no such check.
  void (*check)(const Config& config, const config::Checks& checks);
  // Makes the learner, and loads and prepares its data. Collective; errors are agreed on.
  std::unique_ptr<Learner> (*make)(const Environment& environment);
  std::vector<std::string> also_called = {};  // its names elsewhere, for "did you mean"
};

// Makes a learner of type T; a Method::make.
template <class T>
std::unique_ptr<Learner> make_learner(const Environment& environment) {
  return std::make_unique<T>(environment);
}

std::span<const Method> methods();

}  // namespace laconic
