#include "comm/gradient/options.hpp"

#include "comm/exchange/list.hpp"

namespace laconic::comm {

void DensityOptions::describe(config::Fields& f) {
  f.real("density", density,
         {.min = 0,
          .max = 1,
          .exclusive_min = true,
          .help = "share of the gradient that each rank selects, and that is kept of the sum"});
  f.flag("auto_dense", auto_dense,
         "use the dense sum unless the sparse one is predicted to take at least 20 % less time");
  f.integer("dense_steps", dense_steps,
            {.min = 0,
             .max = config::most_steps,
             .help = "number of steps at the start that use the dense sum",
             .unit = "steps"});
  f.integer("density_warmup_steps", warmup_steps,
            {.min = DensityOptions::automatic_steps,
             .max = config::most_steps,
             .help = "number of steps after dense_steps in which the density falls geometrically "
                     "from warmup_density to density; -1: until 40 % of the run's steps; 0: the "
                     "density is the same from the start",
             .unit = "steps"});
  f.real("warmup_density", warmup_density,
         {.min = 0,
          .max = 1,
          .help = "density at the start of density_warmup_steps; 0: so that each element of the "
                  "gradient can be sent 1.6 times in the run, on average; that is density itself "
                  "in a long run"});
}

void FeedbackOptions::describe(config::Fields& f) {
  f.choice("residual_lr", residual_lr,
           {{"auto", ResidualLr::automatic},
            {"inside", ResidualLr::inside},
            {"outside", ResidualLr::outside}},
           "inside: gradients are multiplied by the learning rate before they are accumulated; "
           "outside: after; auto: inside for sgd, else outside");
  f.flag("lr_correction", lr_correction,
         "with residual_lr outside: scale the residual when the learning rate changes");
  f.flag("momentum_correction", momentum_correction,
         "with sgd: apply momentum before the exchange, and clear it where elements are delivered");
  f.flag("error_feedback", error_feedback,
         "keep what was not delivered for the next step; switch it off only for comparison");
}

void GradientOptions::describe(config::Fields& f) {
  f.real("bucket_mb", bucket_mb,
         {.min = 0,
          .help = "largest size of a bucket of gradients; 0: the whole gradient is one bucket",
          .unit = "MB"});
  const size_t first = f.list().size();
  density.describe(f);
  feedback.describe(f);
  f.integer("xi_every", xi_every,
            {.min = 0,
             .help = "steps between two measurements of xi, the distance from the selection of the "
                     "whole sum; each costs two dense sums; 0: never",
             .unit = "steps"});
  for (size_t i = first; i < f.list().size(); ++i)
    f.list()[i].only_when("allreduce", sparse_allreduce_names());
}

}  // namespace laconic::comm
