#include "data/import/table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "data/unpacked.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

constexpr size_t most_columns = 1 << 20;

struct Line {
  std::string_view text;
  int64_t number = 0;  // from 1
};

// Returns the lines that are neither blank nor comments, one by one.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  bool next(Line& line) {
    while (!rest_.empty()) {
      const size_t end = std::min(rest_.find('\n'), rest_.size());
      std::string_view text = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++number_;
      if (text.ends_with('\r')) text.remove_suffix(1);
      const size_t first = text.find_first_not_of(" \t");
      if (first == text.npos || text[first] == '#' || text[first] == '%') continue;
      line = {text, number_};
      return true;
    }
    return false;
  }

 private:
  std::string_view rest_;
  int64_t number_ = 0;
};

char separator_of(std::string_view line) {
  for (const char separator : {'\t', ',', ';'})
    if (line.find(separator) != line.npos) return separator;
  return ' ';
}

std::string_view trimmed(std::string_view field) {
  const size_t first = field.find_first_not_of(" \t");
  if (first == field.npos) return {};
  return field.substr(first, field.find_last_not_of(" \t") + 1 - first);
}

// Calls `use(column, field, is_quoted)` for each field of a line, and returns their number. The
// fields of a quoted text still have its doubled quotes.
template <class Use>
size_t for_fields(const Line& line, char separator, const std::string& where, Use use) {
  std::string_view rest = line.text;
  size_t column = 0;
  if (separator == ' ') {
    while (!(rest = trimmed(rest)).empty()) {
      const size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      use(column++, rest.substr(0, end), false);
      rest.remove_prefix(end);
    }
    return column;
  }
  while (true) {
    const size_t first = rest.find_first_not_of(" ");
    if (first != rest.npos && rest[first] == '"') {
      size_t end = first + 1;
      while (end < rest.size() && (rest[end] != '"' || rest.substr(end).starts_with("\"\"")))
        end += rest[end] == '"' ? 2 : 1;
      if (end >= rest.size())
        fail(ExitCode::data, "{}: line {}: a quoted field does not end on its line", where,
             line.number);
      use(column++, rest.substr(first + 1, end - first - 1), true);
      rest.remove_prefix(std::min(rest.find(separator, end), rest.size()));
    } else {
      const size_t end = std::min(rest.find(separator), rest.size());
      use(column++, trimmed(rest.substr(0, end)), false);
      rest.remove_prefix(end);
    }
    if (rest.empty()) return column;
    rest.remove_prefix(1);
  }
}

// Reads a field as a number: NaN where it is empty. A whole number that no double holds is none.
bool parse(std::string_view field, double& value) {
  value = std::numeric_limits<double>::quiet_NaN();
  if (field.empty()) return true;
  if (field.front() == '+') field.remove_prefix(1);
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (end != field.data() + field.size()) return false;
  if (error == std::errc::result_out_of_range)
    value = HUGE_VAL;
  else if (error != std::errc())
    return false;
  return std::abs(value) < 0x1p53 || !std::isfinite(value) ||
         field.find_first_of(".eE") != field.npos;
}

std::string unquoted(std::string_view field, bool is_quoted) {
  std::string text(field);
  if (is_quoted)
    for (size_t at = 0; (at = text.find("\"\"", at)) != text.npos; ++at) text.erase(at, 1);
  return text;
}

std::string in_lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_usual_name(const std::string& name) {
  constexpr std::array names = {"source", "target",  "src",   "dst",   "from",  "to",
                                "node",   "id",      "label", "name",  "class", "u",
                                "v",      "node_id", "node1", "node2", "head",  "tail",
                                "y",      "split",   "id1",   "id2"};
  return std::ranges::find(names, name) != names.end();
}

