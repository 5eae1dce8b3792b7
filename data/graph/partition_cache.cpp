// Keeps partitions between runs, each in a file whose name is the SHA-256 of everything it depends
// on. Format:
//   "laconic partition 1\n"
//   "<nodes> <parts> <edge_cut>\n"
//   nodes x int32
//   "<sha256 of everything before>\n"
// A partition whose file cannot be read is computed again. A file that cannot be written causes a
// warning.
#include <spdlog/spdlog.h>

#include <cstring>
#include <sstream>

#include "data/graph/partition.hpp"
#include "framework/base/error.hpp"
#include "framework/base/file.hpp"
#include "framework/base/sha256.hpp"

namespace laconic::data {
namespace {

constexpr std::string_view partition_magic = "laconic partition 1\n";
constexpr size_t digest_length = 65;  // 64 hexadecimal digits and a newline

std::string file_name(const CsrView& pattern, const PartitionOptions& options) {
  Sha256 sha;
  sha.update(pattern.indptr).update(pattern.indices);
  sha.update(fmt::format("{} parts={} seed={} balance_edges={}", name(options.method),
                         options.parts, options.seed, options.balance_edges));
  return "partition-" + sha.hex() + ".bin";
}

std::string encode_partition(const Partition& partition) {
  std::string text(partition_magic);
  text += fmt::format("{} {} {}\n", partition.part_of.size(), partition.parts, partition.edge_cut);
  text.append(reinterpret_cast<const char*>(partition.part_of.data()),
              partition.part_of.size() * sizeof(int32_t));
  text += Sha256().update(std::string_view(text)).hex() + "\n";
  return text;
}

// Returns false if the text is not what encode_partition() writes for a graph of `nodes` nodes.
bool decode_partition(std::string_view text, int64_t nodes, Partition& partition) {
  if (text.size() < partition_magic.size() + digest_length || !text.starts_with(partition_magic))
    return false;
  const std::string_view body = text.substr(0, text.size() - digest_length);
  if (Sha256().update(body).hex() + "\n" != text.substr(body.size())) return false;
  const size_t header_end = body.find('\n', partition_magic.size());
  if (header_end == std::string_view::npos) return false;
  std::istringstream header(
      std::string(body.substr(partition_magic.size(), header_end - partition_magic.size())));
  int64_t stored_nodes = 0;
  header >> stored_nodes >> partition.parts >> partition.edge_cut;
  const std::string_view values = body.substr(header_end + 1);
  if (!header || stored_nodes != nodes || values.size() != nodes * sizeof(int32_t)) return false;
  partition.part_of.resize(nodes);
  std::memcpy(partition.part_of.data(), values.data(), values.size());
  return true;
}

}  // namespace

Partition cached_partition(const CsrView& pattern, const PartitionOptions& options,
                           const std::string& cache_dir) {
  if (cache_dir.empty()) return partition(pattern, options);
  FileSystem& files = real_files();
  const std::string path = cache_dir + "/" + file_name(pattern, options);
  try {
    Partition cached;
    if (files.exists(path)) {
      if (decode_partition(files.read(path), pattern.rows(), cached)) return cached;
      spdlog::warn("{}: damaged partition; computing it again", path);
    }
  } catch (const Error& error) {
    spdlog::warn("{}; computing the partition again", error.what());
  }
  const Partition fresh = partition(pattern, options);
  try {
    files.make_directories(cache_dir);
    write_atomically(files, path, encode_partition(fresh));
  } catch (const Error& error) {
    spdlog::warn("{}; going on without keeping the partition", error.what());
  }
  return fresh;
}

}  // namespace laconic::data
