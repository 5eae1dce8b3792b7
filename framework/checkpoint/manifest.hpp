// The table of contents of one checkpoint folder: which files, how long, which tensors where, and
// the hash of each. Written last: a folder without a valid manifest is no checkpoint.
//
// On disk (manifest.json) a JSON object {"sha256": …, "manifest": …} whose hash is that of the
// bytes of the inner object, so any changed byte is noticed, also one that changes no value.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/checkpoint/image.hpp"

namespace laconic {

struct FileRecord {
  std::string name;  // "rank0.h5"
  int64_t bytes = 0;
  std::string sha256;
  std::vector<TensorRecord> tensors;
};

struct Manifest {
  int64_t step = 0;
  int ranks = 1;  // how many wrote it
  std::vector<FileRecord> files;
  nlohmann::json attributes;

  const FileRecord* find(const std::string& file_name) const;  // nullptr: not there
};

inline constexpr int manifest_version = 1;
inline constexpr const char* manifest_name = "manifest.json";

std::string encode_manifest(const Manifest& manifest);
// Error(data) naming `where` when the text is damaged or of another version.
Manifest decode_manifest(std::string_view text, const std::string& where);

// One file's record alone, the form in which rank R hands it to rank 0.
std::string encode_file_record(const FileRecord& record);
FileRecord decode_file_record(std::string_view text, const std::string& where);

std::string shard_name(int rank);  // "rank3.h5"

}  // namespace laconic
