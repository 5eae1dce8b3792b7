#include "apps/laconic/learn/prediction.hpp"

#include <algorithm>
#include <cmath>

#include "data/graph/formats/hdf5_file.hpp"
#include "framework/base/csv.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic {

namespace {

int32_t most_likely(std::span<const float> logits) {
  return static_cast<int32_t>(std::ranges::max_element(logits) - logits.begin());
}

// Returns the largest of the softmax of the logits.
double probability_of_best(std::span<const float> logits) {
  const double best = std::ranges::max(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - best);
  return 1 / sum;
}

class PredictionTable {
 public:
  explicit PredictionTable(const Classification& task) : task_(task) {
    text_ = fmt::format("{},name,split,label,prediction,probability\n", task.row_header());
  }

  void add(int64_t row, std::span<const float> logits) {
    text_ += fmt::format("{},{},{},", row, csv_field(task_.row_name(row)), task_.split_of(row));
    if (task_.is_multi_label()) return add_labels(row, logits);
    const int32_t label = task_.class_of(row);
    text_ +=
        fmt::format("{},{},{:.6g}\n", label < 0 ? "" : csv_field(task_.class_name(label)),
                    csv_field(task_.class_name(most_likely(logits))), probability_of_best(logits));
  }
  const std::string& text() const { return text_; }

 private:
  // A name within a field of several names.
  std::string inner_name(int64_t c) const { return csv_field(task_.class_name(c), ' '); }

  void add_labels(int64_t row, std::span<const float> logits) {
    std::string labels, predicted, probabilities;
    const auto append = [](std::string& list, const std::string& item) {
      list += (list.empty() ? "" : " ") + item;
    };
    for (const int32_t label : task_.labels_of(row)) append(labels, inner_name(label));
    for (size_t c = 0; c < logits.size(); ++c) {
      if (!(logits[c] > 0)) continue;
      append(predicted, inner_name(static_cast<int64_t>(c)));
      append(probabilities, fmt::format("{:.6g}", 1 / (1 + std::exp(-double{logits[c]}))));
    }
    text_ += fmt::format("{},{},{}\n", csv_field(labels), csv_field(predicted), probabilities);
  }

  const Classification& task_;
  std::string text_;
};

void write_hdf5(const Classification& task, const std::vector<float>& logits,
                const std::string& path) {
  const int64_t rows = task.rows(), classes = task.outputs();
  std::vector<int32_t> splits, labels, predictions;
  for (int64_t row = 0; row < rows; ++row) {
    const auto split = std::ranges::find(split_names, task.split_of(row));
    splits.push_back(split == std::end(split_names)
                         ? -1
                         : static_cast<int32_t>(split - std::begin(split_names)));
    if (task.is_multi_label()) continue;
    labels.push_back(task.class_of(row));
    predictions.push_back(most_likely(std::span(logits).subspan(row * classes, classes)));
  }
  data::Hdf5Writer file(path);
  file.write("logits", logits, rows, classes);
  file.write("split", splits);
  if (!task.is_multi_label()) {
    file.write("label", labels);
    file.write("prediction", predictions);
  }
  file.commit();
}

}  // namespace

void write_predictions(Classification& task, const graph::Point<float>& point,
                       const std::string& path) {
  const bool csv = path.ends_with(".csv");
  if (!csv && !path.ends_with(".h5"))
    fail(ExitCode::usage, "--output: {}: must end in .csv or .h5", path);
  PredictionTable table(task);
  const int64_t classes = task.outputs();
  std::vector<float> logits;
  task.score(point, [&](int64_t first, MatrixView<const float> chunk) {
    for (int64_t i = 0; i < chunk.rows; ++i) {
      const std::span<const float> row(chunk.row(i), classes);
      if (csv)
        table.add(first + i, row);
      else
        logits.insert(logits.end(), row.begin(), row.end());
    }
  });
  if (csv) return write_atomically(real_files(), path, table.text());
  write_hdf5(task, logits, path);
}

}  // namespace laconic
