#include "data/import/npy.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "data/import/zip.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are kept little-endian");

constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr const char* pickled_array =
    "holds pickled Python objects, which are not read; "
    "store plain arrays: numpy.array(a.tolist()), and names as numpy.array(names, dtype=str)";

// Takes apart the header: a Python dictionary with three known keys, as NumPy writes it.
class Header {
 public:
  Header(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  // Returns what follows 'key': up to the end of the value.
  std::string_view value(const std::string& key) const {
    size_t at = text_.find("'" + key + "'");
    if (at == text_.npos) damaged("no key " + key);
    at = text_.find_first_not_of(" :", at + key.size() + 2);
    if (at == text_.npos) damaged("no value of " + key);
    const char open = text_[at];
    const size_t end = open == '\''  ? text_.find('\'', at + 1)
                       : open == '(' ? text_.find(')', at + 1)
                       : open == '[' ? text_.find(']', at + 1)
                                     : text_.find_first_of(",}", at) - 1;
    if (end >= text_.size()) damaged("no end of " + key);
    return text_.substr(at, end + 1 - at);
  }

  std::vector<int64_t> shape() const {
    std::string_view text = value("shape");
    if (text.front() != '(') damaged("shape");
    text.remove_prefix(1);
    std::vector<int64_t> extents;
    while (true) {
      const size_t digit = text.find_first_not_of(" ,L");
      if (digit == text.npos) damaged("shape");
      if (text[digit] == ')') return extents;
      text.remove_prefix(digit);
      int64_t extent = -1;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
      if (error != std::errc() || extent < 0 || extents.size() == 32) damaged("shape");
      text.remove_prefix(end - text.data());
      extents.push_back(extent);
    }
  }

  [[noreturn]] void damaged(const std::string& what) const {
    fail(ExitCode::data, "{}: damaged header of a .npy array: {}", where_, what);
  }

 private:
  std::string_view text_;
  const std::string& where_;
};

float from_half(uint16_t half) {
  const int exponent = half >> 10 & 31, fraction = half & 1023;
  const float magnitude = exponent == 31 ? (fraction == 0 ? std::numeric_limits<float>::infinity()
                                                          : std::numeric_limits<float>::quiet_NaN())
                          : exponent == 0
                              ? std::ldexp(static_cast<float>(fraction), -24)
                              : std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

void widen_halves(Array& array) {
  std::string wide(array.bytes.size() * 2, '\0');
  for (size_t i = 0; 2 * i < array.bytes.size(); ++i) {
    uint16_t half = 0;
    std::memcpy(&half, array.bytes.data() + 2 * i, 2);
    const float x = from_half(half);
    std::memcpy(wide.data() + 4 * i, &x, 4);
  }
  array.bytes = std::move(wide);
  array.width = 4;
}

// From column by column to row by row.
void transpose(Array& array) {
  const int64_t rows = array.shape[0], cols = array.shape[1], w = array.width;
  std::string turned(array.bytes.size(), '\0');
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c)
      std::memcpy(turned.data() + (r * cols + c) * w, array.bytes.data() + (c * rows + r) * w, w);
  array.bytes = std::move(turned);
}

void append_utf8(std::string& text, uint32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr uint32_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  text += static_cast<char>(lead[more] | (c >> (6 * more) & (0x3f >> more)));
  for (int k = more - 1; k >= 0; --k) text += static_cast<char>(0x80 | (c >> (6 * k) & 0x3f));
}

// Cuts texts of a fixed length, padded with zeros: 'S' bytes, 'U' code points of 4 bytes.
void cut_texts(Array& array, bool wide, int64_t length) {
  std::vector<std::string> texts(array.size());
  for (size_t i = 0; i < texts.size(); ++i)
    for (int64_t k = 0; k < length; ++k) {
      uint32_t c = 0;
      std::memcpy(&c, array.bytes.data() + (i * length + k) * (wide ? 4 : 1), wide ? 4 : 1);
      if (c == 0) break;
      if (wide)
        append_utf8(texts[i], c);
      else
        texts[i] += static_cast<char>(c);
    }
  array.bytes.clear();
  array.texts[0] = std::move(texts);
}

}  // namespace

bool is_npy(std::string_view content) {
  return content.starts_with(npy_magic);
}

