#include <algorithm>

#include "data/import/names.hpp"
#include "data/import/parts.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

std::vector<int32_t> Split::*part_of(std::string_view name) {
  return name == "train" ? &Split::train : name == "test" ? &Split::test : &Split::val;
}

bool is_mask(const Array& array, int64_t nodes) {
  return array.type == ArrayType::flags ||
         (array.shape.size() == 2 && array.rows() != 1 && array.cols() != 1 && !array.is_table) ||
         (array.size() == nodes && nodes > 2 && is_zero_one(array));
}

// Masks of one split [N], or of S splits, [N, S] or [S, N].
std::vector<std::vector<int32_t>> members_of_masks(const Array& array, int64_t nodes) {
  const bool by_columns = array.rows() == nodes;
  const int64_t splits = array.size() / std::max<int64_t>(1, nodes);
  if (array.shape.size() > 2 || splits * nodes != array.size() ||
      !(by_columns || array.cols() == nodes) || splits < 1)
    fail(ExitCode::data, "{}: a mask of shape {}, but there are {} nodes", array.where,
         shape_text(array), nodes);
  const std::vector<int64_t> mask = to_integers(array, "; a mask has zeros and ones");
  std::vector<std::vector<int32_t>> members(splits);
  for (int64_t s = 0; s < splits; ++s)
    for (int64_t v = 0; v < nodes; ++v)
      if (mask[by_columns ? v * splits + s : s * nodes + v] != 0)
        members[s].push_back(static_cast<int32_t>(v));
  return members;
}

std::vector<std::vector<int32_t>> members_of(const Array& array, NodeIds& ids, int64_t nodes,
                                             Notes& notes) {
  if (!ids.has_names() && array.texts.empty() && is_mask(array, nodes))
    return members_of_masks(array, nodes);
  if (array.size() != array.rows() && array.size() != array.cols())
    fail(ExitCode::data, "{}: shape {}; expected node numbers [K] or a mask [{}]", array.where,
         shape_text(array), nodes);
  std::vector<int64_t> all =
      ids.has_names() ? ids.rows_of(array, false) : to_integers(array, "; node numbers, or a mask");
  std::vector<int32_t> members;
  for (const int64_t id : all) {
    if (id < 0 || id >= nodes)
      fail(ExitCode::data, "{}: has a node that does not exist{}; allowed: 0 to {}", array.where,
           ids.has_names() ? "" : fmt::format(": {}", id), nodes - 1);
    members.push_back(static_cast<int32_t>(id));
  }
  std::ranges::sort(members);
  members.erase(std::ranges::unique(members).begin(), members.end());
  if (members.size() < all.size())
    notes.push_back(
        fmt::format("{}: {} repeated nodes left out", array.where, all.size() - members.size()));
  return {members};
}

// Takes one part of the scheme `scheme` ("" or "split/time/"), under any of its names.
std::optional<Array> take_part(Bag& bag, const std::string& scheme, const std::string& part) {
  for (const char* ending : split_endings)
    if (auto array = bag.take(scheme + part + ending)) return array;
  for (const char* beginning : split_beginnings)
    if (auto array = bag.take(scheme + beginning + part)) return array;
  return {};
}

}  // namespace

std::vector<NamedSplit> take_splits(Bag& bag, NodeIds& ids, int64_t nodes, Notes& notes) {
  std::vector<NamedSplit> result;
  std::vector<std::string> schemes = {""};
  for (const std::string& name : bag.names())
    if (const size_t end = name.rfind('/'); name.starts_with("split/") && end != name.npos)
      if (std::string scheme = name.substr(0, end + 1); schemes.back() != scheme)
        schemes.push_back(std::move(scheme));
  for (const std::string& scheme : schemes) {
    const size_t first = result.size();
    const std::string name =
        scheme.size() > 6 ? scheme.substr(6, scheme.size() - 7) : std::string("default");
    for (const char* part : split_parts) {
      const auto array = take_part(bag, scheme, part);
      if (!array) continue;
      const auto members = members_of(*array, ids, nodes, notes);
      if (result.size() == first)
        for (size_t s = 0; s < members.size(); ++s)
          result.push_back({members.size() == 1 ? name : std::to_string(s), {}});
      // One test set may serve several splits of the rest.
      if (members.size() != 1 && members.size() != result.size() - first)
        fail(ExitCode::data, "{}: {} splits, but another part has {}", array->where, members.size(),
             result.size() - first);
      for (size_t s = first; s < result.size(); ++s)
        result[s].split.*part_of(part) = members.size() == 1 ? members[0] : members[s - first];
    }
  }
  return result;
}

}  // namespace laconic::data
