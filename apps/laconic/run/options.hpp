// The keys of every run, whatever its method: one struct per group of the configuration.
#pragma once

#include <string>
#include <vector>

#include "framework/config/options.hpp"
#include "framework/observe/progress.hpp"

namespace laconic {

// The action if the run folder exists already. `another`: use run.dir-2, run.dir-3, ...
enum class IfExists { fail, resume, another };

struct RunOptions : config::Options {
  std::string dir;  // load_config() fills it in where it is empty
  IfExists if_exists = IfExists::fail;
  int64_t max_steps = 0;
  double stop_margin = 60;  // seconds
  void describe(config::Fields& f) override;
};

struct MonitorOptions : config::Options {  // group train
  int64_t evaluate_every = 1;              // periods
  int64_t patience = 0;                    // evaluations
  std::string monitor = "auto";
  void describe(config::Fields& f) override;
};

struct CheckpointOptions : config::Options {
  double mtbf = 24;  // hours
  int64_t every_epochs = 0;
  int64_t every_steps = 0;
  int64_t keep = 2;
  void describe(config::Fields& f) override;
};

enum class IsaChoice { best, generic, avx2, avx512 };
// `ref`: the slow and obvious kernels.
enum class Implementation { fastest, ref };

struct ComputeOptions : config::Options {
  int64_t threads = 0;
  IsaChoice isa = IsaChoice::best;
  Implementation implementation = Implementation::fastest;
  void describe(config::Fields& f) override;
};

struct ObserveOptions : config::Options {
  ProgressMode progress = ProgressMode::log;
  double interval = 5;  // seconds
  bool tensorboard = true;
  int64_t trace_first = 0;
  int64_t trace_steps = 0;
  std::vector<int64_t> trace_ranks;
  void describe(config::Fields& f) override;
};

}  // namespace laconic
