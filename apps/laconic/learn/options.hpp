// The keys that all methods for networks share: one struct per group of the configuration.
#pragma once

#include <span>
#include <string>

#include "apps/laconic/run/method.hpp"
#include "data/graph/partition.hpp"
#include "data/source.hpp"
#include "framework/config/options.hpp"
#include "framework/optim/optimizer.hpp"
#include "framework/optim/schedule.hpp"
#include "models/model.hpp"

namespace laconic {

// The form of the features of a graph in memory.
enum class FeatureForm { automatic, dense, sparse, bits };
const char* name(FeatureForm form);

struct DataOptions : config::Options {
  data::SourceOptions source;
  bool standardise = false;

  // For graphs only:
  std::string cache_dir;
  FeatureForm features = FeatureForm::automatic;
  bool normalise_rows = false;
  bool edge_weights = true;
  bool inductive = false;
  data::PartitionOptions partition;
  int64_t clusters_per_batch = 5;
  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
};

struct OptimizerOptions : config::Options {
  optim::OptimizerOptions optimizer;
  void describe(config::Fields& f) override { optimizer.describe(f); }
};

struct ScheduleOptions : config::Options {
  optim::ScheduleOptions schedule;
  void describe(config::Fields& f) override { schedule.describe(f); }
};

struct TrainOptions : config::Options {
  int64_t epochs = 20;
  int64_t batch = 64;
  int64_t accumulate = 1;
  int64_t skip_nonfinite = 0;
  int64_t recalibrate = 0;
  std::vector<std::string> class_weights = {"none"};
  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
};

// Returns all of these sections, for a method's list.
std::span<const Section> network_sections();
// Returns those of a method that sums no gradients.
std::span<const Section> sections_without_sum();

// Checks several sections together, for every method that trains a network on data.
void check_network(const Config& config, const config::Checks& checks);

}  // namespace laconic
