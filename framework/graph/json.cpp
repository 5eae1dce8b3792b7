// Graphs as JSON; docs/formats.md describes the format. Reading builds the graph again: widths,
// spaces and parameters follow from kinds and attributes, and must be those that were written.
#include <algorithm>
#include <set>

#include "framework/base/error.hpp"
#include "framework/graph/graph.hpp"

namespace laconic::graph {
namespace {

constexpr int most_levels = 16;  // bodies in bodies
constexpr int64_t most_width = 1LL << 40;

nlohmann::json to_json(const ops::ValueSpec& spec) {
  return {{"width", spec.width}, {"space", ops::to_text(spec.space)}, {"sparse", spec.sparse}};
}

// Returns whether arrays and objects are nested at most `levels` deep.
bool is_shallow(const nlohmann::json& json, int levels) {
  if (!json.is_structured()) return true;
  return levels > 0 && std::all_of(json.begin(), json.end(), [&](const nlohmann::json& each) {
           return is_shallow(each, levels - 1);
         });
}

// Reads one graph. `where_` is its place in the file: "graph.nodes[3].body".
class Reader {
 public:
  explicit Reader(std::string where, int level = 0) : where_(std::move(where)), level_(level) {}

  Graph read(const nlohmann::json& json) {
    if (level_ > most_levels)
      fail(ExitCode::config, "{}: more than {} graphs in each other", where_, most_levels);
    for (const auto& each : list(json, "inputs")) read_input(each);
    for (const auto& each : list(json, "nodes")) read_node(each);
    std::vector<ValueId> outputs;
    if (json.contains("outputs")) outputs = values(json, "outputs");
    Graph graph = builder_.finish(std::move(outputs));
    read_parameters(list(json, "parameters"), graph);
    if (json.contains("states")) read_states(list(json, "states"), graph);
    return graph;
  }

 private:
  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ExitCode::config, "{}: {}", where_, fmt::format(format, std::forward<Args>(args)...));
  }

