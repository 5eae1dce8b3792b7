// The table of contents of one checkpoint folder: the files with their lengths and hashes, and the
// place and hash of each tensor. It is written last: a folder without a valid manifest is no
// checkpoint.
//
// manifest.json is a JSON object {"sha256": …, "manifest": …}. The hash covers the bytes of the
// inner object. So every changed byte is detected, even if all values stay the same.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/checkpoint/tensor.hpp"

namespace laconic {

struct FileRecord {
  std::string name;  // "rank0.h5"
  int64_t bytes = 0;
  std::string sha256;
  std::vector<TensorRecord> tensors;
};

inline constexpr int manifest_version = 2;  // of new manifests
inline constexpr const char* manifest_name = "manifest.json";

struct Manifest {
  int64_t step = 0;
  int ranks = 1;  // how many wrote it
  std::vector<FileRecord> files;
  nlohmann::json attributes;
  int version = manifest_version;  // 1: some tensors have other names (version1.hpp)

  const FileRecord* find(const std::string& file_name) const;  // nullptr: not there
};

// Returns the text of manifest.json. Error(data) if two files have the same keyed tensor.
std::string encode_manifest(const Manifest& manifest);
// Reads that text. Error(data) names `where` if the text is damaged, has a later version, or has a
// keyed tensor twice.
Manifest decode_manifest(std::string_view text, const std::string& where);

// Convert the record of one file. Each rank passes its record to rank 0 in this form.
std::string encode_file_record(const FileRecord& record);
FileRecord decode_file_record(std::string_view text, const std::string& where);

std::string shard_name(int rank);  // "rank3.h5"

}  // namespace laconic
