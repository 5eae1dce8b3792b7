#include "framework/checkpoint/manifest.hpp"

#include "framework/base/error.hpp"
#include "framework/base/sha256.hpp"

namespace laconic {
namespace {

using nlohmann::json;

constexpr std::string_view hash_prefix = "{\"sha256\": \"";
constexpr std::string_view body_prefix = "\",\n\"manifest\": ";
constexpr std::string_view suffix = "}\n";
constexpr size_t hash_length = 64;
constexpr size_t body_start = hash_prefix.size() + hash_length + body_prefix.size();

DataType type_of(const std::string& name) {
  for (const auto type :
       {DataType::float32, DataType::float64, DataType::int32, DataType::int64, DataType::uint64})
    if (name == type_name(type)) return type;
  fail(ExitCode::data, "unknown tensor type '{}'", name);
}

Placement placement_of(const std::string& name) {
  for (const auto p : {Placement::replicated, Placement::rank_sum, Placement::per_rank})
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

FileRecord file_from(const json& object) {
  FileRecord file{object.at("name"), object.at("bytes"), object.at("sha256"), {}};
  for (const json& t : object.at("tensors"))
    file.tensors.push_back({t.at("name"), type_of(t.at("type")), placement_of(t.at("placement")),
                            t.at("count"), t.at("offset"), t.at("sha256")});
  return file;
}

std::string seal(const json& body) {
  const std::string text = body.dump(1);
  return std::string(hash_prefix) + Sha256().update(text).hex() + std::string(body_prefix) + text +
         std::string(suffix);
}

json unseal(std::string_view text, const std::string& where) {
  const bool framed = text.size() > body_start + suffix.size() && text.starts_with(hash_prefix) &&
                      text.substr(hash_prefix.size() + hash_length).starts_with(body_prefix) &&
                      text.ends_with(suffix);
  if (!framed) fail(ExitCode::data, "{}: is truncated or no manifest", where);
  const auto body = text.substr(body_start, text.size() - body_start - suffix.size());
  if (text.substr(hash_prefix.size(), hash_length) != Sha256().update(body).hex())
    fail(ExitCode::data, "{}: damaged: its SHA-256 is not the recorded one", where);
  return json::parse(body);
}

}  // namespace

const FileRecord* Manifest::find(const std::string& file_name) const {
  for (const FileRecord& file : files)
    if (file.name == file_name) return &file;
  return nullptr;
}

std::string encode_manifest(const Manifest& manifest) {
  json files = json::array();
  for (const FileRecord& file : manifest.files) files.push_back(to_json(file));
  return seal({{"format", "laconic checkpoint"},
               {"version", manifest_version},
               {"step", manifest.step},
               {"ranks", manifest.ranks},
               {"files", std::move(files)},
               {"attributes", manifest.attributes}});
}

Manifest decode_manifest(std::string_view text, const std::string& where) {
  const json body = unseal(text, where);
  try {
    if (const int version = body.at("version"); version != manifest_version)
      fail(ExitCode::data, "format version {}, this program reads {}", version, manifest_version);
    Manifest manifest{body.at("step"), body.at("ranks"), {}, body.at("attributes")};
    for (const json& file : body.at("files")) manifest.files.push_back(file_from(file));
    return manifest;
  } catch (const std::exception& error) {  // its hash is right: written by another version
    fail(ExitCode::data, "{}: {}", where, error.what());
  }
}

std::string encode_file_record(const FileRecord& record) {
  return seal(to_json(record));
}

FileRecord decode_file_record(std::string_view text, const std::string& where) {
  return file_from(unseal(text, where));
}

std::string shard_name(int rank) {
  return fmt::format("rank{}.h5", rank);
}

}  // namespace laconic
