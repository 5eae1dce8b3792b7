#include "framework/graph/subnet.hpp"

#include <algorithm>
#include <set>

#include "framework/base/error.hpp"

namespace laconic::graph {
namespace {

// Checks that the values which a node combines element by element have the same units.
void check_joined_units(const Graph& network) {
  std::vector<std::string> label(network.values.size());  // of the columns of each value
  for (const Node& node : network.nodes) {
    if (node.body)
      fail(ExitCode::config, "node '{}' ({}): a body is not divided into parts of its units",
           node.spec.name, node.spec.kind);
    std::string units = node.spec.attributes.value("output_units", "");
    if (units.empty()) {
      units = label[node.inputs[0]];
      for (const ValueId v : node.inputs)
        if (label[v] != units)
          fail(ExitCode::config,
               "node '{}' ({}): combines {} with {} element by element, so they are not divided "
               "independently",
               node.spec.name, node.spec.kind, units, label[v]);
    }
    for (const ValueId v : node.outputs) label[v] = units;
  }
}

}  // namespace

std::vector<HiddenUnits> hidden_units(const Graph& network) {
  check_joined_units(network);
  std::set<std::string> read;  // labels of rows
  for (const Parameter& p : network.parameters) read.insert(p.spec.row_units);
  std::vector<HiddenUnits> hidden;
  for (const Parameter& p : network.parameters) {
    const auto known = std::ranges::find(hidden, p.spec.col_units, &HiddenUnits::label);
    const bool is_weight = !p.spec.row_units.empty() && !p.spec.col_units.empty();
    if (is_weight && known == hidden.end() && read.contains(p.spec.col_units))
      hidden.push_back({p.spec.col_units, p.spec.cols});
  }
  const auto check_size = [&](const std::string& name, const std::string& label, int64_t size) {
    const auto units = std::ranges::find(hidden, label, &HiddenUnits::label);
    if (units != hidden.end() && size != units->count)
      fail(ExitCode::config,
           "{}: has {} rows or columns of {}, which has {} units, so it is not "
           "divided by units; layers that are linear maps are",
           name, size, label, units->count);
  };
  for (const Parameter& p : network.parameters) {
    check_size(p.spec.name, p.spec.row_units, p.spec.rows);
    check_size(p.spec.name, p.spec.col_units, p.spec.cols);
  }
  return hidden;
}

Graph subnet(const Graph& network, std::span<const int64_t> counts) {
  const std::vector<HiddenUnits> hidden = hidden_units(network);
  LACONIC_CHECK(counts.size() == hidden.size());
  GraphBuilder builder;
  for (const InputSpec& input : network.inputs) builder.input(input.name, input.value);
  for (const Node& node : network.nodes) {
    nlohmann::json attributes = node.spec.attributes;
    const auto units =
        std::ranges::find(hidden, attributes.value("output_units", ""), &HiddenUnits::label);
    for (const char* width : {"out", "channels_out"})
      if (units != hidden.end() && attributes.contains(width))
        attributes[width] = counts[units - hidden.begin()];
    if (!node.parameters.empty()) builder.layer(network.parameters[node.parameters[0]].spec.layer);
    builder.add(node.spec.kind, node.spec.name, node.inputs, std::move(attributes));
  }
  return builder.finish(network.outputs);
}

}  // namespace laconic::graph