class TableReader {
 public:
  TableReader(std::string_view text, const std::string& where) : text_(text), where_(where) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    array_.where = where;
    array_.is_table = true;
  }

  Array read() {
    if (text_.find('\0') != text_.npos)
      fail(ExitCode::data, "{}: is neither text nor a file of a known kind", where_);
    is_matrix_market_ = text_.starts_with("%%MatrixMarket");
    if (is_matrix_market_ && text_.substr(0, text_.find('\n')).find("coordinate") == text_.npos)
      fail(ExitCode::data,
           "{}: a Matrix Market file without coordinates; store scipy.sparse.coo_matrix", where_);
    read_head();
    read_numbers();
    read_texts();
    if (is_matrix_market_) count_from_zero();
    return std::move(array_);
  }

 private:
  // Finds the separator, the number of columns, and whether the first line has names.
  void read_head() {
    Lines lines(text_);
    Line first, second;
    if (!lines.next(first) || (is_matrix_market_ && !lines.next(first)))
      fail(ExitCode::data, "{}: has no line of data", where_);
    separator_ = separator_of(first.text);
    std::vector<std::string> names;
    std::vector<char> numeric;
    cols_ = for_fields(first, separator_, where_, [&](size_t, std::string_view f, bool quoted) {
      double ignored = 0;
      names.push_back(in_lower_case(unquoted(f, quoted)));
      numeric.push_back(!f.empty() && parse(f, ignored));
    });
    if (cols_ > most_columns)
      fail(ExitCode::data, "{}: line {}: {} columns; allowed: {}", where_, first.number, cols_,
           most_columns);
    bool has_names = false;
    if (lines.next(second))
      for_fields(second, separator_, where_, [&](size_t c, std::string_view f, bool) {
        double ignored = 0;
        has_names = has_names || (c < numeric.size() && !numeric[c] && parse(f, ignored));
      });
    if (std::ranges::find(numeric, true) == numeric.end())
      has_names = has_names || std::ranges::all_of(names, is_usual_name);
    if (!has_names) return;
    array_.header = std::move(names);
    skipped_ = first.number;
  }

  template <class Use>
  void for_rows(Use use) const {
    Lines lines(text_);
    Line line;
    if (is_matrix_market_) lines.next(line);  // its sizes
    for (int64_t row = 0; lines.next(line);)
      if (line.number != skipped_) use(row++, line);
  }

  void read_numbers() {
    std::vector<double> numbers;
    is_text_.assign(cols_, 0);
    int64_t rows = 0;
    for_rows([&](int64_t, const Line& line) {
      const size_t found =
          for_fields(line, separator_, where_, [&](size_t c, std::string_view f, bool) {
            double value = 0;
            if (c >= cols_) return;
            if (!parse(f, value)) is_text_[c] = 1;
            numbers.push_back(value);
          });
      if (found != cols_)
        fail(ExitCode::data, "{}: line {}: {} fields, expected {} as in the first line", where_,
             line.number, found, cols_);
      if ((++rows & 0xffff) == 0) require_memory(std::ssize(numbers) * 8, where_);
    });
    array_.shape = {rows, static_cast<int64_t>(cols_)};
    array_.bytes.assign(reinterpret_cast<const char*>(numbers.data()), numbers.size() * 8);
  }

  void read_texts() {
    if (std::ranges::find(is_text_, 1) == is_text_.end()) return;
    for (size_t c = 0; c < cols_; ++c)
      if (is_text_[c] != 0) array_.texts[static_cast<int64_t>(c)].reserve(array_.rows());
    for_rows([&](int64_t, const Line& line) {
      for_fields(line, separator_, where_, [&](size_t c, std::string_view f, bool quoted) {
        if (is_text_[c] != 0) array_.texts[static_cast<int64_t>(c)].push_back(unquoted(f, quoted));
      });
    });
  }

  void count_from_zero() {
    auto* numbers = reinterpret_cast<double*>(array_.bytes.data());
    for (int64_t row = 0; row < array_.rows(); ++row)
      for (int64_t c = 0; c < std::min<int64_t>(2, array_.cols()); ++c)
        numbers[row * array_.cols() + c] -= 1;
  }

  std::string_view text_;
  const std::string& where_;
  Array array_;
  bool is_matrix_market_ = false;
  char separator_ = ',';
  size_t cols_ = 0;
  int64_t skipped_ = 0;  // the line of names
  std::vector<uint8_t> is_text_;
};

}  // namespace

Array read_table(std::string_view text, const std::string& where) {
  return TableReader(text, where).read();
}

}  // namespace laconic::data
