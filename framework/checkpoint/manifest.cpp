#include "framework/checkpoint/manifest.hpp"

#include <cstdlib>
#include <limits>
#include <map>

#include "framework/base/error.hpp"
#include "framework/base/sha256.hpp"

namespace laconic {
namespace {

using nlohmann::json;

constexpr std::string_view hash_prefix = "{\"sha256\": \"";
constexpr std::string_view body_prefix = "\",\n\"manifest\": ";
constexpr std::string_view end_of_text = "}\n";
constexpr size_t hash_length = 64;
constexpr size_t body_start = hash_prefix.size() + hash_length + body_prefix.size();
constexpr int64_t most_ranks = 1 << 20;
constexpr int deepest = 32;  // what is nested further could not be copied on the stack

// Returns a whole number. The library alone would convert 1.5, true and 2^64 without an error.
int64_t whole(const json& object, const char* key, int64_t least = 0,
              int64_t most = std::numeric_limits<int64_t>::max()) {
  const json& value = object.at(key);
  const auto number = value.is_number_integer() ? value.get<int64_t>() : least - 1;
  if (number < least || number > most)
    fail(ExitCode::data, "{} is {}; allowed: {} to {}", key, value.dump(), least, most);
  return number;
}

DataType type_of(const std::string& name) {
  for (const auto type :
       {DataType::float32, DataType::float64, DataType::int32, DataType::int64, DataType::uint64})
    if (name == type_name(type)) return type;
  fail(ExitCode::data, "unknown tensor type '{}'", name);
}

Placement placement_of(const std::string& name) {
  for (const auto p : {Placement::replicated, Placement::rank_sum, Placement::rank_mean,
                       Placement::rank0, Placement::per_rank, Placement::keyed})
    if (name == placement_name(p)) return p;
  fail(ExitCode::data, "unknown placement '{}'", name);
}

json to_json(const FileRecord& file) {
  json tensors = json::array();
  for (const TensorRecord& t : file.tensors)
    tensors.push_back({{"name", t.name},
                       {"type", type_name(t.type)},
                       {"placement", placement_name(t.placement)},
                       {"count", t.count},
                       {"offset", t.offset},
                       {"sha256", t.sha256}});
  return {{"name", file.name},
          {"bytes", file.bytes},
          {"sha256", file.sha256},
          {"tensors", std::move(tensors)}};
}

// Accepts only names of shards. Another name might be outside the folder, or an endless file.
bool is_shard_name(const std::string& name) {
  return name.size() > 4 &&
         name == shard_name(static_cast<int>(std::strtol(name.c_str() + 4, nullptr, 10)));
}

FileRecord file_from(const json& object) {
  FileRecord file{object.at("name"), whole(object, "bytes"), object.at("sha256"), {}};
  if (!is_shard_name(file.name))
    fail(ExitCode::data, "a file cannot be named {}", object["name"].dump());
  for (const json& t : object.at("tensors")) {
    const TensorRecord& tensor = file.tensors.emplace_back(
        TensorRecord{t.at("name"), type_of(t.at("type")), placement_of(t.at("placement")),
                     whole(t, "count"), whole(t, "offset"), t.at("sha256")});
    if (tensor.offset > file.bytes ||
        tensor.count > (file.bytes - tensor.offset) / element_size(tensor.type))
      fail(ExitCode::data, "tensor {} lies outside of {}", t["name"].dump(), file.name);
  }
  return file;
}

void require_keyed_once(const Manifest& manifest) {
  std::map<std::string_view, std::string_view> holders;
  for (const FileRecord& file : manifest.files)
    for (const TensorRecord& tensor : file.tensors) {
      if (tensor.placement != Placement::keyed) continue;
      const auto [holder, is_new] = holders.try_emplace(tensor.name, file.name);
      if (!is_new)
        fail(ExitCode::data, "{} is in {} and in {}", tensor.name, holder->second, file.name);
    }
}

std::string seal(const json& body) {
  const std::string text = body.dump(1);
  return std::string(hash_prefix) + Sha256().update(text).hex() + std::string(body_prefix) + text +
         std::string(end_of_text);
}

// Returns the result of `read` for the sealed object. Any fault is an Error(data) that names
// `where`.
template <class Read>
auto unseal(std::string_view text, const std::string& where, Read read) {
  const bool framed = text.size() > body_start + end_of_text.size() &&
                      text.starts_with(hash_prefix) &&
                      text.substr(hash_prefix.size() + hash_length).starts_with(body_prefix) &&
                      text.ends_with(end_of_text);
  if (!framed) fail(ExitCode::data, "{}: is truncated or no manifest", where);
  const auto body = text.substr(body_start, text.size() - body_start - end_of_text.size());
  if (text.substr(hash_prefix.size(), hash_length) != Sha256().update(body).hex())
    fail(ExitCode::data, "{}: damaged: its SHA-256 is not the recorded one", where);
  try {  // the hash is right: what is wrong now was written so, by another version perhaps
    return read(json::parse(body, [](int depth, json::parse_event_t, json&) {
      if (depth > deepest) fail(ExitCode::data, "is nested more than {} deep", deepest);
      return true;
    }));
  } catch (const std::exception& error) {
    fail(ExitCode::data, "{}: {}", where, error.what());
  }
}

}  // namespace

const FileRecord* Manifest::find(const std::string& file_name) const {
  for (const FileRecord& file : files)
    if (file.name == file_name) return &file;
  return nullptr;
}

std::string encode_manifest(const Manifest& manifest) {
  require_keyed_once(manifest);
  json files = json::array();
  for (const FileRecord& file : manifest.files) files.push_back(to_json(file));
  return seal({{"format", "laconic checkpoint"},
               {"version", manifest.version},
               {"step", manifest.step},
               {"ranks", manifest.ranks},
               {"files", std::move(files)},
               {"attributes", manifest.attributes}});
}

Manifest decode_manifest(std::string_view text, const std::string& where) {
  return unseal(text, where, [](const json& body) {
    const int64_t version = whole(body, "version");
    if (version < 1 || version > manifest_version)
      fail(ExitCode::data, "format version {}, this program reads 1 to {}", version,
           manifest_version);
    Manifest manifest{whole(body, "step"),
                      static_cast<int>(whole(body, "ranks", 1, most_ranks)),
                      {},
                      body.at("attributes"),
                      static_cast<int>(version)};
    for (const json& file : body.at("files")) manifest.files.push_back(file_from(file));
    require_keyed_once(manifest);
    return manifest;
  });
}

std::string encode_file_record(const FileRecord& record) {
  return seal(to_json(record));
}

FileRecord decode_file_record(std::string_view text, const std::string& where) {
  return unseal(text, where, file_from);
}

std::string shard_name(int rank) {
  return fmt::format("rank{}.h5", rank);
}

}  // namespace laconic
