// A sweep is a YAML file: a base configuration and the settings in which its trials differ
// (docs/sweeps.md). Trials are the product of three parts, in the order of the file; the last part
// varies fastest. A part may be missing.
//
//   grid:    every combination of the values of each key; the last key varies fastest
//   list:    rows as written
//   random:  drawn rows; each value is a function of (seed, key, number of the row), so the rows
//            are the same for every combination of the other parts, and in every version
//
// The file is read as strictly as a configuration: all mistakes are reported at once, with
// positions.
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

// One key of one trial: its value as YAML text, and its position in the file.
struct Setting {
  std::string path;
  std::string text;
  config::Position at;
};
using Row = std::vector<Setting>;

struct SweepFile {
  std::string file;  // its name in messages
  SweepOptions options;
  std::vector<Row> rows;  // one per trial
};

inline constexpr int64_t max_trials = 10'000;

// Reads and checks a sweep; ConfigError names every mistake. SweepFolder::plan() checks
// the settings against the base configuration (sweep_folder.hpp).
SweepFile read_sweep(const std::string& text, const std::string& file);

}  // namespace laconic::sweep
