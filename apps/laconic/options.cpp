#include "apps/laconic/options.hpp"

#include "apps/laconic/methods/method.hpp"
#include "comm/list.hpp"

namespace laconic {

void RunSection::describe(config::Fields& f) {
  f.path("dir", dir, "run folder; empty = runs/<name>");
  f.choice("if_exists", if_exists, {"fail", "resume", "new"},
           "what to do when the run folder is there already");
  f.integer(
      "max_steps", max_steps,
      {.min = 0, .help = "end after this many steps, complete; 0 = no limit", .unit = "steps"});
  f.real("stop_margin", stop_margin,
         {.min = 0,
          .help = "a Slurm job stops with a checkpoint so long before its end, beside what a step "
                  "and a checkpoint take",
          .unit = "s"});
}

void DataSection::describe(config::Fields& f) {
  const auto for_graphs = [](config::Field& field) {
    field.only_when("data.source.format", data::graph_format_names());
  };
  f.group("source", source, "where the data come from");
  for_graphs(
      f.path("cache_dir", cache_dir, "where partitions are kept between runs; empty = not kept"));
  for_graphs(f.choice("features", features, {"auto", "dense", "sparse", "bits"},
                      "how node features are held; auto = sparse when below 10 % full, else bits "
                      "when all are 0 or 1"));
  f.flag("standardise", standardise,
         "zero mean, unit variance: each feature, statistics of the training nodes (dense); or all "
         "pixels of the training images");
  for_graphs(f.flag("normalise_rows", normalise_rows, "divide each node's features by their sum"));
  for_graphs(f.flag("inductive", inductive,
                    "train without the edges and features of validation and test nodes"));
  for_graphs(
      f.integer("parts", partition.parts,
                {.min = 1, .max = 1 << 24, .help = "clusters the graph is cut into", .unit = ""}));
  for_graphs(
      f.choice("partitioner", partition.method, {"metis", "random", "contiguous"}, "who cuts"));
  for_graphs(f.integer("partition_seed", partition.seed,
                       {.min = 0, .help = "seed of the partitioner", .unit = ""}));
  for_graphs(f.flag("balance_edges", partition.balance_edges,
                    "balance edges instead of nodes between clusters"));
  for_graphs(
      f.integer("clusters_per_batch", clusters_per_batch,
                {.min = 1, .help = "clusters a batch (q); parts = the full graph", .unit = ""}));
}

void TrainSection::describe(config::Fields& f) {
  f.integer("epochs", epochs,
            {.min = 0,
             .max = 1 << 30,
             .help = "passes over the training nodes or images",
             .unit = "epochs"});
  f.integer("batch", batch, {.min = 1, .max = 1 << 20, .help = "images a batch", .unit = ""})
      .only_when("data.source.format", data::image_format_names());
  f.integer(
      "accumulate", accumulate,
      {.min = 1, .max = 1 << 20, .help = "batches a rank adds up before an update", .unit = ""});
  f.integer("evaluate_every", evaluate_every,
            {.min = 0, .help = "0 = only at the end", .unit = "epochs"});
  f.integer("patience", patience,
            {.min = 0,
             .help = "stop after this many evaluations without improvement; 0 = never",
             .unit = ""});
  f.choice(
      "monitor", monitor, {"auto", "loss", "accuracy", "micro_f1", "macro_f1", "roc_auc"},
      "validation score that decides what is best; auto = accuracy, micro_f1 with several labels");
  f.integer("skip_nonfinite", skip_nonfinite,
            {.min = 0,
             .help = "so many steps in a row whose loss or gradient is not finite are left out "
                     "before the run ends",
             .unit = "steps"});
}

void CheckpointSection::describe(config::Fields& f) {
  f.real(
      "mtbf", mtbf,
      {.min = 0,
       .help = "mean time between failures of the whole job; with the time that writing takes it "
               "decides how often state is saved (Young, Daly); 0 = never by the clock",
       .unit = "h"});
  f.integer("every_epochs", every_epochs,
            {.min = 0, .help = "in addition; 0 = off", .unit = "epochs"});
  f.integer("every_steps", every_steps,
            {.min = 0, .help = "in addition; 0 = off", .unit = "steps"});
  f.integer("keep", keep, {.min = 1, .help = "newest checkpoints kept", .unit = ""});
}

void ComputeSection::describe(config::Fields& f) {
  f.integer("threads", threads,
            {.min = 0,
             .max = 1024,
             .help = "compute threads a rank; 0 = cores divided by ranks",
             .unit = ""});
  f.choice("isa", isa, {"auto", "generic", "avx2", "avx512"},
           "instruction set of the kernels, oneDNN's too; auto = the best here");
  f.choice("implementation", implementation, {"auto", "ref"},
           "auto = the first that fits; ref = slow and obvious");
}

void ObserveSection::describe(config::Fields& f) {
  f.choice("progress", progress, {"log", "live", "off"},
           "a line an interval, one line that is rewritten, or none");
  f.real("interval", interval, {.min = 0, .help = "between two lines", .unit = "s"});
  f.flag("tensorboard", tensorboard, "write TensorBoard event files");
  f.integer(
      "trace_first", trace_first,
      {.min = 0, .max = comm::most_steps, .help = "first step in trace.json", .unit = "steps"});
  f.integer("trace_steps", trace_steps,
            {.min = 0,
             .max = comm::most_steps,
             .help = "steps in trace.json; 0 = no trace",
             .unit = "steps"});
  f.integers("trace_ranks", trace_ranks,
             {.min = 0, .help = "ranks in trace.json; [] = all", .unit = ""});
}

void Options::describe(config::Fields& f) {
  f.text("name", name, "names the run and its folder");
  f.integer("seed", seed, {.min = 0, .help = "all randomness is a function of it", .unit = ""});
  std::vector<std::string> method_names;
  for (const Method& m : methods()) method_names.emplace_back(m.name);
  f.choice("method", method, method_names, "how the problem is trained");
  f.group("run", run, "the run folder");
  f.group("data", data, "the data and how they are prepared");
  f.group("model", model, "the network");
  f.group("optimizer", optimizer, "the update");
  f.group("schedule", schedule, "the learning rate over time");
  f.group("train", train, "how long, and what is best");
  f.group("comm", comm, "numbers between ranks");
  f.group("checkpoint", checkpoint, "when state is saved");
  f.group("compute", compute, "this rank's processor");
  f.group("observe", observe, "what the run shows");
}

Config load_config(const std::string& file, const std::vector<std::string>& overrides,
                   const config::SweepRow& row) {
  Options options;
  const std::string text = config::load_text(file);
  config::Resolved resolved = config::resolve(options, text, file, overrides, row);
  std::vector<config::Problem> problems;
  const bool images = data::holds_images(options.data.source);
  if (!images && options.data.clusters_per_batch > options.data.partition.parts)
    problems.push_back(resolved.problem(
        "data.clusters_per_batch",
        fmt::format("value {}: more than data.parts ({})", options.data.clusters_per_batch,
                    options.data.partition.parts)));
  if (options.data.source.format == "hdf5" && options.data.source.file.empty())
    problems.push_back(
        resolved.problem("data.source.file", "required with data.source.format: hdf5"));
  const bool sgd = options.optimizer.kind == "sgd";
  if (comm::find_allreduce(options.comm.allreduce).is_sparse() && !sgd) {
    if (options.comm.residual_lr == "inside")
      problems.push_back(resolved.problem("comm.residual_lr",
                                          "inside needs optimizer.kind: sgd, whose update is "
                                          "linear in the gradient"));
    if (options.comm.momentum_correction)
      problems.push_back(resolved.problem("comm.momentum_correction", "needs optimizer.kind: sgd"));
  }
  if (options.comm.momentum_correction && sgd && options.optimizer.nesterov)
    problems.push_back(resolved.problem("comm.momentum_correction", "has no optimizer.nesterov"));
  if (options.data.source.format == "idx" && options.data.source.idx.folder.empty())
    problems.push_back(
        resolved.problem("data.source.idx.folder", "required with data.source.format: idx"));
  const std::string& form = options.data.features;
  if ((form == "sparse" || form == "bits") && !models::takes_sparse(options.model))
    problems.push_back(resolved.problem(
        "data.features",
        fmt::format("{} needs model.input_dropout: 0, and model.concat, model.precompute or no "
                    "model.bias",
                    form)));
  const models::ModelKind& model = models::find(options.model.kind);
  if (images ? model.uses_edges : model.needs_image)
    problems.push_back(resolved.problem(
        "model.kind", fmt::format("{} {}, but data.source.format: {} holds {}", model.name,
                                  images ? "needs the edges of a graph" : "looks at images",
                                  options.data.source.format, images ? "images" : "a graph")));
  if (options.name.empty() || options.name.find('/') != std::string::npos)
    problems.push_back(resolved.problem("name", "must be a plain name, not empty, without '/'"));
  if (!problems.empty()) throw config::ConfigError(problems);
  if (options.run.dir.empty()) options.run.dir = "runs/" + options.name;
  return {std::move(options), std::move(resolved)};
}

nlohmann::json numeric_config(const config::Resolved& resolved) {
  nlohmann::json all = resolved.to_json();
  for (const char* free : {"run", "observe", "checkpoint", "name"}) all.erase(free);
  if (all.contains("train"))
    for (const char* free : {"epochs", "patience", "evaluate_every"}) all["train"].erase(free);
  if (all.contains("data")) all["data"].erase("cache_dir");
  if (all.contains("comm"))
    for (const char* free : {"timeout", "overlap"}) all["comm"].erase(free);
  return all;
}

}  // namespace laconic
