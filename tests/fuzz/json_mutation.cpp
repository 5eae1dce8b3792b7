#include "tests/fuzz/json_mutation.hpp"

#include <algorithm>

#include "tests/fuzz/mutation.hpp"

namespace laconic::fuzz {
namespace {

using nlohmann::json;

void collect(json& tree, std::vector<json*>& all) {
  all.push_back(&tree);
  if (tree.is_structured())
    for (json& member : tree) collect(member, all);
}

json nested(int depth) {
  json tree = 1;
  while (depth-- > 0) {
    json around = json::array();
    around.push_back(std::move(tree));
    tree = std::move(around);
  }
  return tree;
}

json strange(Draw& draw) {
  static const std::vector<json> values = {nullptr,
                                           true,
                                           false,
                                           1.5,
                                           1e300,
                                           -0.0,
                                           "",
                                           "x",
                                           "..",
                                           "../rank0.h5",
                                           "/dev/zero",
                                           "rank0.h5/../../../../../../dev/zero",
                                           "rank1.h5",
                                           "rank-1.h5",
                                           "rank99999999999999999999.h5",
                                           std::string("rank0.h5\0", 9),
                                           "int32",
                                           "rank_sum",
                                           "per_rank",
                                           "keyed",
                                           "client/0/correction",
                                           json::array(),
                                           json::object(),
                                           {1, 2},
                                           "🙂",
                                           9223372036854775808u,
                                           18446744073709551615u};
  if (draw.below(40) == 0) return nested(40);
  return draw.of(values);
}

void edit_tree(json& tree, Draw& draw) {
  std::vector<json*> all;
  collect(tree, all);
  json& node = *draw.of(all);
  const uint64_t how = draw.below(8);
  if (node.is_number_integer() && how < 5) {
    node =
        how < 4
            ? json(boundary(draw))
            : json(static_cast<int64_t>(node.get<uint64_t>() + (draw.coin() ? 1 : ~uint64_t{0})));
  } else if (node.is_string() && how < 3) {
    node = strange(draw);
  } else if (node.is_array() && !node.empty() && how < 5) {
    const auto member = static_cast<ptrdiff_t>(draw.below(node.size()));
    if (how < 2) node.erase(node.begin() + member);
    if (how >= 2) node.push_back(json(node[static_cast<size_t>(member)]));
  } else if (node.is_object() && !node.empty() && how < 5) {
    const auto member = std::next(node.begin(), static_cast<ptrdiff_t>(draw.below(node.size())));
    if (how < 3)
      node.erase(member);
    else
      node["unknown"] = json(*member);
  } else if (how == 5) {
    node = strange(draw);
  } else {
    const json copy = *draw.of(all);
    node = copy;
  }
}

// Which of two equal keys counts is the reader's choice, and no tree can say it.
std::string with_a_key_twice(const std::string& text, Draw& draw) {
  const size_t line = text.rfind('\n', draw.below(text.size())) + 1;
  const size_t end = text.find('\n', line);
  if (end == std::string::npos) return text;
  const std::string member = text.substr(line, end - line);
  const bool scalar =
      member.find("\": ") != std::string::npos && member.back() != '{' && member.back() != '[';
  if (!scalar) return text;
  return text.substr(0, line) + member + (member.back() == ',' ? "\n" : ",\n") + text.substr(line);
}

// Deeper than this process could take apart again.
std::string with_deep_nesting(const std::string& text, Draw& draw) {
  const std::string colon = "\": ";
  const size_t key = text.find(colon, draw.below(text.size()));
  if (key == std::string::npos) return text;
  const size_t value = key + colon.size();
  const size_t end = text.find_first_of(",\n", value);
  const std::string opened(100000, '['), closed(100000, ']');
  return text.substr(0, value) + opened + closed + text.substr(std::min(end, text.size()));
}

}  // namespace

std::string mutate_json(json tree, Draw& draw) {
  for (uint64_t edits = 1 + draw.below(3); edits > 0; --edits) edit_tree(tree, draw);
  const std::string text = tree.dump(1);
  if (draw.below(50) == 0) return with_deep_nesting(text, draw);
  return draw.below(8) == 0 ? with_a_key_twice(text, draw) : text;
}

}  // namespace laconic::fuzz
