#include "data/place.hpp"

#include <filesystem>
#include <fstream>

#include "data/graph/file_source.hpp"
#include "data/images/formats/idx.hpp"
#include "data/images/formats/image_folder.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

namespace fs = std::filesystem;

bool begins_as_hdf5(const std::string& path) {
  char start[4] = {};
  std::ifstream(path, std::ios::binary).read(start, sizeof start);
  return std::string_view(start, 4) == "\x89HDF";
}

bool has_idx_files(const std::string& folder) {
  for (const char* name : {"/train-images-idx3-ubyte", "/t10k-images-idx3-ubyte"})
    for (const char* ending : {"", ".gz"})
      if (fs::exists(folder + name + ending)) return true;
  return false;
}

// As YAML: a path may hold anything.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace

Place place_of(const std::string& path) {
  std::error_code problem;
  const auto status = fs::status(path, problem);
  if (!fs::exists(status)) fail(ExitCode::data, "{}: no such file or folder", path);
  const std::string whole = fs::absolute(path).lexically_normal().string();
  if (fs::is_directory(status)) {
    if (has_idx_files(path)) return {"idx", "idx.folder", whole};
    if (is_image_folder(path)) return {"image_folder", "image_folder.folder", whole};
    return {"import", "file", whole};
  }
  if (!fs::is_regular_file(status)) fail(ExitCode::data, "{}: is not a file", path);
  if (path.ends_with(".h5") || path.ends_with(".hdf5") || begins_as_hdf5(path))
    return {"hdf5", "file", whole};
  return {"import", "file", whole};
}

std::vector<std::string> Place::overrides(const std::string& split) const {
  std::vector<std::string> all = {"data.source.format=" + format,
                                  "data.source." + key + "=" + quoted(path)};
  if (key == "file") all.push_back("data.source.split=" + quoted(split));
  return all;
}

SourceOptions Place::source(const std::string& split) const {
  SourceOptions source;
  source.format.select(format);
  if (format == "idx") {
    source.format.as<IdxSource>().idx.folder = path;
  } else if (format == "image_folder") {
    source.format.as<ImageFolderSource>().image_folder.folder = path;
  } else {
    auto& file = source.format.as<FileSource>();
    file.file = path;
    file.split = split;
  }
  return source;
}

}  // namespace laconic::data
