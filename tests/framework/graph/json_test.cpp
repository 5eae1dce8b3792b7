// A graph read back from its JSON is the graph that wrote it; what is no graph is refused with one
// reason.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "framework/base/error.hpp"
#include "tests/framework/graph/blocks.hpp"
#include "tests/places.hpp"

namespace laconic::graph::test {
namespace {

Graph pictures() {
  GraphBuilder b;
  ValueId v = b.input("image", {3, ops::Space::pixels(1)});
  v = b.add("conv2d", "conv", {v}, {{"channels_out", 4}, {"kernel", 3}, {"stride", 2}});
  v = b.add("max_pool2d", "pool", {v}, {{"kernel", 2}});
  const ValueId flat = b.add("flatten", "flat", {v}, {{"height", 3}, {"width", 2}});
  const ValueId mean = b.add("mean_pool", "mean", {v});
  const ValueId top = b.add("linear", "top", {flat, mean}, {{"out", 5}, {"bias", true}});
  return b.finish({top, mean});
}

TEST(AGraphAsJson, IsReadBackAsTheGraphThatWroteIt) {
  std::vector<Graph> graphs{build(ToyNetwork{}),
                            build(ToyNetwork{.residual = true, .dropout = 0.2}), pictures()};
  for (const Nesting nesting : {Nesting::plain, Nesting::bodies, Nesting::bodies_in_bodies})
    graphs.push_back(build(Blocks(), nesting));
  GraphBuilder sparse;
  sparse.add("linear", "top", {sparse.input("words", 40, true)}, {{"out", 2}});
  graphs.push_back(sparse.finish());
  for (const Graph& graph : graphs) {
    const nlohmann::json json = graph.to_json();
    const Graph back = Graph::from_json(nlohmann::json::parse(json.dump()));
    EXPECT_EQ(back, graph);
    EXPECT_EQ(back.to_json(), json);
  }
}

// The graph in a checkpoint of format version 1 (corpus/checkpoint_v1), whose nodes have no outputs.
TEST(AGraphAsJson, IsReadFromACheckpointOfVersionOne) {
  std::ifstream file(tests_folder() / "corpus/checkpoint_v1/manifest.json");
  nlohmann::json stored = nlohmann::json::parse(file).at("manifest").at("attributes").at("graph");
  const Graph graph = Graph::from_json(stored);
  EXPECT_EQ(graph.parameter_count, 104);
  EXPECT_EQ(graph.nodes.front().spec.kind, "aggregate");
  nlohmann::json parameters = graph.to_json().at("parameters");
  for (auto& parameter : parameters) parameter.erase("layer");  // did not exist then
  EXPECT_EQ(parameters, stored.at("parameters"));
  stored["nodes"][0]["width"] = 5;
  EXPECT_THROW(Graph::from_json(stored), Error);
}

// The offsets are those that were written, which may belong to another variant of the network.
TEST(AGraphAsJson, KeepsAnAdoptedLayout) {
  const auto branches = [](bool swapped) {
    GraphBuilder b;
    const ValueId x = b.input("x", 5);
    const char* names[] = {"left", "right"};
    const ValueId first = b.add("linear", names[swapped], {x}, {{"out", 7}});
    const ValueId second = b.add("linear", names[!swapped], {x}, {{"out", 7}});
    b.add("add", "sum", {first, second});
    return b.finish();
  };
  Graph graph = branches(true);
  adopt_layout(graph, branches(false));
  EXPECT_NE(graph, branches(true));
  EXPECT_EQ(Graph::from_json(graph.to_json()), graph);
}

std::string refusal(const nlohmann::json& json) {
  try {
    Graph::from_json(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config) << error.what();
    return error.what();
  }
  return "accepted";
}

TEST(AGraphAsJson, IsRefusedWithOneReasonIfItIsNone) {
  const nlohmann::json good = pictures().to_json();
  const auto with = [&](const std::function<void(nlohmann::json&)>& damage) {
    nlohmann::json json = good;
    damage(json);
    return refusal(json);
  };
  using Json = nlohmann::json;
  const struct {
    std::function<void(Json&)> damage;
    const char* reason;
  } cases[] = {
      {[](Json& j) { j = 3; }, "graph: must be an object"},
      {[](Json& j) { j["nodes"] = "none"; }, "nodes must be an array"},
      {[](Json& j) { j["nodes"] = nullptr; }, "outputs: 5 is no value before it"},
      {[](Json& j) { j["inputs"][0]["width"] = -1; }, "width must be an integer from 1 to"},
      {[](Json& j) { j["inputs"][0]["width"] = 1e300; }, "width must be an integer"},
      {[](Json& j) { j["inputs"][0]["width"] = uint64_t{1} << 63; }, "width must be an integer"},
      {[](Json& j) { j["inputs"][0]["space"] = "pixels/0"; }, "'pixels/0' is no space"},
      {[](Json& j) { j["inputs"][0]["sparse"] = 1; }, "sparse must be true or false"},
      {[](Json& j) { j["nodes"][0]["kind"] = "conv3d"; }, "did you mean conv2d"},
      {[](Json& j) { j["nodes"][0]["kind"] = Json::array(); }, "kind must be a text"},
      {[](Json& j) { j["nodes"][0].erase("name"); }, "graph.nodes[0]: has no name"},
      {[](Json& j) { j["nodes"][0]["inputs"] = {1}; }, "is no value before it"},  // a cycle
      {[](Json& j) { j["nodes"][1]["inputs"] = {-1}; }, "is no value before it"},
      {[](Json& j) { j["nodes"][1]["inputs"] = {"x"}; }, "is no value before it"},
      {[](Json& j) { j["nodes"][1]["inputs"] = {uint64_t{1} << 32}; }, "is no value before it"},
      {[](Json& j) { j["nodes"][0]["attributes"] = 1; }, "attributes must be an object"},
      {[](Json& j) { j["nodes"][0]["attributes"]["kernel"] = 4; }, "must be odd"},
      {[](Json& j) { j["nodes"][0]["attributes"]["kernel"] = "3"; }, "must be an integer"},
      {[](Json& j) { j["nodes"][0]["outputs"][0]["width"] = 9; }, "graph.nodes[0]: outputs[0] is"},
      {[](Json& j) { j["nodes"][0]["outputs"].clear(); }, "0 outputs, its kind has 1"},
      {[](Json& j) { j["nodes"][0]["body"] = j; }, "there is no 'conv2d'"},
      {[](Json& j) { j["outputs"] = {0}; }, "cannot be an output"},
      {[](Json& j) { j["outputs"] = {4}; }, "nothing reads node 'top'"},
      {[](Json& j) { j["outputs"] = {99}; }, "is no value before it"},
      {[](Json& j) { j["parameters"].erase(0); }, "parameters, its nodes have"},
      {[](Json& j) { j["parameters"][0]["name"] = "w"; }, "parameter w belongs to no node"},
      {[](Json& j) { j["parameters"][1] = j["parameters"][0]; }, "is listed twice"},
      {[](Json& j) { j["parameters"][0]["rows"] = 1; }, "its node needs"},
      {[](Json& j) { j["parameters"][0]["offset"] = 1; }, "the one before it ends at"},
      {[](Json& j) { j["parameters"][0]["offset"] = -1; }, "offset must be an integer"},
  };
  for (const auto& [damage, reason] : cases) {
    const std::string got = with(damage);
    EXPECT_NE(got.find(reason), std::string::npos) << got << "\n  expected: " << reason;
  }
}

TEST(AGraphAsJson, IsRefusedIfItIsNestedTooDeep) {
  nlohmann::json deep = nlohmann::json::array();
  for (int level = 0; level < 5000; ++level) deep = nlohmann::json::array({std::move(deep)});
  nlohmann::json json = pictures().to_json();
  json["nodes"][0]["attributes"]["kernel"] = std::move(deep);
  EXPECT_EQ(refusal(json), "graph: nested too deep");
  Graph graph = build(ToyNetwork{.layers = 1});
  for (int level = 0; level < 20; ++level) {
    GraphBuilder b;
    b.add("recompute", "level" + std::to_string(level), {b.input("x", 6)}, nlohmann::json::object(),
          std::make_shared<const Graph>(graph));
    graph = b.finish();
  }
  EXPECT_NE(refusal(graph.to_json()).find("graphs in each other"), std::string::npos);
}

// Replaces one value anywhere. What comes out is a graph or an Error(config), and a graph that can
// be planned.
void damage(nlohmann::json& json, const Random& random, uint64_t& draw) {
  static const nlohmann::json others[] = {nullptr,     -1, 0,    1,     2,   3,   1e18, "relu",
                                          "recompute", "", true, false, 0.5, {1}, {},   {{"a", 1}}};
  nlohmann::json* at = &json;
  while (at->is_structured() && !at->empty() && (at == &json || random.uniform(draw++) < 0.85)) {
    auto it = at->begin();
    std::advance(it, static_cast<int64_t>(random.below(draw++, at->size())));
    at = &*it;
  }
  *at = others[random.below(draw++, std::size(others))];
}

TEST(AGraphAsJson, IsReadOrRefusedHoweverItIsDamaged) {
  const nlohmann::json seeds[] = {pictures().to_json(), build(Blocks(), Nesting::bodies).to_json()};
  const Random random(3, Stream::test);
  uint64_t draw = 0;
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    nlohmann::json json = seeds[round % 2];
    for (int times = round % 3; times >= 0; --times) damage(json, random, draw);
    try {
      const Graph graph = Graph::from_json(json);
      EXPECT_EQ(Graph::from_json(graph.to_json()), graph);
      make_plan<double>(graph, context());
      ++accepted;
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ExitCode::config) << json.dump();
    }
  }
  EXPECT_GT(accepted, 20);
}

}  // namespace
}  // namespace laconic::graph::test
