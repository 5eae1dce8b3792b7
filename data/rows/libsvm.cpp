#include "data/rows/libsvm.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "data/unpacked.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

// Goes through the words of one line.
class Line {
 public:
  Line(const char* at, const char* end, const std::string& path, int64_t number)
      : at_(at), end_(end), path_(path), number_(number) {}

  bool has_more() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
    return at_ < end_ && *at_ != '#';
  }
  template <class Number>
  Number read(const char* allowed) {
    Number value{};
    if (at_ < end_ && *at_ == '+') ++at_;
    const auto [stop, error] = std::from_chars(at_, end_, value);
    if (error != std::errc() || !std::isfinite(static_cast<double>(value))) refuse(allowed);
    at_ = stop;
    return value;
  }
  void end_of_word() {
    if (at_ < end_ && *at_ != ' ' && *at_ != '\t' && *at_ != '\r' && *at_ != '#')
      refuse("words apart from each other");
  }
  void colon() {
    if (at_ == end_ || *at_ != ':') refuse("column:value");
    ++at_;
  }
  [[noreturn]] void refuse(const char* allowed) const {
    fail(ExitCode::data, "{}: line {}: at '{}'; allowed: {}", path_, number_,
         std::string(at_, std::min<size_t>(end_ - at_, 40)), allowed);
  }

 private:
  const char *at_, *end_;
  const std::string& path_;
  const int64_t number_;
};

constexpr int32_t most_columns = 1 << 27;  // 1 GB per vector

void read_entries(Line& line, Rows& rows) {
  int32_t last = 0;
  while (line.has_more()) {
    const Line entry = line;
    const auto column = line.read<int32_t>("a column, from 1");
    if (column <= last) entry.refuse("columns from 1 that ascend within a row");
    if (column > most_columns) entry.refuse("columns up to 2^27");
    line.colon();
    const auto value = static_cast<float>(line.read<double>("a finite number"));
    if (!std::isfinite(value)) entry.refuse("a value that float32 can hold");
    line.end_of_word();
    last = column;
    rows.columns.push_back(column - 1);
    rows.values.push_back(value);
  }
  rows.dimension = std::max<int64_t>(rows.dimension, last);
  rows.starts.push_back(std::ssize(rows.columns));
}

}  // namespace

Rows read_libsvm(const std::string& path) {
  const std::string text = read_unpacked(path);
  Rows rows;
  std::vector<double> labels;
  int64_t number = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    Line line(text.data() + at, text.data() + end, path, ++number);
    at = end + 1;
    if (!line.has_more()) continue;
    labels.push_back(line.read<double>("a label"));
    line.end_of_word();
    read_entries(line, rows);
  }
  const std::set<double> found(labels.begin(), labels.end());
  using Pair = std::set<double>;
  if (found != Pair{-1, 1} && found != Pair{0, 1} && found != Pair{1, 2})
    fail(ExitCode::data, "{}: {} labels in {} rows; allowed: two, -1 and 1, 0 and 1, or 1 and 2",
         path, found.size(), labels.size());
  for (const double label : labels) rows.labels.push_back(label == *found.rbegin() ? 1 : 0);
  if (labels.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
    fail(ExitCode::data, "{}: {} rows; allowed: fewer than 2^31", path, labels.size());
  return rows;
}

}  // namespace laconic::data
