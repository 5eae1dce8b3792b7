#include "apps/laconic/learn/graph_features.hpp"

#include "framework/base/error.hpp"

namespace laconic {
namespace {

// The density above which a dense product, or one of bits, is faster than a sparse one.
constexpr double sparse_below = 0.1;

// Returns the form with the fastest product, among the forms that the model supports.
FeatureForm choose_form(const Config& config, const data::Features& features) {
  const FeatureForm wanted = config.get<DataOptions>().features;
  if (wanted != FeatureForm::automatic) return wanted;
  if (!models::needs(config.get<models::ModelOptions>()).may_be_sparse) return FeatureForm::dense;
  if (features.is_sparse() && features.density() < sparse_below) return FeatureForm::sparse;
  return features.is_zero_one() ? FeatureForm::bits : FeatureForm::dense;
}

void bring_into_form(data::Features& features, FeatureForm form) {
  if (form == FeatureForm::bits && !features.is_zero_one())
    fail(ExitCode::data, "data.features: bits: there are features other than 0 and 1");
  features = form == FeatureForm::bits     ? data::to_bits(features)
             : form == FeatureForm::sparse ? data::to_sparse(features)
                                           : data::to_dense(features);
}

}  // namespace

GraphFeatures prepare_features(data::Graph& graph, const SparseView<float>& training,
                               const Config& config, const data::Standardisation* given) {
  const DataOptions& options = config.get<DataOptions>();
  const models::Aggregated aggregated =
      models::needs(config.get<models::ModelOptions>()).aggregated;
  GraphFeatures result;
  data::Features& features = graph.features;
  if (options.normalise_rows) data::normalise_rows(features);
  if (options.standardise) {
    if (features.is_sparse()) features = data::to_dense(features);
    if (given)
      data::standardise(features, *given);
    else
      result.standardisation = data::standardise(features, graph.split.train);
  }
  if (aggregated != models::Aggregated::none) {
    const auto how =
        aggregated == models::Aggregated::sum ? data::Aggregate::sum : data::Aggregate::mean;
    result.training_aggregated = data::aggregate_features(training, features, how);
    if (options.inductive)
      result.aggregated = data::aggregate_features(graph.edges(), features, how);
  }
  result.form = choose_form(config, features);
  bring_into_form(features, result.form);
  if (result.training_aggregated.rows == 0) return result;
  // Means and sums are seldom zeros and ones.
  FeatureForm form = choose_form(config, result.training_aggregated);
  if (form == FeatureForm::bits) form = FeatureForm::dense;
  bring_into_form(result.training_aggregated, form);
  bring_into_form(result.aggregated, form);
  return result;
}

}  // namespace laconic
