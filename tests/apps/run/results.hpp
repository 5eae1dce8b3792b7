// Two results as runs leave them: of a network by a version that names no figures, and of a method
// that trains no network.
#pragma once

#include <nlohmann/json.hpp>

namespace laconic::test {

inline nlohmann::json old_result() {
  return nlohmann::json::parse(R"({
    "status": "completed", "method": "data_parallel", "problem": "planted", "ranks": 2,
    "threads": 1, "isa": "avx512", "seed": 1, "steps": 40, "epochs": 10, "parameters": 5766,
    "metrics": {"best_step": 36,
      "val": {"loss": 0.61, "accuracy": 0.75, "micro_f1": 0.75, "macro_f1": 0.7},
      "test": {"loss": 0.66, "accuracy": 0.714, "micro_f1": 0.714, "macro_f1": 0.69},
      "last": {"val": {"accuracy": 0.74}, "test": {"accuracy": 0.72}}},
    "time_s": {"total": 10.0, "data": 0.5, "forward": 2.0, "backward": 3.0, "exchange": 2.0,
      "exchange_exposed": 1.0, "update": 0.5, "evaluate": 1.5, "checkpoint": 0.25},
    "time_over_ranks_s": {
      "forward": {"min": 2.0, "mean": 2.5, "max": 3.0, "max_rank": 1},
      "backward": {"min": 3.0, "mean": 3.0, "max": 3.0, "max_rank": 0},
      "exchange": {"min": 2.0, "mean": 2.0, "max": 2.0, "max_rank": 0},
      "exchange_exposed": {"min": 1.0, "mean": 1.0, "max": 1.0, "max_rank": 0}},
    "straggler": {"rank": 1, "excess_s": 0.5, "excess": 0.08},
    "shares": {"exchange_exposed": 0.1, "exchange_hidden": 0.5, "checkpoint": 0.025},
    "comm": {"bytes_sent": {"max": 3e6, "mean": 2e6}, "bytes_received": {"max": 3e6, "mean": 2e6},
      "messages": {"max": 80, "mean": 80}, "rounds": {"max": 40, "mean": 40},
      "dense_equivalent_bytes": {"max": 8e6, "mean": 8e6}, "counted": true},
    "memory_bytes": {"peak_host": 1e8, "parameters": 23064}, "config_hash": "00", "git": "f339baa",
    "host": "node1"})");
}

// Minimises an error: lower is better, no network, no test data, phases and a period of its own.
inline nlohmann::json other_result(double error = 0.000312) {
  nlohmann::json result = nlohmann::json::parse(R"({
    "status": "completed", "method": "toy", "problem": "quadratic", "ranks": 2, "seed": 1,
    "steps": 1000000, "epochs": 6, "period": "decade", "monitor": "error", "better": "lower",
    "figures": [{"name": "noise", "unit": "", "better": "neither"},
                {"name": "error", "unit": "m", "better": "lower"},
                {"name": "kept", "unit": "fraction", "better": "higher"}],
    "metrics": {"best_step": 100000, "error": 0, "kept": 0.5, "last": {"error": 0.0004}},
    "baselines": [{"name": "the mean of all samples", "figure": "error", "value": 0.25}],
    "phases": {"iterate": "work", "agree": "wait", "evaluate": "other", "exchange": "hidden"},
    "time_s": {"total": 4.0, "iterate": 3.0, "agree": 0.5, "evaluate": 0.25, "exchange": 0.0},
    "time_over_ranks_s": {
      "iterate": {"min": 3.0, "mean": 3.0, "max": 3.0, "max_rank": 0},
      "agree": {"min": 0.5, "mean": 0.5, "max": 0.5, "max_rank": 0}},
    "comm": {"bytes_sent": {"max": 0, "mean": 0}, "rounds": {"max": 0, "mean": 0}}})");
  result["metrics"]["error"] = error;
  return result;
}

}  // namespace laconic::test
