// Writes TensorBoard event files without TensorFlow: scalars, texts, and the hyperparameters of a run.
//
// A file is a sequence of records: length (u64), masked CRC-32C of the length, data, masked CRC-32C
// of the data, all little-endian. The data is an Event message of tensorflow/core/util/event.proto.
// A resumed run opens a new file that starts with SessionLog START at its first step. From this
// step on TensorBoard ignores the values in older files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "framework/observe/append_log.hpp"

namespace laconic {

class EventWriter {
 public:
  // Creates the folder and in it the file events.out.tfevents.<wall seconds>.<host>. If the folder
  // has a file of this second or a later one, the name gets a second after all of them.
  EventWriter(FileSystem& files, const std::string& folder, const std::string& host,
              double wall_seconds, int64_t first_step);

  // Writes one value. Allocates nothing if an earlier tag was as long.
  void scalar(std::string_view tag, float value, int64_t step, double wall_seconds);
  // Writes a text in Markdown; TensorBoard shows it under "Text".
  void text(std::string_view tag, std::string_view markdown, int64_t step, double wall_seconds);
  // Writes what TensorBoard's "HParams" compares runs by. `values`: an object of numbers, texts and
  // booleans; anything else is written as its JSON text.
  void hyperparameters(const nlohmann::json& values, int64_t step, double wall_seconds);
  void sync() { log_.sync(); }
  const std::string& path() const { return log_.path(); }

 private:
  void write_value(std::string_view value, int64_t step, double wall_seconds);
  void write_record(std::string_view event);

  AppendLog log_;
  std::string summary_, event_, record_;  // reused
};

uint32_t crc32c(std::span<const std::byte> bytes);  // Castagnoli (RFC 3720, B.4)
uint32_t masked_crc32c(std::span<const std::byte> bytes);

}  // namespace laconic
