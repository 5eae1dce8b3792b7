// The top of the configuration: one struct a section of the YAML file, each describing its own
// keys.
#pragma once

#include <string>
#include <vector>

#include "comm/exchange.hpp"
#include "data/graph/partition.hpp"
#include "data/source.hpp"
#include "framework/config/reader.hpp"
#include "framework/config/resolve.hpp"
#include "framework/optim/optimizer.hpp"
#include "models/model.hpp"

namespace laconic {

struct RunSection {
  std::string dir;
  std::string if_exists = "fail";
  int64_t max_steps = 0;
  double stop_margin = 60;
  void describe(config::Fields& f);
};

struct DataSection {
  data::SourceOptions source;
  std::string cache_dir;
  std::string features = "auto";
  bool standardise = false;
  bool normalise_rows = false;
  bool inductive = false;
  data::PartitionOptions partition;
  int64_t clusters_per_batch = 5;
  void describe(config::Fields& f);
};

struct TrainSection {
  int64_t epochs = 20;
  int64_t batch = 64;
  int64_t accumulate = 1;
  int64_t evaluate_every = 1;
  int64_t patience = 0;
  std::string monitor = "auto";
  int64_t skip_nonfinite = 0;
  void describe(config::Fields& f);
};

struct CheckpointSection {
  double mtbf = 24;
  int64_t every_epochs = 0;
  int64_t every_steps = 0;
  int64_t keep = 2;
  void describe(config::Fields& f);
};

struct ComputeSection {
  int64_t threads = 0;
  std::string isa = "auto";
  std::string implementation = "auto";
  void describe(config::Fields& f);
};

struct ObserveSection {
  std::string progress = "log";
  double interval = 5;
  bool tensorboard = true;
  int64_t trace_first = 0;
  int64_t trace_steps = 0;
  std::vector<int64_t> trace_ranks;
  void describe(config::Fields& f);
};

struct Options {
  std::string name = "run";
  int64_t seed = 1;
  std::string method = "data_parallel";
  RunSection run;
  DataSection data;
  models::ModelOptions model;
  optim::OptimizerOptions optimizer;
  optim::ScheduleOptions schedule;
  TrainSection train;
  comm::ExchangeOptions comm;
  CheckpointSection checkpoint;
  ComputeSection compute;
  ObserveSection observe;
  void describe(config::Fields& f);
};

// A configuration as a verb uses it: the values, and who said each.
struct Config {
  Options options;
  config::Resolved resolved;
};

// Reads and checks `file` with overrides "key.path=value", over a row of a sweep. ConfigError with
// every mistake, those included that show only when keys are seen together.
Config load_config(const std::string& file, const std::vector<std::string>& overrides,
                   const config::SweepRow& row = {});

// The keys that change the numbers a run produces, as JSON: what a resumed run must share with its
// checkpoint.
nlohmann::json numeric_config(const config::Resolved& resolved);

}  // namespace laconic
