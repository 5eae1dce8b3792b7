// A sweep as a YAML file: a base configuration and the settings that its trials differ in
// (docs/sweeps.md). Trials are the product of three things, any of which may be missing, in the
// order of the file, the last fastest:
//
//   grid:    every combination of the values of each key, the last key fastest
//   list:    rows written out
//   random:  rows drawn, each key by a function of (seed, key, number of the row): the same rows
//            for every combination of the others, and for ever
//
// Read as strictly as a configuration: every mistake with its position, all at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/config/field.hpp"
#include "framework/config/reader.hpp"

namespace laconic::sweep {

struct SweepOptions {
  std::string name = "sweep";
  std::string base;
  std::string folder;
  std::string launch;
  int64_t jobs = 1;
  void describe(config::Fields& f);
};

struct RandomOptions {
  int64_t trials = 1;
  int64_t seed = 1;
  void describe(config::Fields& f);
};

// One key of one trial: its value as YAML text, and where the file says it.
struct Setting {
  std::string path;
  std::string text;
  config::Position at;
};
using Row = std::vector<Setting>;

struct SweepFile {
  std::string file;  // as it was named, for messages
  SweepOptions options;
  std::vector<Row> rows;  // one a trial
};

inline constexpr int64_t max_trials = 10'000;

// ConfigError. The values of settings are checked against the base configuration elsewhere
// (plan.hpp).
SweepFile read_sweep(const std::string& text, const std::string& file);

}  // namespace laconic::sweep
