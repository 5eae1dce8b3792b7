#include "framework/observe/tensorboard.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

constexpr std::array<uint32_t, 256> crc_table = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0u);
    table[i] = crc;
  }
  return table;
}();

// The parts of the wire format of Protocol Buffers that scalars need. A key is field number * 8 +
// wire type.
enum WireType { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

template <class T>
void put_little_endian(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_key(std::string& out, int field, WireType type) {
  put_varint(out, static_cast<uint64_t>(field) << 3 | type);
}

void put_bytes(std::string& out, int field, std::string_view bytes) {
  put_key(out, field, length_delimited);
  put_varint(out, bytes.size());
  out += bytes;
}

void put_number(std::string& out, int field, uint64_t value) {
  put_key(out, field, varint);
  put_varint(out, value);
}

// Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5;
//         SessionLog session_log = 7; }
void start_event(std::string& event, double wall_seconds, int64_t step) {
  event.clear();
  put_key(event, 1, fixed64);
  put_little_endian(event, std::bit_cast<uint64_t>(wall_seconds));
  put_number(event, 2, static_cast<uint64_t>(step));
}

// Summary { repeated Value value = 1; }
// Value { string tag = 1; float simple_value = 2; TensorProto tensor = 8; SummaryMetadata metadata = 9; }
// SummaryMetadata { PluginData plugin_data = 1; DataClass data_class = 4; }
// PluginData { string plugin_name = 1; bytes content = 2; }
std::string plugin_value(std::string_view tag, std::string_view plugin, std::string_view content,
                         std::string_view tensor) {
  std::string data, metadata, value;
  put_bytes(data, 1, plugin);
  if (!content.empty()) put_bytes(data, 2, content);
  put_bytes(metadata, 1, data);
  put_number(metadata, 4, 2);  // DATA_CLASS_TENSOR
  put_bytes(value, 1, tag);
  put_bytes(value, 8, tensor);
  put_bytes(value, 9, metadata);
  return value;
}

// google.protobuf.Value { double number_value = 2; string string_value = 3; bool bool_value = 4; }
std::string protobuf_value(const nlohmann::json& value) {
  std::string out;
  if (value.is_boolean()) {
    put_number(out, 4, value.get<bool>() ? 1 : 0);
  } else if (value.is_number()) {
    put_key(out, 2, fixed64);
    put_little_endian(out, std::bit_cast<uint64_t>(value.get<double>()));
  } else {
    put_bytes(out, 3, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return out;
}

constexpr std::string_view file_prefix = "events.out.tfevents.";

// Returns the path of a new file. TensorBoard reads the files in the order of their names. So the
// new name comes after all existing ones, for any state of the clock.
std::string next_path(FileSystem& files, const std::string& folder, const std::string& host,
                      double wall_seconds) {
  constexpr int64_t last = 9'999'999'999;  // of ten digits
  files.make_directories(folder);
  auto seconds = static_cast<int64_t>(wall_seconds);
  for (const std::string& name : files.list(folder)) {
    if (!name.starts_with(file_prefix)) continue;
    int64_t found = 0;
    std::from_chars(name.data() + file_prefix.size(), name.data() + name.size(), found);
    if (found < last) seconds = std::max(seconds, found + 1);
  }
  return fmt::format("{}/{}{:010}.{}", folder, file_prefix, seconds, host);
}

}  // namespace

uint32_t crc32c(std::span<const std::byte> bytes) {
  uint32_t crc = ~0u;
  for (const std::byte b : bytes)
    crc = crc >> 8 ^ crc_table[(crc ^ std::to_integer<uint32_t>(b)) & 0xFF];
  return ~crc;
}

uint32_t masked_crc32c(std::span<const std::byte> bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xA282EAD8u;
}

EventWriter::EventWriter(FileSystem& files, const std::string& folder, const std::string& host,
                         double wall_seconds, int64_t first_step)
    : log_(files, next_path(files, folder, host, wall_seconds)) {
  start_event(event_, wall_seconds, 0);
  put_bytes(event_, 3, "brain.Event:2");
  write_record(event_);
  start_event(event_, wall_seconds, first_step);
  put_bytes(event_, 7, std::string_view("\x08\x01", 2));  // SessionLog { status = 1: START }
  write_record(event_);
}

void EventWriter::scalar(std::string_view tag, float value, int64_t step, double wall_seconds) {
  summary_.clear();
  put_bytes(summary_, 1, tag);
  put_key(summary_, 2, fixed32);
  put_little_endian(summary_, std::bit_cast<uint32_t>(value));
  write_value(summary_, step, wall_seconds);
}

// TensorProto { DataType dtype = 1; TensorShapeProto tensor_shape = 2; repeated bytes string_val = 8; }
// without dimensions: a scalar
void EventWriter::text(std::string_view tag, std::string_view markdown, int64_t step,
                       double wall_seconds) {
  std::string tensor;
  put_number(tensor, 1, 7);  // DT_STRING
  put_bytes(tensor, 2, "");
  put_bytes(tensor, 8, markdown);
  write_value(plugin_value(tag, "text", "", tensor), step, wall_seconds);
}

// HParamsPluginData { int32 version = 1; SessionStartInfo session_start_info = 3; }
// SessionStartInfo { map<string, google.protobuf.Value> hparams = 1; double start_time_secs = 5; }
void EventWriter::hyperparameters(const nlohmann::json& values, int64_t step, double wall_seconds) {
  std::string start, content, tensor;
  for (const auto& [name, value] : values.items()) {
    std::string entry;
    put_bytes(entry, 1, name);
    put_bytes(entry, 2, protobuf_value(value));
    put_bytes(start, 1, entry);
  }
  put_key(start, 5, fixed64);
  put_little_endian(start, std::bit_cast<uint64_t>(wall_seconds));
  put_bytes(content, 3, start);
  put_number(tensor, 1, 1);  // DT_FLOAT without values, as TensorBoard's own writer has it
  put_bytes(tensor, 2, "");
  write_value(plugin_value("_hparams_/session_start_info", "hparams", content, tensor), step,
              wall_seconds);
}

void EventWriter::write_value(std::string_view value, int64_t step, double wall_seconds) {
  start_event(event_, wall_seconds, step);
  put_key(event_, 5, length_delimited);
  record_.clear();  // holds the wrapped value; write_record() reuses it
  put_bytes(record_, 1, value);
  put_varint(event_, record_.size());
  event_ += record_;
  write_record(event_);
}

void EventWriter::write_record(std::string_view event) {
  record_.clear();
  put_little_endian(record_, static_cast<uint64_t>(event.size()));
  put_little_endian(record_, masked_crc32c(std::as_bytes(std::span(record_))));
  record_ += event;
  put_little_endian(record_, masked_crc32c(std::as_bytes(std::span(event))));
  log_.append(record_);
}

}  // namespace laconic
