// An option struct with every type of field, conditions on keys and on a group: what the tests of
// this folder resolve.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "framework/config/resolve.hpp"

namespace laconic::config {

struct SampleOptimizer {
  std::string kind = "adam";
  double lr = 0.01;
  double momentum = 0.9;
  std::vector<double> betas = {0.9, 0.999};
  void describe(Fields& f) {
    f.choice("kind", kind, {"sgd", "adam", "adamw"}, "update rule");
    f.real("lr", lr, {.min = 0, .max = 10, .exclusive_min = true, .help = "learning rate"});
    f.real("momentum", momentum, {.min = 0, .max = 1, .exclusive_max = true, .help = "heavy ball"})
        .only_when("kind", {"sgd"});
    f.reals("betas", betas, {.min = 0, .max = 1, .help = "decay of the moments"})
        .only_when("kind", {"adam", "adamw"});
  }
};

struct SampleTopk {
  double density = 0.01;
  int64_t period = 32;
  void describe(Fields& f) {
    f.real("density", density, {.min = 0, .max = 1, .exclusive_min = true, .help = "share kept"});
    f.integer("period", period, {.min = 1, .help = "between exact thresholds", .unit = "steps"});
  }
};

struct SampleComm {
  std::string allreduce = "dense";
  double timeout = 600;
  SampleTopk oktopk;
  void describe(Fields& f) {
    f.choice("allreduce", allreduce, {"dense", "oktopk"}, "algorithm");
    f.real("timeout", timeout, {.min = 0, .exclusive_min = true, .help = "patience", .unit = "s"});
    f.group("oktopk", oktopk, "sparse allreduce").only_when("allreduce", {"oktopk"});
  }
};

struct SampleModel {
  std::vector<int64_t> hidden = {128, 128};
  int64_t layers = 3;
  double dropout = 0;
  bool residual = false;
  void describe(Fields& f) {
    f.integers("hidden", hidden, {.min = 1, .max = 65536, .help = "units a layer", .unit = ""});
    f.integer("layers", layers, {.min = 1, .max = 64, .help = "depth"});
    f.real("dropout", dropout,
           {.min = 0, .max = 1, .exclusive_max = true, .help = "share dropped"});
    f.flag("residual", residual, "add the input");
  }
};

struct SampleData {
  std::string file;
  std::vector<std::string> classes;
  void describe(Fields& f) {
    f.path("file", file, "the data set");
    f.texts("classes", classes, "their names");
  }
};

struct SampleOptions {
  std::string name = "run";
  int64_t seed = 1;
  double shift = 0;
  SampleModel model;
  SampleOptimizer optimizer;
  SampleComm comm;
  SampleData data;
  void describe(Fields& f) {
    f.text("name", name, "of the run");
    f.integer("seed", seed, {.help = "of all randomness"});
    f.real("shift", shift, {.help = "any number"});
    f.group("model", model, "the network");
    f.group("optimizer", optimizer, "the update");
    f.group("comm", comm, "the exchange");
    f.group("data", data, "the data set");
  }
};

// The problems of a text that must have some.
inline std::vector<Problem> problems_of(const std::string& yaml,
                                        const std::vector<std::string>& overrides = {},
                                        const SweepRow& row = {}) {
  try {
    SampleOptions options;
    resolve(options, yaml, "test.yaml", overrides, row);
  } catch (const ConfigError& error) {
    return error.problems();
  }
  return {};
}

// The only problem's text; the number of problems when it is not one.
inline std::string problem_of(const std::string& yaml,
                              const std::vector<std::string>& overrides = {},
                              const SweepRow& row = {}) {
  const auto problems = problems_of(yaml, overrides, row);
  return problems.size() == 1 ? problems[0].text() : std::to_string(problems.size()) + " problems";
}

inline Resolved resolve_sample(const std::string& yaml,
                               const std::vector<std::string>& overrides = {},
                               const SweepRow& row = {}) {
  SampleOptions options;
  return resolve(options, yaml, "test.yaml", overrides, row);
}

}  // namespace laconic::config