  const nlohmann::json& member(const nlohmann::json& json, const char* key) const {
    if (!json.is_object()) refuse("must be an object");
    const auto found = json.find(key);
    if (found == json.end()) refuse("has no {}", key);
    return *found;
  }
  // An absent list is an empty one.
  const nlohmann::json& list(const nlohmann::json& json, const char* key) const {
    static const nlohmann::json none = nlohmann::json::array();
    if (!json.is_object()) refuse("must be an object");
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) return none;
    if (!found->is_array()) refuse("{} must be an array", key);
    return *found;
  }
  std::string text(const nlohmann::json& json, const char* key) const {
    const nlohmann::json& value = member(json, key);
    if (!value.is_string()) refuse("{} must be a text", key);
    return value.get<std::string>();
  }
  int64_t integer(const nlohmann::json& json, const char* key, int64_t least, int64_t most) const {
    const nlohmann::json& value = member(json, key);
    const bool fits =
        value.is_number_unsigned()
            ? value.get<uint64_t>() <= static_cast<uint64_t>(most) && value.get<int64_t>() >= least
            : value.is_number_integer() && value.get<int64_t>() >= least &&
                  value.get<int64_t>() <= most;
    if (!fits) refuse("{} must be an integer from {} to {}", key, least, most);
    return value.get<int64_t>();
  }
  // Returns numbers of values that exist already, so there are no cycles.
  std::vector<ValueId> values(const nlohmann::json& json, const char* key) const {
    std::vector<ValueId> all;
    for (const auto& each : list(json, key)) {
      if (!each.is_number_integer() || each.get<double>() < 0 ||
          each.get<double>() >= static_cast<double>(count_))
        refuse("{}: {} is no value before it; there are {}", key, each.dump(), count_);
      all.push_back(each.get<ValueId>());
    }
    return all;
  }
  ops::ValueSpec spec(const nlohmann::json& json) const {
    ops::ValueSpec result{.width = integer(json, "width", 1, most_width)};
    if (json.contains("space")) result.space = ops::space_from(text(json, "space"));
    const auto sparse = json.find("sparse");
    if (sparse != json.end()) {
      if (!sparse->is_boolean()) refuse("sparse must be true or false");
      result.sparse = sparse->get<bool>();
    }
    return result;
  }

  void read_input(const nlohmann::json& json) {
    builder_.input(text(json, "name"), spec(json));
    ++count_;
  }

  void read_node(const nlohmann::json& json) {
    const std::string graph = std::exchange(where_, fmt::format("{}.nodes[{}]", where_, nodes_));
    std::shared_ptr<const Graph> body;
    if (json.is_object() && json.contains("body"))
      body =
          std::make_shared<const Graph>(Reader(where_ + ".body", level_ + 1).read(json.at("body")));
    nlohmann::json attributes = nlohmann::json::object();
    if (json.is_object() && json.contains("attributes")) attributes = json.at("attributes");
    if (!attributes.is_object()) refuse("attributes must be an object");
    const ValueId first =
        builder_.add(text(json, "kind"), text(json, "name"), values(json, "inputs"),
                     std::move(attributes), std::move(body));
    const auto made = builder_.outputs_of(first);
    if (json.contains("width") &&  // of graphs that were written before nodes had outputs
        integer(json, "width", 1, most_width) != builder_.spec(first).width)
      refuse("its width is {}, its kind and inputs give {}", json.at("width").dump(),
             builder_.spec(first).width);
    if (json.contains("outputs")) {
      const nlohmann::json& written = list(json, "outputs");
      if (written.size() != made.size())
        refuse("{} outputs, its kind has {}", written.size(), made.size());
      for (size_t k = 0; k < made.size(); ++k)
        if (spec(written[k]) != builder_.spec(made[k]))
          refuse("outputs[{}] is {}, its kind and inputs give {}", k, written[k].dump(),
                 to_json(builder_.spec(made[k])).dump());
    }
    count_ += std::ssize(made);
    ++nodes_;
    where_ = graph;
  }

  // Reads offsets and layers. The offsets may be those of another graph with the same parameters;
  // see adopt_layout.
  void read_parameters(const nlohmann::json& table, Graph& graph) const {
    if (table.size() != graph.parameters.size())
      refuse("{} parameters, its nodes have {}", table.size(), graph.parameters.size());
    std::set<std::string> seen;
    for (const auto& row : table) {
      const std::string name = text(row, "name");
      const auto found = std::find_if(graph.parameters.begin(), graph.parameters.end(),
                                      [&](const Parameter& p) { return p.spec.name == name; });
      if (found == graph.parameters.end()) refuse("parameter {} belongs to no node", name);
      if (!seen.insert(name).second) refuse("parameter {} is listed twice", name);
      const int64_t most = int64_t{1} << 60;
      if (integer(row, "rows", 0, most) != found->spec.rows ||
          integer(row, "cols", 0, most) != found->spec.cols)
        refuse("parameter {} is {} x {}, its node needs {} x {}", name, row.at("rows").dump(),
               row.at("cols").dump(), found->spec.rows, found->spec.cols);
      found->offset = integer(row, "offset", 0, most);
      if (!row.contains("layer")) continue;
      found->spec.layer = text(row, "layer");
      for (ops::ParameterSpec& spec : graph.nodes[found->node].spec.parameters)
        if (spec.name == name) spec.layer = found->spec.layer;
    }
    std::vector<const Parameter*> order;
    for (const Parameter& p : graph.parameters) order.push_back(&p);
    std::sort(order.begin(), order.end(), [](const Parameter* a, const Parameter* b) {
      return a->offset != b->offset ? a->offset < b->offset : a->size() < b->size();
    });
    int64_t end = 0;
    for (const Parameter* p : order) {
      if (p->offset != end)
        refuse("parameter {} starts at {}, the one before it ends at {}", p->spec.name, p->offset,
               end);
      end += p->size();
    }
  }

  // Checks the table of states. Graphs without it have the offsets of the builder.
  void read_states(const nlohmann::json& table, Graph& graph) const {
    if (table.size() != graph.states.size())
      refuse("{} states, its nodes have {}", table.size(), graph.states.size());
    std::set<std::string> seen;
    for (const auto& row : table) {
      const std::string name = text(row, "name");
      const auto found =
          std::ranges::find(graph.states, name, [](const State& s) { return s.spec.name; });
      if (found == graph.states.end()) refuse("state {} belongs to no node", name);
      if (!seen.insert(name).second) refuse("state {} is listed twice", name);
      if (integer(row, "count", 0, most_width) != found->spec.count ||
          text(row, "rule") != ops::to_text(found->spec.rule))
        refuse("state {} has {} elements and the rule {}, its node needs {} and {}", name,
               row.at("count").dump(), row.at("rule").dump(), found->spec.count,
               ops::to_text(found->spec.rule));
      const auto [begin, end] = graph.begin_and_end(found->spec.rule);
      found->offset = integer(row, "offset", begin, end - found->spec.count);
    }
    std::vector<const State*> order;
    for (const State& s : graph.states) order.push_back(&s);
    std::ranges::sort(order, {}, &State::offset);
    int64_t end = 0;
    for (const State* s : order) {
      if (s->offset != end)
        refuse("state {} starts at {}, the one before it ends at {}", s->spec.name, s->offset, end);
      end += s->spec.count;
    }
  }

  std::string where_;
  int level_;
  GraphBuilder builder_;
  int64_t count_ = 0, nodes_ = 0;
};

}  // namespace

nlohmann::json Graph::to_json() const {
  nlohmann::json out = {{"inputs", nlohmann::json::array()},
                        {"nodes", nlohmann::json::array()},
                        {"outputs", outputs},
                        {"parameters", nlohmann::json::array()}};
  for (const InputSpec& input : inputs) {
    out["inputs"].push_back(graph::to_json(input.value));
    out["inputs"].back()["name"] = input.name;
  }
  for (const Node& node : nodes) {
    nlohmann::json each = {{"kind", node.spec.kind},
                           {"name", node.spec.name},
                           {"inputs", node.inputs},
                           {"outputs", nlohmann::json::array()},
                           {"attributes", node.spec.attributes}};
    for (const ops::ValueSpec& spec : node.spec.outputs)
      each["outputs"].push_back(graph::to_json(spec));
    if (node.body) each["body"] = node.body->to_json();
    out["nodes"].push_back(std::move(each));
  }
  for (const Parameter& p : parameters)
    out["parameters"].push_back({{"name", p.spec.name},
                                 {"layer", p.spec.layer},
                                 {"offset", p.offset},
                                 {"rows", p.spec.rows},
                                 {"cols", p.spec.cols},
                                 {"row_units", p.spec.row_units},
                                 {"col_units", p.spec.col_units}});
  for (const State& s : states)
    out["states"].push_back({{"name", s.spec.name},
                             {"rule", ops::to_text(s.spec.rule)},
                             {"offset", s.offset},
                             {"count", s.spec.count}});
  return out;
}

Graph Graph::from_json(const nlohmann::json& json) {
  if (!is_shallow(json, 8 * most_levels)) fail(ExitCode::config, "graph: nested too deep");
  return Reader("graph").read(json);
}

}  // namespace laconic::graph
