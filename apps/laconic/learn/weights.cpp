#include "apps/laconic/learn/weights.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <span>

#include "data/import/npy.hpp"
#include "data/import/zip.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/reader.hpp"
#include "framework/device/state.hpp"

namespace laconic {
namespace {

std::string_view bytes_of(const Weight& weight) {
  return {reinterpret_cast<const char*>(weight.values.data()),
          weight.values.size() * sizeof(float)};
}

// Returns the names, the shapes and, in `offsets`, the places in the flat buffer.
std::vector<Weight> layout(const nlohmann::json& attributes, const std::string& where,
                           std::vector<int64_t>& offsets) {
  std::vector<Weight> weights;
  try {
    for (const nlohmann::json& p : attributes.at("graph").at("parameters")) {
      const int64_t rows = p.at("rows"), cols = p.at("cols");
      offsets.push_back(p.at("offset"));
      weights.push_back(
          {.name = p.at("name"),
           .shape = rows == 1 ? std::vector<int64_t>{cols} : std::vector<int64_t>{rows, cols},
           .values = std::vector<float>(rows * cols)});
    }
  } catch (const nlohmann::json::exception&) {
    fail(ExitCode::data, "{}: its attributes describe no network", where);
  }
  return weights;
}

// Reads the untrained state of all ranks as one, and appends it to the weights.
void append_state(const nlohmann::json& attributes, const std::string& checkpoint,
                  const std::string& prefix, std::vector<Weight>& weights) {
  const nlohmann::json& table = attributes.at("graph").value("states", nlohmann::json::array());
  std::map<std::string, std::vector<float>> by_rule;
  std::vector<nlohmann::json> rows(table.begin(), table.end());
  std::ranges::sort(rows, {},
                    [](const nlohmann::json& row) { return row.value("offset", int64_t{0}); });
  StateList list;
  try {
    for (const nlohmann::json& row : rows) {
      const int64_t count = row.at("count");
      std::vector<float>& part = by_rule[row.at("rule")];
      part.resize(part.size() + count);
    }
    for (auto& [rule, part] : by_rule) list.add(prefix + "state/" + rule, std::span(part));
    if (!read_named(real_files(), checkpoint, list).missing.empty())
      fail(ExitCode::no_checkpoint, "{}: has no state", checkpoint);
    std::map<std::string, int64_t> taken;
    for (const nlohmann::json& row : rows) {
      const int64_t count = row.at("count"), first = taken[row.at("rule")];
      const auto begin = by_rule[row.at("rule")].begin() + first;
      weights.push_back(
          {.name = row.at("name"), .shape = {count}, .values = {begin, begin + count}});
      taken[row.at("rule")] += count;
    }
  } catch (const nlohmann::json::exception&) {
    fail(ExitCode::data, "{}: its attributes describe no network", checkpoint);
  }
}

bool has_best(const std::string& checkpoint) {
  int64_t step = -1;
  StateList progress;
  progress.add_value("best/step", step);
  read_named(real_files(), checkpoint, progress);
  return step >= 0;
}

}  // namespace

std::vector<Weight> read_weights(const std::string& path, bool best) {
  const std::string checkpoint = resolve_checkpoint(real_files(), path);
  std::vector<int64_t> offsets;
  const nlohmann::json attributes = read_manifest(real_files(), checkpoint).attributes;
  std::vector<Weight> weights = layout(attributes, checkpoint, offsets);
  int64_t count = 0;
  for (const Weight& weight : weights) count += std::ssize(weight.values);
  std::vector<float> flat(count);
  StateList state;
  const std::string prefix = best && has_best(checkpoint) ? "best/" : "";
  state.add(prefix + "parameters", std::span(flat));
  if (!read_named(real_files(), checkpoint, state).missing.empty())
    fail(ExitCode::no_checkpoint, "{}: has no parameters", checkpoint);
  for (size_t i = 0; i < weights.size(); ++i) {
    std::vector<float>& values = weights[i].values;
    if (offsets[i] < 0 || offsets[i] + std::ssize(values) > count)
      fail(ExitCode::data, "{}: {} lies outside of its {} parameters", checkpoint, weights[i].name,
           count);
    std::copy_n(flat.begin() + offsets[i], values.size(), values.begin());
  }
  append_state(attributes, checkpoint, prefix, weights);
  return weights;
}

std::string to_npz(const std::vector<Weight>& weights) {
  std::vector<data::ZipMember> members;
  for (const Weight& weight : weights)
    members.push_back({weight.name + ".npy",
                       data::npy_header("<f4", weight.shape) + std::string(bytes_of(weight))});
  return data::make_zip(members);
}

// 8 bytes: the length of the header; the header in JSON, padded with blanks to a multiple of 8; the
// values of all tensors.
std::string to_safetensors(const std::vector<Weight>& weights) {
  nlohmann::ordered_json header = {{"__metadata__", {{"format", "laconic"}}}};
  std::string values;
  for (const Weight& weight : weights) {
    const size_t begin = values.size();
    values += bytes_of(weight);
    header[weight.name] = {
        {"dtype", "F32"}, {"shape", weight.shape}, {"data_offsets", {begin, values.size()}}};
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string length;
  for (int i = 0; i < 8; ++i) length += static_cast<char>(text.size() >> (8 * i) & 255);
  return length + text + values;
}

}  // namespace laconic
