#include "data/import/node_ids.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

bool is_id_name(const std::string& name) {
  constexpr std::array names = {"",           "id",     "ids",       "node",     "nodes",
                                "node_id",    "nodeid", "node_idx",  "node id",  "index",
                                "unnamed: 0", "name",   "node_name", "paper_id", "user_id"};
  return std::ranges::find(names, name) != names.end();
}

// Returns the entries as texts: whole numbers without a point.
std::vector<std::string> texts_of(const Array& ids) {
  std::vector<std::string> texts;
  if (ids.is_text()) return ids.texts.begin()->second;
  Array numbers = ids;
  numbers.texts.clear();
  const std::vector<int64_t> values =
      to_integers(numbers, "; ids are whole numbers or texts",
                  ids.texts.empty() ? std::optional<int64_t>{} : -1);
  for (const int64_t value : values) texts.push_back(std::to_string(value));
  for (const auto& [column, named] : ids.texts)
    for (size_t row = 0; row < named.size(); ++row) texts[row * ids.cols() + column] = named[row];
  return texts;
}

// Returns whether the column has each number from 0 to rows - 1 once.
bool are_all_rows(const Array& ids, std::vector<int64_t>& rows) {
  if (!ids.texts.empty() || ids.is_text()) return false;
  std::vector<char> met(ids.rows(), 0);
  for (const double id : to_doubles(ids)) {
    if (!(id >= 0 && id < static_cast<double>(ids.rows())) ||
        id != static_cast<double>(static_cast<int64_t>(id)) || met[static_cast<int64_t>(id)] != 0)
      return false;
    met[static_cast<int64_t>(id)] = 1;
    rows.push_back(static_cast<int64_t>(id));
  }
  return true;
}

void put_in_order(Array& table, const std::vector<int64_t>& row_of) {
  const int64_t bytes = table.cols() * table.width;
  std::string ordered(table.bytes.size(), '\0');
  for (int64_t r = 0; r < table.rows(); ++r)
    std::memcpy(ordered.data() + row_of[r] * bytes, table.bytes.data() + r * bytes, bytes);
  table.bytes = std::move(ordered);
  for (auto& [column, texts] : table.texts) {
    std::vector<std::string> moved(texts.size());
    for (size_t r = 0; r < texts.size(); ++r) moved[row_of[r]] = std::move(texts[r]);
    texts = std::move(moved);
  }
}

}  // namespace

void NodeIds::order(Array& table, bool always, std::vector<std::string>& notes) {
  const bool has_ids = table.is_table && table.cols() >= 2 &&
                       (always || (!table.header.empty() && is_id_name(table.header.front())));
  if (!has_ids) return;
  const Array ids = columns(table, 0, 1);
  table = columns(table, 1, table.cols() - 1);
  std::vector<int64_t> row_of;
  if (!has_names() && are_all_rows(ids, row_of)) {
    if (!std::ranges::is_sorted(row_of))
      notes.push_back(table.where + ": rows ordered by their ids");
    return put_in_order(table, row_of);
  }
  const bool first = !has_names();
  row_of = rows_of(ids, first);
  std::vector<char> met(table.rows(), 0);
  for (size_t r = 0; r < row_of.size(); ++r) {
    if (row_of[r] < 0 || row_of[r] >= table.rows() || met[row_of[r]] != 0)
      fail(ExitCode::data, "{}: row {}: its id is {}; every node must have one row", table.where,
           r + 1, row_of[r] < 0 ? "in no other table" : "there twice");
    met[row_of[r]] = 1;
  }
  if (first) notes.push_back(table.where + ": the column of ids became the names of the nodes");
  put_in_order(table, row_of);
}

std::vector<int64_t> NodeIds::rows_of(const Array& ids, bool grow) {
  const std::vector<std::string> texts = texts_of(ids);
  std::vector<int64_t> rows;
  rows.reserve(texts.size());
  for (const std::string& text : texts) {
    auto at = rows_.find(text);
    if (at == rows_.end() && grow) {
      at = rows_.emplace(text, static_cast<int64_t>(names_.size())).first;
      names_.push_back(text);
    }
    rows.push_back(at == rows_.end() ? -1 : at->second);
  }
  return rows;
}

}  // namespace laconic::data
