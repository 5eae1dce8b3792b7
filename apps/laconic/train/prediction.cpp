#include "apps/laconic/train/prediction.hpp"

#include <algorithm>

#include "comm/transports.hpp"
#include "data/graph/formats/hdf5_file.hpp"
#include "framework/base/error.hpp"
#include "framework/checkpoint/reader.hpp"

namespace laconic {

SavedNetwork::SavedNetwork(const std::string& run_folder, bool best)
    : config_(load_config(run_folder + "/config.yaml", {})),
      exchange_(std::make_unique<comm::Exchange>(comm::make_self(), config_.options.comm)) {
  const Context context = make_context(config_.options, 1);
  task_ = make_task(config_.options, context, *exchange_, Task::Use::evaluate);
  parameters_.resize(task_->network().parameter_count);
  int64_t best_step = -1;  // until the first evaluation there is no best: then the newest serve
  StateList progress;
  progress.add_value("run/best_step", best_step);
  read_named(real_files(), run_folder, progress);
  StateList wanted;
  wanted.add(best && best_step >= 0 ? "best/parameters" : "parameters", std::span(parameters_));
  const NamedLoad load = read_named(real_files(), run_folder, wanted);
  if (!load.missing.empty())
    fail(ExitCode::no_checkpoint, "{}: no tensor {} in its checkpoint", run_folder,
         load.missing[0]);
}

namespace {

class PredictionTable {
 public:
  explicit PredictionTable(const Task& task) : task_(task) {
    text_ = fmt::format("{},prediction,score\n", task.row_header());
  }

  void add(int64_t row, std::span<const float> logits) {
    const std::string name = task_.row_name(row);
    if (!task_.is_multi_label()) {
      const auto best = std::max_element(logits.begin(), logits.end());
      text_ +=
          fmt::format("{},{},{},{}\n", row, name, task_.class_name(best - logits.begin()), *best);
      return;
    }
    std::string labels;
    for (size_t c = 0; c < logits.size(); ++c)
      if (logits[c] > 0)
        labels += fmt::format("{}{}", labels.empty() ? "" : " ",
                              task_.class_name(static_cast<int64_t>(c)));
    text_ += fmt::format("{},{},{},\n", row, name, labels);
  }
  const std::string& text() const { return text_; }

 private:
  const Task& task_;
  std::string text_;
};

}  // namespace

void write_predictions(SavedNetwork& network, const std::string& path) {
  const bool csv = path.ends_with(".csv");
  if (!csv && !path.ends_with(".h5"))
    fail(ExitCode::usage, "--output: {}: must end in .csv or .h5", path);
  Task& task = network.task();
  PredictionTable table(task);
  const int64_t classes = task.outputs();
  std::vector<float> logits;
  task.evaluate(network.parameters(), [&](int64_t first, MatrixView<const float> chunk) {
    for (int64_t i = 0; i < chunk.rows; ++i) {
      const std::span<const float> row(chunk.row(i), classes);
      if (csv)
        table.add(first + i, row);
      else
        logits.insert(logits.end(), row.begin(), row.end());
    }
  });
  if (csv) return write_atomically(real_files(), path, table.text());
  data::Hdf5Writer file(path);
  file.write("logits", logits, task.rows(), classes);
  file.commit();
}

}  // namespace laconic