Array read_npy(std::string content, const std::string& where) {
  const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(content[i])); };
  if (!is_npy(content) || content.size() < 12) fail(ExitCode::data, "{}: no .npy array", where);
  const bool short_length = byte(6) == 1;
  const size_t start = short_length ? 10 : 12;
  const size_t length =
      byte(8) | byte(9) << 8 | (short_length ? 0 : byte(10) << 16 | byte(11) << 24);
  if (byte(6) < 1 || byte(6) > 3)
    fail(ExitCode::data, "{}: version {} of a .npy array; allowed: 1 to 3", where, byte(6));
  if (length > (1 << 20) || start + length > content.size())
    fail(ExitCode::data, "{}: damaged header of a .npy array: {} bytes long", where, length);
  const std::string text = content.substr(start, length);
  const Header header(text, where);
  Array array{.where = where, .shape = header.shape()};
  std::string_view descr = header.value("descr");
  const std::string whole(descr);
  if (descr.front() != '\'' || descr.size() < 4)
    fail(ExitCode::data, "{}: an array of records ({}); store each field by itself: a['field']",
         where, whole.substr(0, 60));
  const bool swapped = descr[1] == '>';
  const char kind = descr[2];
  if (kind == 'O') fail(ExitCode::data, "{}: {}", where, pickled_array);
  descr = descr.substr(3, descr.size() - 4);
  int64_t width = 0;
  const auto [end, error] = std::from_chars(descr.data(), descr.data() + descr.size(), width);
  const bool is_text = kind == 'S' || kind == 'U';
  const bool known =
      (kind == 'b' && width == 1) || is_text ||
      ((kind == 'i' || kind == 'u') && (width == 1 || width == 2 || width == 4 || width == 8)) ||
      (kind == 'f' && (width == 2 || width == 4 || width == 8));
  if (error != std::errc() || end != descr.data() + descr.size() || !known || width < 0 ||
      width > (1 << 20))
    fail(ExitCode::data,
         "{}: type {}; allowed: bool, integers, float16, float32, float64, texts: "
         "a.astype('f4')",
         where, whole);
  const int64_t bytes_each = std::max<int64_t>(1, width * (kind == 'U' ? 4 : 1));
  const auto held = static_cast<int64_t>(content.size() - start - length);
  int64_t entries = 1;
  for (const int64_t extent : array.shape) {
    if (extent != 0 && entries > held / extent)
      entries = held + 1;
    else
      entries *= extent;
  }
  // Texts of length zero take no bytes, but count like one each.
  if (entries > held / bytes_each || (width > 0 && entries * bytes_each != held))
    fail(ExitCode::data, "{}: its shape {} of {} does not fit its {} bytes", where,
         shape_text(array), whole, held);
  content.erase(0, start + length);
  array.bytes = std::move(content);
  array.width = static_cast<int>(width);
  array.type = kind == 'b'   ? ArrayType::flags
               : kind == 'i' ? ArrayType::integers
               : kind == 'u' ? ArrayType::naturals
               : kind == 'f' ? ArrayType::reals
                             : ArrayType::texts;
  if (const int64_t unit = kind == 'U' ? 4 : kind == 'S' ? 1 : width; swapped && unit > 1)
    for (size_t i = 0; i + unit <= array.bytes.size(); i += unit)
      std::reverse(array.bytes.begin() + i, array.bytes.begin() + i + unit);
  const bool fortran = header.value("fortran_order").starts_with("True");
  if (is_text) {
    if (array.shape.size() > 1 && array.rows() != array.size())
      fail(ExitCode::data, "{}: texts of shape {}; expected one dimension", where,
           shape_text(array));
    if (width == 0) fail(ExitCode::data, "{}: all its texts are empty", where);
    cut_texts(array, kind == 'U', width);
    return array;
  }
  if (kind == 'f' && width == 2) widen_halves(array);
  if (fortran && array.shape.size() == 2) transpose(array);
  if (fortran && array.shape.size() > 2)
    fail(ExitCode::data, "{}: more than two dimensions in Fortran order", where);
  if (kind == 'b')  // any other byte than 0 counts as true in NumPy, too
    for (char& flag : array.bytes) flag = flag != 0 ? 1 : 0;
  return array;
}

std::string npy_header(const std::string& type, const std::vector<int64_t>& shape) {
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                 type, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  text.append(63 - (10 + text.size()) % 64, ' ');
  text += '\n';
  const size_t length = text.size();  // a shape is short
  return std::string(npy_magic) + '\1' + '\0' + static_cast<char>(length & 255) +
         static_cast<char>(length >> 8) + text;
}

std::vector<std::pair<std::string, Array>> read_npz(const std::string& content,
                                                    const std::string& where,
                                                    std::vector<LeftOut>& left_out) {
  const Zip zip(content, where);
  std::vector<std::pair<std::string, Array>> arrays;
  for (size_t i = 0; i < zip.names().size(); ++i) {
    std::string name = zip.names()[i];
    if (name.ends_with(".pkl"))
      fail(ExitCode::data,
           "{}: a file of PyTorch, which is not read (it may run code); in Python: d = "
           "torch.load(...); numpy.savez('graph.npz', edge_index=d.edge_index, x=d.x, y=d.y, "
           "train_mask=d.train_mask, val_mask=d.val_mask, test_mask=d.test_mask)",
           where);
    if (!name.ends_with(".npy")) {
      left_out.push_back({name, "is no array"});
      continue;
    }
    name.resize(name.size() - 4);
    const std::string place = where + ": " + name.substr(0, 80);
    std::string bytes = zip.extract(i);
    if (is_npy(bytes) && bytes.substr(0, 256).find("'descr': '|O'") != bytes.npos)
      left_out.push_back({name, pickled_array});
    else
      arrays.emplace_back(name, read_npy(std::move(bytes), place));
  }
  return arrays;
}

}  // namespace laconic::data
