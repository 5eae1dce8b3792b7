#include <fmt/format.h>

#include "comm/exchange.hpp"
#include "comm/list.hpp"

namespace laconic::comm {

void ExchangeOptions::describe(config::Fields& f) {
  std::string help = "how gradients are summed over the ranks";
  std::vector<std::string> sparse_names;
  for (const AllreduceEntry& entry : allreduce_list()) {
    help += fmt::format("; {}: {}", entry.name, entry.help);
    if (entry.is_sparse()) sparse_names.emplace_back(entry.name);
  }
  f.choice("allreduce", allreduce, allreduce_names(), help);
  f.real("bucket_mb", bucket_mb,
         {.min = 0,
          .help = "gradients leave in buckets of at most this size; 0: all at once",
          .unit = "MB"});
  f.flag("overlap", overlap, "sum buckets while backward still runs");
  f.real("timeout", timeout,
         {.min = 0,
          .exclusive_min = true,
          .help = "a rank that waits longer for another ends the run",
          .unit = "s"});

  f.path("machine", machine,
         "JSON file of the three keys below, as measured; empty: the keys below");
  f.real("alpha_us", alpha_us,
         {.min = 0,
          .help = "what a message costs, however short; allreduce: dense chooses by it",
          .unit = "us"})
      .only_when("machine", {""});
  f.real("beta_ns_per_byte", beta_ns_per_byte,
         {.min = 0, .help = "what a byte of it costs; 0.8 is 10 Gbit/s", .unit = "ns"})
      .only_when("machine", {""});
  f.real("gamma_ns_per_element", gamma_ns_per_element,
         {.min = 0,
          .help = "what a sparse sum costs for each element, selected or not; auto_dense: by it",
          .unit = "ns"})
      .only_when("machine", {""});

  const auto for_sparse = [&](config::Field& field) { field.only_when("allreduce", sparse_names); };
  for_sparse(f.real("density", density,
                    {.min = 0,
                     .max = 1,
                     .exclusive_min = true,
                     .help = "share of the gradient that a rank selects and that is kept"}));
  for_sparse(f.choice("mode", sparse.mode, {"exact", "paper"},
                      "oktopk: exact selection every step, or thresholds kept as published"));
  for_sparse(f.choice("index_codec", sparse.index_codec, {"plain", "delta16", "rice"},
                      "how indices travel: 32 bits, 16-bit gaps, Golomb-Rice coded gaps"));
  for_sparse(f.choice("value_type", sparse.value_type, {"float32", "bfloat16"},
                      "how values travel; what rounding takes returns to the residual"));
  for_sparse(f.integer(
      "tau", sparse.tau,
      {.min = 1, .help = "oktopk: regions are cut at least this often", .unit = "steps"}));
  for_sparse(f.integer(
      "tau_prime", sparse.tau_prime,
      {.min = 1, .help = "oktopk, paper: thresholds are exact this often", .unit = "steps"}));
  for_sparse(f.flag("auto_dense", auto_dense,
                    "sum a bucket densely unless sparsely is predicted to take a fifth less"));
  for_sparse(f.integer(
      "dense_steps", dense_steps,
      {.min = 0, .max = most_steps, .help = "the first steps are dense", .unit = "steps"}));
  for_sparse(f.integer("density_warmup_steps", density_warmup_steps,
                       {.min = 0,
                        .max = most_steps,
                        .help = "then density falls geometrically from warmup_density",
                        .unit = "steps"}));
  for_sparse(f.real("warmup_density", warmup_density,
                    {.min = 0, .max = 1, .exclusive_min = true, .help = "where density starts"}));
  for_sparse(f.choice("residual_lr", residual_lr, {"auto", "inside", "outside"},
                      "whether the learning rate multiplies gradients before they are accumulated; "
                      "auto: inside for sgd"));
  for_sparse(f.flag("lr_correction", lr_correction,
                    "residual_lr outside: scale the residual when the learning rate changes"));
  for_sparse(f.flag("momentum_correction", momentum_correction,
                    "sgd: momentum before the exchange, cleared where delivered"));
  for_sparse(f.flag("error_feedback", error_feedback,
                    "keep what was not delivered for the next step; off only to see why it is on"));
  for_sparse(f.integer("xi_every", xi_every,
                       {.min = 0,
                        .help = "log xi, the distance from the selection of the whole sum, this "
                                "often, at the price of two dense sums; 0: never",
                        .unit = "steps"}));
}

}  // namespace laconic::comm
