#include "apps/laconic/learn/clients/problem.hpp"

#include <array>

#include "apps/laconic/learn/options.hpp"
#include "data/rows/libsvm.hpp"
#include "framework/base/hash.hpp"
#include "framework/config/checks.hpp"
#include "models/problems/logistic.hpp"
#include "models/problems/quadratic.hpp"

namespace laconic {
namespace {

ClientProblem make_quadratic(const config::Options& options, const data::ClientOptions& clients,
                             uint64_t seed) {
  return {models::quadratic(dynamic_cast<const models::QuadraticOptions&>(options), clients.count,
                            seed)};
}

struct LogisticOptions : config::Options {
  std::string file;
  double l2 = 1e-3, minimum = 0;
  void describe(config::Fields& f) override {
    f.path("file", file, "rows in libsvm's text format (.svm, .gz)");
    f.real("l2", l2, {.min = 0, .help = "weight of the regularisation, l2/2 |w|^2"});
    f.real(
        "minimum", minimum,
        {.min = 0, .help = "the least value of the objective, to report the gap; 0 = not known"});
  }
  void check(const config::Checks& checks) const override {
    if (file.empty()) checks.refuse("file", "is empty; allowed: a file in libsvm's format");
  }
};

template <class T>
uint64_t hash_of(const std::vector<T>& values, uint64_t seed) {
  return hash_array(std::as_bytes(std::span(values)), seed);
}

ClientProblem make_logistic(const config::Options& options, const data::ClientOptions& clients,
                            uint64_t seed) {
  const auto& logistic = dynamic_cast<const LogisticOptions&>(options);
  data::Rows rows = data::read_libsvm(logistic.file);
  ClientProblem problem;
  problem.federation.dimension = rows.dimension;
  const uint64_t hash =
      hash_of(rows.labels, hash_of(rows.values, hash_of(rows.columns, hash_of(rows.starts, 0))));
  problem.content["rows"] = fmt::format("{} rows, {:016x}", rows.labels.size(), hash);
  problem.federation.samples = data::split_among_clients(clients, rows.labels, seed);
  std::vector<int8_t> labels;
  for (const int32_t label : rows.labels) labels.push_back(label == 1 ? 1 : -1);
  models::LabelledRows labelled{.starts = std::move(rows.starts),
                                .columns = std::move(rows.columns),
                                .values = std::move(rows.values),
                                .labels = std::move(labels),
                                .dimension = rows.dimension};
  problem.federation.oracle = models::logistic(std::move(labelled), logistic.l2);
  if (logistic.minimum > 0) problem.federation.minimum = logistic.minimum;
  return problem;
}

}  // namespace

std::span<const ProblemKind> problem_kinds() {
  static const std::array all{
      ProblemKind{"network", "the network of model on the samples of data", nullptr, nullptr},
      ProblemKind{"quadratic", "a quadratic per client, with a closed form",
                  config::make<models::QuadraticOptions>, make_quadratic},
      ProblemKind{"logistic", "logistic regression on rows with two classes",
                  config::make<LogisticOptions>, make_logistic}};
  return all;
}

// Those of a network, but for what only its own methods use.
std::span<const Section> client_sections() {
  static const std::vector<Section> sections = [] {
    std::vector<Section> all{{"data", "", config::make<ClientsOptions>}};
    for (const Section& section : network_sections())
      if (const std::string_view group = section.group;
          group == "problem" || group == "data" || group == "model" || group == "train")
        all.push_back(section);
    return all;
  }();
  return sections;
}

}  // namespace laconic
