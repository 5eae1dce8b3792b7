// The one list of graph formats. Adding one = a file under formats/ and a line here.
#include <algorithm>
#include <array>
#include <numeric>

#include "data/graph/formats/formats.hpp"
#include "data/graph/source.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"

namespace laconic::data {
namespace {

const GraphFormat& find_format(const std::string& name) {
  std::string allowed;
  for (const GraphFormat& format : graph_formats()) {
    if (name == format.name) return format;
    allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", format.name);
  }
  fail(ExitCode::config, "data.format: {}; allowed: {}", name, allowed);
}

}  // namespace

std::span<const GraphFormat> graph_formats() {
  static const std::array formats = {hdf5_format(), debian_format(), planted_format(),
                                     ppi_like_format()};
  return formats;
}

std::string graph_source_name(const SourceOptions& options) {
  return find_format(options.format).where(options);
}

Graph load_graph(const SourceOptions& options) {
  const GraphFormat& format = find_format(options.format);
  Graph graph = format.load(options);
  check(graph, format.where(options));
  return graph;
}

Graph load_graph_pattern(const SourceOptions& options) {
  const GraphFormat& format = find_format(options.format);
  Graph graph = format.load_pattern ? format.load_pattern(options) : format.load(options);
  check(graph, format.where(options));
  return graph;
}

Split random_split(int64_t nodes, int64_t seed) {
  std::vector<int32_t> order(nodes);
  std::iota(order.begin(), order.end(), 0);
  Random(static_cast<uint64_t>(seed), Stream::split).shuffle(order);
  const auto val = order.begin() + nodes * 6 / 10;
  const auto test = order.begin() + nodes * 8 / 10;
  Split split{.train = {order.begin(), val}, .val = {val, test}, .test = {test, order.end()}};
  for (auto* part : {&split.train, &split.val, &split.test}) std::sort(part->begin(), part->end());
  return split;
}

}  // namespace laconic::data
