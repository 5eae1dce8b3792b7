#include "apps/laconic/run/options.hpp"

#include "framework/config/field.hpp"

namespace laconic {

void RunOptions::describe(config::Fields& f) {
  f.path("dir", dir, "run folder; empty = runs/<name>")
      .also_called({"output", "out", "workdir", "default_root_dir"});
  f.choice("if_exists", if_exists,
           {{"fail", IfExists::fail}, {"resume", IfExists::resume}, {"new", IfExists::another}},
           "what to do when the run folder is there already");
  f.integer("max_steps", max_steps,
            {.min = 0,
             .help = "the run is complete after this many steps; 0 = no limit",
             .unit = "steps"})
      .also_called({"steps", "iterations", "max_iter", "num_iterations", "num_steps"});
  f.real(
      "stop_margin", stop_margin,
      {.min = 0,
       .help = "a Slurm job stops with a checkpoint this long before its end, in addition to the "
               "time that a step and a checkpoint take",
       .unit = "s"});
}

void MonitorOptions::describe(config::Fields& f) {
  f.integer(
       "evaluate_every", evaluate_every,
       {.min = 0, .help = "how often scores are computed; 0 = only at the end", .unit = "epochs"})
      .also_called({"eval_every", "eval_interval", "val_every"})
      .changes_no_numbers();
  f.integer("patience", patience,
            {.min = 0, .help = "stop after this many evaluations without improvement; 0 = never"})
      .also_called({"early_stopping", "early_stop", "early_stopping_patience"})
      .changes_no_numbers();
  f.text(
      "monitor", monitor,
      "the score that decides what is best: a name such as val/loss, where val/ may be left out; "
      "auto = the method's own choice (networks: accuracy, or micro_f1 with several labels)");
}

void CheckpointOptions::describe(config::Fields& f) {
  f.real(
      "mtbf", mtbf,
      {.min = 0,
       .help = "mean time between failures of the whole job; together with the time that writing "
               "takes, it decides how often state is saved (Young, Daly); 0 = never by the clock",
       .unit = "h"});
  f.integer("every_epochs", every_epochs,
            {.min = 0, .help = "checkpoints in addition; 0 = off", .unit = "epochs"});
  f.integer("every_steps", every_steps,
            {.min = 0, .help = "checkpoints in addition; 0 = off", .unit = "steps"});
  f.integer("keep", keep, {.min = 1, .help = "how many of the newest checkpoints are kept"});
}

void ComputeOptions::describe(config::Fields& f) {
  f.integer("threads", threads,
            {.min = 0,
             .max = 1024,
             .help = "compute threads per rank; 0 = cores divided by ranks, at most "
                     "OMP_NUM_THREADS and SLURM_CPUS_PER_TASK"})
      .also_called({"num_workers", "workers", "cpus"});
  f.choice("isa", isa,
           {{"auto", IsaChoice::best},
            {"generic", IsaChoice::generic},
            {"avx2", IsaChoice::avx2},
            {"avx512", IsaChoice::avx512}},
           "instruction set of the kernels, oneDNN's too; auto = the best here");
  f.choice("implementation", implementation,
           {{"auto", Implementation::fastest}, {"ref", Implementation::ref}},
           "auto = the first kernel that fits; ref = the slow and obvious one");
}

void ObserveOptions::describe(config::Fields& f) {
  f.choice("progress", progress,
           {{"log", ProgressMode::log}, {"live", ProgressMode::live}, {"off", ProgressMode::off}},
           "log = a line per interval, live = one line that is rewritten, off = none");
  f.real("interval", interval, {.min = 0, .help = "time between two lines", .unit = "s"});
  f.flag("tensorboard", tensorboard, "write TensorBoard event files");
  f.integer(
      "trace_first", trace_first,
      {.min = 0, .max = config::most_steps, .help = "first step in trace.json", .unit = "steps"});
  f.integer("trace_steps", trace_steps,
            {.min = 0,
             .max = config::most_steps,
             .help = "number of steps in trace.json; 0 = no trace",
             .unit = "steps"});
  f.integers("trace_ranks", trace_ranks, {.min = 0, .help = "ranks in trace.json; [] = all"});
}

}  // namespace laconic
