// summary: the end of a run in a few lines, beside what it must be compared with.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/laconic/options.hpp"
#include "apps/laconic/train/run_table.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "data/graph/source.hpp"
#include "data/images/source.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic {
namespace {

nlohmann::json read_result(const std::string& run) {
  const std::string path = run + "/result.json";
  if (!real_files().exists(path))
    fail(ExitCode::data, "{}: no result; the run has not finished", path);
  return nlohmann::json::parse(real_files().read(path));
}

// The labels of a data set, one a row; none where rows have several.
struct RowLabels {
  explicit RowLabels(const data::SourceOptions& source) {
    if (data::holds_images(source)) {
      data::Images images = data::load_images(source);
      classes = images.classes;
      labels = std::move(images.labels);
      split = std::move(images.split);
      return;
    }
    data::Graph graph = data::load_graph(source);
    single = !graph.labels.is_multi_label();
    classes = graph.labels.classes;
    labels = std::move(graph.labels.single);
    split = std::move(graph.split);
  }

  bool single = true;
  int32_t classes = 0;
  std::vector<int32_t> labels;
  data::Split split;
};

// The test accuracy of always answering the commonest class of the training rows. Rows of a split
// may have no label (-1); they count nowhere.
double majority(const RowLabels& data) {
  std::vector<int64_t> counts(data.classes);
  for (const int32_t v : data.split.train)
    if (data.labels[v] >= 0) ++counts[data.labels[v]];
  const auto common =
      static_cast<int32_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  int64_t right = 0, labelled = 0;
  for (const int32_t v : data.split.test) {
    right += data.labels[v] == common;
    labelled += data.labels[v] >= 0;
  }
  return labelled == 0 ? 0 : static_cast<double>(right) / static_cast<double>(labelled);
}

int summarise(const std::string& run, const std::vector<std::string>& others) {
  const nlohmann::json result = read_result(run);
  const RowLabels data(load_config(run + "/config.yaml", {}).options.data.source);
  const char* score = data.single ? "accuracy" : "micro_f1";
  const auto percent = [&](const nlohmann::json& r) {
    return 100 * r.at("metrics").at("test").at(score).get<double>();
  };
  std::printf("test %s %27.1f %%  (%s)\n", score, percent(result), run.c_str());
  for (const std::string& other : others) {
    const size_t equals = other.find('=');
    if (equals == std::string::npos)
      fail(ExitCode::usage, "--against: {}: must be NAME=RUN", other);
    std::printf("  %-34s %.1f %%\n", other.substr(0, equals).c_str(),
                percent(read_result(other.substr(equals + 1))));
  }
  if (data.single)
    std::printf("  %-34s %.1f %%\n", "always the commonest class", 100 * majority(data));
  const nlohmann::json& comm = result.at("comm");
  std::printf(
      "on the wire                          %.1f MB sent by each of %d ranks in %d rounds\n",
      comm.at("bytes_sent").at("max").get<double>() * 1e-6, result.at("ranks").get<int>(),
      static_cast<int>(comm.at("rounds").at("max").get<double>()));
  std::printf("time                                 %.1f s\n",
              result.at("time_s").at("total").get<double>());
  std::printf("run folder                           %s\n", run.c_str());
  std::printf("%s", run_table(result).c_str());
  return 0;
}

}  // namespace

void add_summary(const Command& command, Action& action) {
  auto run = std::make_shared<std::string>();
  auto others = std::make_shared<std::vector<std::string>>();
  command.option("run", *run, "run folder").required();
  command.option("--against", *others, "NAME=RUN, a baseline");
  command.when_given([=, &action] { action = [=] { return summarise(*run, *others); }; });
}

}  // namespace laconic
